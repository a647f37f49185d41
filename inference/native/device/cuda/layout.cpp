#include "device/cuda/layout.h"

#include <algorithm>
#include <cstring>

#include "device/bf16.h"
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

constexpr size_t TILE = 64, SIDE = 8;

// Byte j of word i becomes byte i of word j: halves change places, then quarters, then bytes.
void turn(uint64_t (&words)[SIDE]) {
  constexpr uint64_t MASKS[] = {0x00FF00FF00FF00FF, 0x0000FFFF0000FFFF, 0x00000000FFFFFFFF};
  for (int level = 2; level >= 0; level--) {
    const size_t far = size_t{1} << level, bits = 8 * far;
    for (size_t i = 0; i < SIDE; i++) {
      if (i & far) continue;
      const uint64_t change = ((words[i] >> bits) ^ words[i + far]) & MASKS[level];
      words[i + far] ^= change;
      words[i] ^= change << bits;
    }
  }
}

// to[o * to_pitch + i] = from[i * from_pitch + o] for bytes. By way of a small tile: lines of either side whose addresses differ by a
// multiple of a large power of two push each other out of the cache before they are full.
void turn_tile(const char* from, size_t from_pitch, size_t inputs, size_t outputs, char* to, size_t to_pitch) {
  char tile[TILE][TILE];
  const size_t whole_inputs = inputs / SIDE * SIDE, whole_outputs = outputs / SIDE * SIDE;
  for (size_t i = 0; i < whole_inputs; i += SIDE) {
    for (size_t o = 0; o < whole_outputs; o += SIDE) {
      uint64_t words[SIDE];
      for (size_t k = 0; k < SIDE; k++) std::memcpy(&words[k], from + (i + k) * from_pitch + o, SIDE);
      turn(words);
      for (size_t k = 0; k < SIDE; k++) std::memcpy(&tile[o + k][i], &words[k], SIDE);
    }
  }
  for (size_t i = 0; i < inputs; i++)
    for (size_t o = i < whole_inputs ? whole_outputs : 0; o < outputs; o++) tile[o][i] = from[i * from_pitch + o];
  for (size_t o = 0; o < outputs; o++) std::memcpy(to + o * to_pitch, tile[o], inputs);
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
  for (size_t i = 0; i < m.cols; i += TILE)  // only int8 lies so (model/binder.h)
    for (size_t o = first; o < last; o += TILE)
      turn_tile(from + i * m.pitch() + o, m.pitch(), std::min(TILE, m.cols - i), std::min(TILE, last - o), to + (o - first) * pitch + i, pitch);
}

void lay_out_scales(const Matrix& m, const Layout& layout, char* to) {
  std::memset(to, 0, layout.scale_bytes(m));
  for (size_t g = 0; g < m.groups; g++)
    std::memcpy(to + g * layout.rows * 2, static_cast<const char*>(m.scales) + g * m.scale_pitch() * 2, m.rows * 2);
}

}  // namespace wisecrack::cuda
