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
constexpr int TILE_OUTPUTS = 2, TILE_ROWS = 3, DIRECT_OUTPUTS = 1, DIRECT_ROWS = 6, STREAMS = 2;
constexpr size_t FEW_ROWS = 3, SOME_ROWS = 12;
#include "device/cpu/matmul_tiles.inl"

}  // namespace

const MatmulKernel& matmul_kernel() {
  static const MatmulKernel kernel{packs, matmul, CHUNK_ROWS * GROUP * SUM_LANES};
  return kernel;
}

}  // namespace wisecrack::avx2
#endif
