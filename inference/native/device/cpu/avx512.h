#pragma once
// Loads, stores and sums for AVX-512, sixteen floats at a time.
#if defined(__x86_64__)
#include "device/cpu/avx2.h"

/// A function compiled for AVX-512 inside a program for any x86-64.
#define WC_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma")))
#define WC_AVX512_INLINE __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"), always_inline)) inline

namespace wisecrack::avx512 {

using Vec = __m512;
constexpr size_t LANES = 16;

WC_AVX512_INLINE Vec zero() { return _mm512_setzero_ps(); }
WC_AVX512_INLINE Vec broadcast(float f) { return _mm512_set1_ps(f); }
WC_AVX512_INLINE Vec mul(Vec a, Vec b) { return _mm512_mul_ps(a, b); }
WC_AVX512_INLINE Vec sub(Vec a, Vec b) { return _mm512_sub_ps(a, b); }
WC_AVX512_INLINE Vec fmadd(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }
WC_AVX512_INLINE Vec fnmadd(Vec a, Vec b, Vec c) { return _mm512_fnmadd_ps(a, b, c); }
WC_AVX512_INLINE Vec add(Vec a, Vec b) { return _mm512_add_ps(a, b); }
WC_AVX512_INLINE Vec div(Vec a, Vec b) { return _mm512_div_ps(a, b); }
/// Where one of both is a NaN, b.
WC_AVX512_INLINE Vec min(Vec a, Vec b) { return _mm512_min_ps(a, b); }
WC_AVX512_INLINE Vec max(Vec a, Vec b) { return _mm512_max_ps(a, b); }
WC_AVX512_INLINE Vec nearest(Vec v) { return _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
/// v * 2^n for whole n.
WC_AVX512_INLINE Vec times_power(Vec v, Vec n) { return _mm512_scalef_ps(v, n); }
WC_AVX512_INLINE void store(float* p, Vec v) { _mm512_storeu_ps(p, v); }

WC_AVX512_INLINE __mmask16 mask_of(size_t n) { return static_cast<__mmask16>(n < LANES ? (1u << n) - 1 : 0xFFFF); }

/// Sixteen elements of any dtype as float32.
template <DType D>
WC_AVX512_INLINE Vec load(const char* p) {
  if constexpr (D == DType::F32) return _mm512_loadu_ps(p);
  if constexpr (D == DType::BF16)
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))), 16));
  return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
}

/// The first min(n, 16) floats, the rest 0; reads nothing behind them.
WC_AVX512_INLINE Vec load_floats(const float* p, size_t n) { return _mm512_maskz_loadu_ps(mask_of(n), p); }

/// The first n <= 16 keys or values, the rest 0; reads nothing behind them.
template <DType D>
WC_AVX512_INLINE Vec load_part(const char* p, size_t n) {
  static_assert(D != DType::I8);
  if constexpr (D == DType::F32) return _mm512_maskz_loadu_ps(mask_of(n), p);
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask_of(n), p)), 16));
}

WC_AVX512_INLINE void store_floats(float* p, Vec v, size_t n) { _mm512_mask_storeu_ps(p, mask_of(n), v); }

/// The first min(n, 16) lanes, the rest 0.
WC_AVX512_INLINE Vec first_lanes(Vec v, size_t n) { return _mm512_maskz_mov_ps(mask_of(n), v); }

/// v where x >= lowest, 0 elsewhere.
WC_AVX512_INLINE Vec keep_from(Vec lowest, Vec x, Vec v) { return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, lowest, _CMP_GE_OQ), v); }

/// The sum of sixteen lanes, always in this order.
WC_AVX512_INLINE float sum(Vec v) {
  return avx2::sum(_mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1)));
}

/// Nearest bfloat16, ties to even; a NaN stays a NaN.
WC_AVX512_INLINE Vec round_bf16(Vec v) {
  const __m512i bits = _mm512_castps_si512(v);
  const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
  const __m512i up = _mm512_add_epi32(bits, _mm512_add_epi32(_mm512_set1_epi32(0x7FFF), odd));
  const __m512 rounded = _mm512_castsi512_ps(_mm512_and_si512(up, _mm512_set1_epi32(static_cast<int>(0xFFFF0000))));
  return _mm512_mask_mov_ps(rounded, _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q), v);
}

/// Four sums of sixteen lanes, always in this order: inside each quarter, then over the quarters.
WC_AVX512_INLINE __m128 sum4(const Vec (&a)[1], const Vec (&b)[1], const Vec (&c)[1], const Vec (&d)[1]) {
  const __m512 ab = _mm512_add_ps(_mm512_unpacklo_ps(a[0], b[0]), _mm512_unpackhi_ps(a[0], b[0]));
  const __m512 cd = _mm512_add_ps(_mm512_unpacklo_ps(c[0], d[0]), _mm512_unpackhi_ps(c[0], d[0]));
  const __m512d low = _mm512_unpacklo_pd(_mm512_castps_pd(ab), _mm512_castps_pd(cd));
  const __m512d high = _mm512_unpackhi_pd(_mm512_castps_pd(ab), _mm512_castps_pd(cd));
  const __m512 quarters = _mm512_add_ps(_mm512_castpd_ps(low), _mm512_castpd_ps(high));
  return avx2::halves(_mm256_add_ps(_mm512_castps512_ps256(quarters), _mm512_extractf32x8_ps(quarters, 1)));
}

}  // namespace wisecrack::avx512
#endif
