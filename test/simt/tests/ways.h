#pragma once
// Which kernels there are for products of many tokens on this card.
#include <vector>

#include "device/cuda/product.cuh"

/// Cards of compute capability 9.0, and the emulator.
inline bool has_wide() {
  cudaDeviceProp card{};
  wisecrack::cuda::demand(cudaGetDeviceProperties(&card, 0), "cudaGetDeviceProperties");
  return card.major == 9 && card.minor == 0;
}

inline std::vector<wisecrack::cuda::Way> ways_of_many() {
  using wisecrack::cuda::Way;
  return has_wide() ? std::vector{Way::Tiled, Way::Wide} : std::vector{Way::Tiled};
}
