// Products for processors with AVX2 and FMA.
#include "device/cpu/matmul_x86.h"

#if defined(__x86_64__)
#include <algorithm>
#include <cstring>
#include <type_traits>

#include "device/bf16.h"
#include "device/cpu/avx2.h"
#include "device/cpu/widen.h"

namespace wisecrack::avx2 {
namespace {

#define WC_SIMD WC_AVX2
#define WC_SIMD_INLINE WC_AVX2_INLINE
constexpr int TILE_OUTPUTS = 2, TILE_ROWS = 3, DIRECT_OUTPUTS = 1, DIRECT_ROWS = 6, STREAMS = 2, LESS_STREAMS = 1;
constexpr size_t STREAM_ROWS = 3, FEW_ROWS = 6, SOME_ROWS = 12;
// One weight row against six pays off while the six lie in the L1 cache.
bool few(size_t rows, size_t inputs) { return rows <= STREAM_ROWS || (rows <= FEW_ROWS && inputs < 4096); }
#include "device/cpu/matmul_tiles.h"

}  // namespace

const MatmulKernel& matmul_kernel() {
  static const MatmulKernel kernel{[](const Matmul&) { return true; }, packs, blocks_size, pack_blocks, matmul, CHUNK_ROWS * GROUP * SUM_LANES};
  return kernel;
}

}  // namespace wisecrack::avx2
#endif
