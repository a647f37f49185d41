#pragma once
// What a fuzz driver does with one input; ModelError is a good end, everything else is found by the sanitizers.
#include <cstddef>
#include <cstdint>
#include <span>

#include "io/error.h"
#include "io/safetensors.h"

/// Defined by each driver.
void fuzz(std::span<const std::byte> input);

/// Stops where a tensor does not lie in the input, and reads both its ends.
inline void touch(std::span<const std::byte> input, const wisecrack::Tensor& tensor) {
  const auto inside = [&] { return tensor.data >= input.data() && tensor.data + tensor.bytes <= input.data() + input.size(); };
  if (!inside()) __builtin_trap();
  [[maybe_unused]] static volatile std::byte sink;
  if (tensor.bytes > 0) {
    sink = tensor.data[0];
    sink = tensor.data[tensor.bytes - 1];
  }
}

/// The entry of libFuzzer, which main.cpp stands in for where there is none.
extern "C" inline __attribute__((used)) int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    fuzz({reinterpret_cast<const std::byte*>(data), size});
  } catch (const wisecrack::ModelError&) {
  }
  return 0;
}
