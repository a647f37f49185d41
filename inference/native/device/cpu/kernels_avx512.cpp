// The kernels for processors with AVX-512 (F, BW, VL, DQ).
#include "device/cpu/kernels.h"
#include "device/cpu/matmul_x86.h"

#if defined(__x86_64__) && !defined(WISECRACK_WITHOUT_AVX512)
#include "device/cpu/avx512.h"

namespace wisecrack {
namespace avx512 {
namespace {

#define WC_SIMD WC_AVX512
#define WC_SIMD_INLINE WC_AVX512_INLINE
constexpr int SCORE_ROWS = 12, SCORE_BLOCKS = 2, MIX_ROWS = 12, MIX_VECTORS = 2, SIX_VECTORS = 4;
#include "device/cpu/kernels_simd.h"

bool runs() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512dq");
}

}  // namespace
}  // namespace avx512

const Kernels* avx512_kernels() {
  using namespace avx512;
  static const Kernels kernels{"avx512", runs, matmul_kernel(), nullptr,
                               sum_squares, scale, scores, weigh, mix, gelu_mul, exps, round_all};
  return &kernels;
}

const Kernels* avx512_bf16_kernels() {
  static const Kernels kernels = [] {
    Kernels k = *avx512_kernels();
    k.name = "avx512_bf16";
    k.runs = [] { return avx512_kernels()->runs() && __builtin_cpu_supports("avx512bf16"); };
    k.bf16_matmul = &avx512_bf16::matmul_kernel();
    return k;
  }();
  return &kernels;
}

}  // namespace wisecrack
#else
namespace wisecrack {
const Kernels* avx512_kernels() { return nullptr; }
const Kernels* avx512_bf16_kernels() { return nullptr; }
}  // namespace wisecrack
#endif
