#include "convert/encode.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "device/bf16.h"
#include "device/transpose.h"

namespace wisecrack {
namespace {

// A tile of int8 weights fits the first-level cache. Many outputs of few inputs: where the source is [in, out], each of its rows is
// read some lines at a time, which the processor fetches ahead.
constexpr size_t TILE_ROWS = ENCODE_ROWS, TILE_COLS = 64;

// A tile [rows, cols] of int8 weights, whichever way they lie, into `to` with TILE_COLS columns.
void read_tile(const Matrix& m, size_t row, size_t col, size_t rows, size_t cols, int8_t* to) {
  const auto* data = static_cast<const int8_t*>(m.data);
  if (!m.by_input) {
    for (size_t r = 0; r < rows; r++) std::memcpy(to + r * TILE_COLS, data + (row + r) * m.cols + col, cols);
    return;
  }
  transpose_tile(reinterpret_cast<const char*>(data + col * m.rows + row), m.rows, rows, cols, reinterpret_cast<char*>(to), TILE_COLS);
}

float load(const Matrix& m, size_t at) {
  if (m.dtype == DType::F32) {
    float value;
    std::memcpy(&value, static_cast<const char*>(m.data) + at * sizeof value, sizeof value);
    return value;
  }
  bf16 value;
  std::memcpy(&value, static_cast<const char*>(m.data) + at * sizeof value, sizeof value);
  return to_float(value);
}

float scale_at(const Matrix& m, size_t group, size_t row) {
  bf16 scale;
  std::memcpy(&scale, static_cast<const char*>(m.scales) + (group * m.rows + row) * sizeof scale, sizeof scale);
  return to_float(scale);
}

// n weights times one scale.
void multiply(const int8_t* weights, size_t n, float scale, std::byte* out) {
  for (size_t i = 0; i < n; i++) {
    const bf16 product = to_bf16(static_cast<float>(weights[i]) * scale);
    std::memcpy(out + i * sizeof product, &product, sizeof product);
  }
}

void int8_rows(const Matrix& m, size_t begin, size_t end, DType to, std::byte* out) {
  alignas(64) int8_t tile[TILE_ROWS * TILE_COLS];
  for (size_t row = begin; row < end; row += TILE_ROWS) {
    const size_t rows = std::min(TILE_ROWS, end - row);
    for (size_t col = 0; col < m.cols; col += TILE_COLS) {
      const size_t cols = std::min(TILE_COLS, m.cols - col);
      read_tile(m, row, col, rows, cols, tile);
      for (size_t r = 0; r < rows; r++) {
        std::byte* line = out + ((row - begin + r) * m.cols + col) * size_of(to);
        if (to == DType::I8) {
          std::memcpy(line, tile + r * TILE_COLS, cols);
          continue;
        }
        const size_t width = m.cols / m.groups;
        for (size_t c = 0; c < cols;) {  // as far as one scale reaches
          const size_t group = (col + c) / width, n = std::min(cols - c, (group + 1) * width - (col + c));
          multiply(tile + r * TILE_COLS + c, n, scale_at(m, group, row + r), line + c * sizeof(bf16));
          c += n;
        }
      }
    }
  }
}

// The bf16 scale with which a row's group is rounded to int8.
bf16 new_scale(const Matrix& m, size_t groups, size_t group, size_t row) {
  const size_t width = m.cols / groups;
  float largest = 0;
  for (size_t i = 0; i < width; i++) largest = std::max(largest, std::abs(load(m, row * m.cols + group * width + i)));
  return to_bf16(largest / 127);
}

void quantize_rows(const Matrix& m, size_t begin, size_t end, size_t groups, std::byte* out) {
  const size_t width = m.cols / groups;
  for (size_t row = begin; row < end; row++) {
    for (size_t group = 0; group < groups; group++) {
      const float scale = to_float(new_scale(m, groups, group, row));
      for (size_t i = group * width; i < (group + 1) * width; i++) {
        const float steps = scale > 0 ? load(m, row * m.cols + i) / scale : 0;
        const auto value = static_cast<int8_t>(std::clamp(std::nearbyint(steps), -127.0f, 127.0f));
        std::memcpy(out + (row - begin) * m.cols + i, &value, 1);
      }
    }
  }
}

}  // namespace

void encode_rows(const Matrix& m, size_t begin, size_t end, DType to, size_t groups, std::byte* out) {
  if (m.dtype == DType::I8) return int8_rows(m, begin, end, to, out);
  if (to == DType::I8) return quantize_rows(m, begin, end, groups, out);
  const size_t row = m.cols * size_of(m.dtype);
  if (m.dtype == to) {
    std::memcpy(out, static_cast<const std::byte*>(m.data) + begin * row, (end - begin) * row);
    return;
  }
  for (size_t i = 0; i < (end - begin) * m.cols; i++) {
    const bf16 value = to_bf16(load(m, begin * m.cols + i));
    std::memcpy(out + i * sizeof value, &value, sizeof value);
  }
}

void encode_scales(const Matrix& m, size_t groups, std::byte* out) {
  if (m.dtype == DType::I8) {
    std::memcpy(out, m.scales, m.groups * m.rows * sizeof(bf16));
    return;
  }
  for (size_t group = 0; group < groups; group++) {
    for (size_t row = 0; row < m.rows; row++) {
      const bf16 scale = new_scale(m, groups, group, row);
      std::memcpy(out + (group * m.rows + row) * sizeof scale, &scale, sizeof scale);
    }
  }
}

}  // namespace wisecrack
