// How fast the kernels are at Grok-1's own shapes, each figure beside the card's own limit, measured in the same run. Prints one JSON
// object a line. Weights are made on the card.
#include <cstdio>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/parts.h"

using namespace bench;

namespace {

const char* const USAGE =
    "usage: gpu_bench [--tiny] [layer-bf16 | layer-int8 | rank-bf16 | rank-int8 | offload-bf16 | offload-int8 | offload-released]...\n"
    "Without a name: both layers, the rank in int8 and offload in int8. A layer takes 18 GB (int8: 11) of the card, the rank 42 GB in int8,\n"
    "80 GB in bf16; offload takes 10 GB (int8: 5) of the host's memory and 4 GB of the card.\n"
    "--tiny: not Grok-1's shapes, but such as show that the benchmark works.\n";

void part(const std::string& name, const Sizes& sizes) {
  const DType dtype = name.ends_with("-int8") ? DType::I8 : DType::BF16;
  if (name == "layer-bf16" || name == "layer-int8") return layer(sizes, dtype);
  if (name == "rank-bf16" || name == "rank-int8") return rank(sizes, dtype);
  if (name == "offload-bf16" || name == "offload-int8") return offload(sizes, dtype, false);
  if (name == "offload-released") return offload(sizes, DType::I8, true);
  throw std::invalid_argument("there is no \"" + name + "\"\n" + USAGE);
}

}  // namespace

int main(int argc, char** argv) {
  const Sizes* sizes = &GROK_1;
  std::vector<std::string> names;
  for (int i = 1; i < argc; i++) {
    if (!std::strcmp(argv[i], "--help")) return std::fputs(USAGE, stdout), 0;
    if (!std::strcmp(argv[i], "--tiny")) sizes = &TINY;
    else names.emplace_back(argv[i]);
  }
  if (names.empty()) names = {"layer-bf16", "layer-int8", "rank-int8", "offload-int8"};
  int failed = 0;
  for (const std::string& name : names) {
    try {
      part(name, *sizes);
    } catch (const std::bad_alloc&) {
      std::fprintf(stderr, "%s: the card has too little memory\n%s", name.c_str(), USAGE);
      failed++;
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s: %s\n", name.c_str(), error.what());
      failed++;
    }
  }
  return failed ? 1 : 0;
}
