#pragma once
#include <vector>

#include "device/cpu/cpu_device.h"
#include "emulated_tiles.h"

/// Every kernel set that this processor runs.
inline std::vector<const wisecrack::Kernels*> kernel_sets() {
  std::vector<const wisecrack::Kernels*> sets{&wisecrack::portable_kernels()};
  for (const auto* k : {wisecrack::avx2_kernels(), wisecrack::avx512_kernels(), wisecrack::avx512_bf16_kernels(), wisecrack::amx_kernels()})
    if (k && k->runs()) sets.push_back(k);
  return sets;
}

/// These and the one that it can at least emulate.
inline std::vector<const wisecrack::Kernels*> kernel_sets_to_test() {
  std::vector<const wisecrack::Kernels*> sets = kernel_sets();
  if (const auto* emulated = emulated_amx_kernels()) sets.push_back(emulated);
  return sets;
}
