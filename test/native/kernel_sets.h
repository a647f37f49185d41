#pragma once
#include <vector>

#include "device/cpu/cpu_device.h"

/// Every kernel set that this processor runs.
inline std::vector<const wisecrack::Kernels*> kernel_sets() {
  std::vector<const wisecrack::Kernels*> sets{&wisecrack::portable_kernels()};
  for (const auto* k : {wisecrack::avx2_kernels(), wisecrack::avx512_kernels(), wisecrack::avx512_bf16_kernels()})
    if (k && k->runs()) sets.push_back(k);
  return sets;
}
