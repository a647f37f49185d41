#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace wisecrack {

/// Transposes 8 x 8 bytes: quarters change places, then quarters of these, then single bytes.
inline void transpose8(const char* from, size_t from_stride, char* to, size_t to_stride) {
  uint64_t a[8];
  for (size_t i = 0; i < 8; i++) std::memcpy(&a[i], from + i * from_stride, 8);
  const auto swap = [&a](size_t i, size_t j, int shift, uint64_t mask) {
    const uint64_t t = (a[i] >> shift ^ a[j]) & mask;
    a[j] ^= t;
    a[i] ^= t << shift;
  };
  for (size_t i : {0, 1, 2, 3}) swap(i, i + 4, 32, 0x00000000FFFFFFFF);
  for (size_t i : {0, 1, 4, 5}) swap(i, i + 2, 16, 0x0000FFFF0000FFFF);
  for (size_t i : {0, 2, 4, 6}) swap(i, i + 1, 8, 0x00FF00FF00FF00FF);
  for (size_t i = 0; i < 8; i++) std::memcpy(to + i * to_stride, &a[i], 8);
}

/// to[r * to_stride + c] = from[c * from_stride + r], for bytes and so many rows and columns of `to`, which must be a tile that stays in the
/// first-level cache: lines whose addresses differ by a large power of two would push each other out before they are full.
inline void transpose_tile(const char* from, size_t from_stride, size_t rows, size_t cols, char* to, size_t to_stride) {
  const size_t whole_rows = rows / 8 * 8, whole_cols = cols / 8 * 8;
  for (size_t c = 0; c < whole_cols; c += 8)
    for (size_t r = 0; r < whole_rows; r += 8) transpose8(from + c * from_stride + r, from_stride, to + r * to_stride + c, to_stride);
  for (size_t r = 0; r < rows; r++)
    for (size_t c = r < whole_rows ? whole_cols : 0; c < cols; c++) to[r * to_stride + c] = from[c * from_stride + r];
}

}  // namespace wisecrack
