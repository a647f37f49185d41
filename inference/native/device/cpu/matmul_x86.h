#pragma once
#include "device/cpu/kernels.h"

namespace wisecrack {

/// Inputs that pass by at once: 16 rows of them as float32 fill two thirds of a small L1.
constexpr size_t MATMUL_BLOCK = 512;

/// Packed rows are filled up with zeros to a multiple of so many.
constexpr size_t padded(size_t n) { return (n + 15) / 16 * 16; }

/// Rows in blocks of inputs: [blocks][rows, MATMUL_BLOCK], the last block filled up with zeros to padded().
size_t blocks_size(size_t rows, size_t cols);
void pack_blocks(const Matmul& job, size_t row, float* packed);

namespace avx2 {
/// For processors with AVX2 and FMA.
const MatmulKernel& matmul_kernel();
}  // namespace avx2

namespace avx512 {
/// For processors with AVX-512 F, BW, VL and DQ.
const MatmulKernel& matmul_kernel();
}  // namespace avx512

namespace avx512_bf16 {
/// The same with AVX512_BF16, for rows that are bf16.
const MatmulKernel& matmul_kernel();
}  // namespace avx512_bf16

}  // namespace wisecrack
