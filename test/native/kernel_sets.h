#pragma once
#include <vector>

#include "device/cpu/cpu_device.h"

/// Every kernel set that this processor runs.
inline std::vector<const wisecrack::Kernels*> kernel_sets() {
  std::vector<const wisecrack::Kernels*> sets{&wisecrack::portable_kernels()};
  if (&wisecrack::best_kernels() != sets[0]) sets.push_back(&wisecrack::best_kernels());
  return sets;
}
