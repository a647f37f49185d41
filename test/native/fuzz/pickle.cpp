// A file of ckpt-0: an error, or arrays that lie inside it.
#include "fuzz.h"
#include "io/parameter.h"

void fuzz(std::span<const std::byte> input) {
  const wisecrack::Parameter p = wisecrack::read_parameter(input, "input");
  touch(input, p.weight);
  if (p.scales) touch(input, *p.scales);
}
