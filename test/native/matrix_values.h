#pragma once
// What a matrix holds, as plain as can be: the definition in device.h.
#include <cstring>
#include <vector>

#include "device/bf16.h"
#include "device/device.h"

/// [rows, cols] as float32.
inline std::vector<float> matrix_values(const wisecrack::Matrix& m) {
  using namespace wisecrack;
  const auto bf16_at = [](const void* data, size_t i) {
    bf16 value;
    std::memcpy(&value, static_cast<const char*>(data) + i * sizeof value, sizeof value);
    return to_float(value);
  };
  std::vector<float> out(m.rows * m.cols);
  for (size_t o = 0; o < m.rows; o++) {
    for (size_t i = 0; i < m.cols; i++) {
      const size_t at = m.by_input ? i * m.pitch() + o : o * m.pitch() + i;
      float& value = out[o * m.cols + i];
      if (m.dtype == DType::F32) {
        std::memcpy(&value, static_cast<const char*>(m.data) + at * sizeof value, sizeof value);
      } else if (m.dtype == DType::BF16) {
        value = bf16_at(m.data, at);
      } else {
        value = static_cast<float>(static_cast<const int8_t*>(m.data)[at]) * bf16_at(m.scales, i / (m.cols / m.groups) * m.scale_pitch() + o);
        if (m.round_product) value = round_bf16(value);
      }
    }
  }
  return out;
}
