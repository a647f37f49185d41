#include "device/cuda/layout.h"

#include <algorithm>
#include <cstring>

#include "device/bf16.h"
#include "device/transpose.h"
#include "io/file.h"

namespace wisecrack::cuda {
namespace {

constexpr size_t INPUTS = 64, OUTPUTS = 16;  // operand.cuh: CHUNK, TILE_ROWS

size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

template <class T>
T value_at(const void* data, size_t i) {  // files need not be aligned
  T value;
  std::memcpy(&value, static_cast<const char*>(data) + i * sizeof value, sizeof value);
  return value;
}

size_t index_of(const Matrix& m, size_t o, size_t i) { return m.by_input ? i * m.pitch() + o : o * m.pitch() + i; }

float product(const Matrix& m, size_t o, size_t i) {
  const size_t group = i / (m.cols / m.groups);
  const float value = static_cast<float>(value_at<int8_t>(m.data, index_of(m, o, i))) *
                      to_float(value_at<bf16>(m.scales, group * m.scale_pitch() + o));
  return m.round_product ? round_bf16(value) : value;
}

}  // namespace

Layout layout_of(const Matrix& m) {
  DType dtype = m.dtype;
  const bool one_scale = m.groups == 1 || (m.groups > 1 && m.cols / m.groups % INPUTS == 0);
  if (dtype == DType::I8 && !m.round_product) dtype = DType::F32;
  else if (dtype == DType::I8 && !one_scale) dtype = DType::BF16;
  return {dtype, round_up(m.rows, OUTPUTS), round_up(m.cols, INPUTS)};
}

void bring_rows_in(const Matrix& m, size_t first, size_t last) {
  last = std::min(last, m.rows);
  if (first >= last || m.cols == 0) return;
  const size_t begin = index_of(m, first, 0), end = index_of(m, last - 1, m.cols - 1) + 1;
  bring_in(static_cast<const std::byte*>(m.data) + begin * size_of(m.dtype), (end - begin) * size_of(m.dtype));
}

void lay_out(const Matrix& m, const Layout& layout, size_t first, size_t last, char* to) {
  const size_t size = size_of(layout.dtype), pitch = layout.pitch * size;
  std::memset(to, 0, (last - first) * pitch);
  last = std::min(last, m.rows);
  if (first >= last) return;
  if (layout.dtype != m.dtype) {
    for (size_t o = first; o < last; o++)
      for (size_t i = 0; i < m.cols; i++) {
        const float value = product(m, o, i);
        const bf16 half = to_bf16(value);
        std::memcpy(to + (o - first) * pitch + i * size, size == 4 ? static_cast<const void*>(&value) : &half, size);
      }
    return;
  }
  const auto* from = static_cast<const char*>(m.data);
  if (!m.by_input) {
    for (size_t o = first; o < last; o++) std::memcpy(to + (o - first) * pitch, from + o * m.pitch() * size, m.cols * size);
    return;
  }
  constexpr size_t TILE = 64;
  char tile[TILE * TILE];
  for (size_t i = 0; i < m.cols; i += TILE) {  // only int8 lies so (model/binder.h)
    const size_t inputs = std::min(TILE, m.cols - i);
    for (size_t o = first; o < last; o += TILE) {
      const size_t outputs = std::min(TILE, last - o);
      transpose_tile(from + i * m.pitch() + o, m.pitch(), outputs, inputs, tile, TILE);
      for (size_t k = 0; k < outputs; k++) std::memcpy(to + (o - first + k) * pitch + i, tile + k * TILE, inputs);
    }
  }
}

void lay_out_scales(const Matrix& m, const Layout& layout, char* to) {
  std::memset(to, 0, layout.scale_bytes(m));
  for (size_t g = 0; g < m.groups; g++)
    std::memcpy(to + g * layout.rows * 2, static_cast<const char*>(m.scales) + g * m.scale_pitch() * 2, m.rows * 2);
}

}  // namespace wisecrack::cuda
