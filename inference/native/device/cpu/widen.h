#pragma once
#include <cstddef>

#include "device/device.h"

namespace wisecrack {

/// out[i] = the weight of output `row` and input begin + i as float32, for i in [0, n): of every dtype and layout.
void widen(const Matrix& w, size_t row, size_t begin, size_t n, float* out);

}  // namespace wisecrack
