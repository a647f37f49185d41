// The kernels for x86-64 processors with AVX2 and FMA.
#include "device/cpu/avx2.h"
#include "device/cpu/kernels.h"
#include "device/cpu/matmul_x86.h"

#if defined(__x86_64__)
namespace wisecrack {
namespace avx2 {
namespace {

#define WC_SIMD WC_AVX2
#define WC_SIMD_INLINE WC_AVX2_INLINE
constexpr int SCORE_ROWS = 6, SCORE_BLOCKS = 1, MIX_ROWS = 6, MIX_VECTORS = 2, SIX_VECTORS = 2;
#include "device/cpu/kernels_simd.h"

}  // namespace
}  // namespace avx2

const Kernels* avx2_kernels() {
  using namespace avx2;
  static const Kernels kernels{"avx2", [] { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); },
                               matmul_kernel(), nullptr, sum_squares, scale, scores, weigh, mix, gelu_mul, exps, round_all};
  return &kernels;
}

}  // namespace wisecrack
#else
namespace wisecrack {
const Kernels* avx2_kernels() { return nullptr; }
}  // namespace wisecrack
#endif
