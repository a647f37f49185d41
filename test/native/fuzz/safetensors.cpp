// A .safetensors file: an error, or tensors that lie inside it.
#include "fuzz.h"
#include "io/names.h"

void fuzz(std::span<const std::byte> input) {
  for (const auto& [name, tensor] : wisecrack::read_safetensors(input, "input")) {
    touch(input, tensor);
    wisecrack::canonical_name(name);
  }
}
