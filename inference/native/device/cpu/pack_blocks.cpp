#include <algorithm>

#include "device/cpu/matmul_x86.h"

namespace wisecrack {

size_t blocks_size(size_t rows, size_t cols) { return rows * ((cols + MATMUL_BLOCK - 1) / MATMUL_BLOCK) * MATMUL_BLOCK; }

void pack_blocks(const Matmul& job, size_t row, float* packed) {
  const size_t cols = job.w.cols;
  for (size_t begin = 0; begin < cols; begin += MATMUL_BLOCK) {
    const size_t n = std::min(MATMUL_BLOCK, cols - begin);
    float* to = packed + begin * job.rows + row * MATMUL_BLOCK;
    std::copy_n(job.x + row * cols + begin, n, to);
    std::fill(to + n, to + padded(n), 0.0f);
  }
}

}  // namespace wisecrack
