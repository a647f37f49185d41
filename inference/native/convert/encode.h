#pragma once
#include <cstddef>

#include "device/device.h"

namespace wisecrack {

/// So many rows, or a multiple of them, are encoded best at once.
constexpr size_t ENCODE_ROWS = 256;

/// Writes rows [begin, end) of a matrix as they lie in our files, [rows, cols] in `to`: BF16 (an int8 weight times its scale,
/// rounded once; float32 rounded), or I8 with scales of so many groups of inputs. int8 weights stay as they are; others are
/// rounded to the nearest multiple of the scales that encode_scales gives for as many groups.
void encode_rows(const Matrix& m, size_t begin, size_t end, DType to, size_t groups, std::byte* out);

/// Writes the scales [groups, rows] in BF16 of a matrix that is to be int8: its own, or |largest| / 127 of each row and group.
void encode_scales(const Matrix& m, size_t groups, std::byte* out);

}  // namespace wisecrack
