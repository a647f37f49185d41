#pragma once
#include <vector>

#include "device/cpu/cpu_device.h"
#include "emulated_tiles.h"

/// Every kernel set that this processor runs, and the one that it can at least emulate.
inline std::vector<const wisecrack::Kernels*> kernel_sets_to_test() {
  std::vector<const wisecrack::Kernels*> sets = wisecrack::kernel_sets();
  if (const auto* emulated = emulated_amx_kernels()) sets.push_back(emulated);
  return sets;
}
