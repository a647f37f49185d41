#pragma once
#include <random>
#include <vector>

#include "device/bf16.h"

/// bf16 values between -size and size, others for each n. Of the generators the quickest: tests want millions of them.
inline std::vector<float> bf16_noise(size_t n, float size) {
  std::minstd_rand random(static_cast<unsigned>(n));
  std::vector<float> out(n);
  for (float& x : out) x = wisecrack::round_bf16((static_cast<float>(random()) / static_cast<float>(random.max()) * 2 - 1) * size);
  return out;
}
