#pragma once
#include "device/device.h"

namespace wisecrack::cuda {

/// How a matrix lies on the device: [rows, pitch], both padded with zeros (operand.cuh: Weight).
struct Layout {
  DType dtype;
  size_t rows, pitch;
  size_t bytes() const { return rows * pitch * size_of(dtype); }
  size_t scale_bytes(const Matrix& m) const { return dtype == DType::I8 ? m.groups * rows * 2 : 0; }
};

/// int8 stays int8 when each chunk of inputs has one scale; else the products are stored: as bf16 where xAI rounds them, as float32
/// where not.
Layout layout_of(const Matrix& matrix);

/// Reads what lay_out() will read of rows [first, last) into memory. Throws ModelError as bring_in (io/file.h).
void bring_rows_in(const Matrix& matrix, size_t first, size_t last);

/// Writes rows [first, last) of the layout to `to`: padded, [out, in], products where the layout wants them.
void lay_out(const Matrix& matrix, const Layout& layout, size_t first, size_t last, char* to);

/// Writes the scales [groups, layout.rows].
void lay_out_scales(const Matrix& matrix, const Layout& layout, char* to);

}  // namespace wisecrack::cuda
