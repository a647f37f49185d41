// Products for processors with AVX-512 (F, BW, VL, DQ).
#include "device/cpu/matmul_x86.h"

#if defined(__x86_64__) && !defined(WISECRACK_WITHOUT_AVX512)
#include <algorithm>
#include <cstring>
#include <type_traits>

#include "device/bf16.h"
#include "device/cpu/avx512.h"
#include "device/cpu/widen.h"

namespace wisecrack::avx512 {
namespace {

#define WC_SIMD WC_AVX512
#define WC_SIMD_INLINE WC_AVX512_INLINE
constexpr int TILE_OUTPUTS = 4, TILE_ROWS = 6, DIRECT_OUTPUTS = 2, DIRECT_ROWS = 12, STREAMS = 4, LESS_STREAMS = 3;
constexpr size_t STREAM_ROWS = 6, FEW_ROWS = 8, SOME_ROWS = 24;
// Three streams pay off where they are long.
bool few(size_t rows, size_t inputs) { return rows <= STREAM_ROWS || (rows <= FEW_ROWS && inputs >= 4096); }
#include "device/cpu/matmul_tiles.h"

}  // namespace

const MatmulKernel& matmul_kernel() {
  static const MatmulKernel kernel{[](const Matmul&) { return true; }, packs, blocks_size, pack_blocks, matmul, CHUNK_ROWS * GROUP * SUM_LANES};
  return kernel;
}

}  // namespace wisecrack::avx512
#endif
