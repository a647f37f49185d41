#pragma once
#include <cstddef>
#include <cstring>

#include "device/bf16.h"
#include "device/device.h"

namespace wisecrack {

/// out[i] = the weight of output `row` and input begin + i as float32, for i in [0, n): of every dtype and layout.
void widen(const Matrix& w, size_t row, size_t begin, size_t n, float* out);

/// The scale of an int8 matrix' inputs of one group, for one output.
inline float scale_at(const Matrix& w, size_t group, size_t output) {
  bf16 scale;
  std::memcpy(&scale, static_cast<const char*>(w.scales) + (group * w.scale_pitch() + output) * sizeof scale, sizeof scale);
  return to_float(scale);
}

}  // namespace wisecrack
