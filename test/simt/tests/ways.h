#pragma once
// Which kernels there are for products on this card.
#include <vector>

#include "device/cuda/product.cuh"

/// Cards of compute capability 9.0, and the emulator.
inline bool has_wide() {
  cudaDeviceProp card{};
  wisecrack::cuda::demand(cudaGetDeviceProperties(&card, 0), "cudaGetDeviceProperties");
  return card.major == 9 && card.minor == 0;
}

/// For many tokens.
inline std::vector<wisecrack::cuda::Way> ways_of_many() {
  using wisecrack::cuda::Way;
  return has_wide() ? std::vector{Way::Tiled, Way::Wide} : std::vector{Way::Tiled};
}

inline std::vector<wisecrack::cuda::Way> all_ways() {
  auto ways = ways_of_many();
  ways.push_back(wisecrack::cuda::Way::Skinny);
  return ways;
}
