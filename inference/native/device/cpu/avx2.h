#pragma once
// What the AVX2 files share: loads, stores, sums, eight floats at a time.
#if defined(__x86_64__)
#pragma GCC diagnostic push
#if !defined(__clang__)  // GCC bug 105593: this header warns where it leaves lanes undefined
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#pragma GCC diagnostic pop

#include <cstdint>
#include <cstring>

#include "device/device.h"

/// A function compiled for AVX2 and FMA inside a program for any x86-64.
#define WC_AVX2 __attribute__((target("avx2,fma")))
#define WC_AVX2_INLINE __attribute__((target("avx2,fma"), always_inline)) inline

namespace wisecrack::avx2 {

// Eight ones shifted out by the number of missing elements.
inline const int32_t* mask_at(size_t n) {
  static const int32_t MASK[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
  return MASK + 8 - n;
}

WC_AVX2_INLINE __m256i mask_of(size_t n) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(mask_at(n < 8 ? n : 8))); }

using Vec = __m256;
constexpr size_t LANES = 8;

WC_AVX2_INLINE Vec zero() { return _mm256_setzero_ps(); }
WC_AVX2_INLINE Vec broadcast(float f) { return _mm256_set1_ps(f); }
WC_AVX2_INLINE Vec mul(Vec a, Vec b) { return _mm256_mul_ps(a, b); }
WC_AVX2_INLINE Vec sub(Vec a, Vec b) { return _mm256_sub_ps(a, b); }
WC_AVX2_INLINE Vec fmadd(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }
WC_AVX2_INLINE Vec fnmadd(Vec a, Vec b, Vec c) { return _mm256_fnmadd_ps(a, b, c); }
WC_AVX2_INLINE Vec add(Vec a, Vec b) { return _mm256_add_ps(a, b); }
WC_AVX2_INLINE Vec div(Vec a, Vec b) { return _mm256_div_ps(a, b); }
/// Where one of both is a NaN, b.
WC_AVX2_INLINE Vec min(Vec a, Vec b) { return _mm256_min_ps(a, b); }
WC_AVX2_INLINE Vec max(Vec a, Vec b) { return _mm256_max_ps(a, b); }
WC_AVX2_INLINE Vec nearest(Vec v) { return _mm256_round_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
/// v * 2^n for whole n in [-126, 127].
WC_AVX2_INLINE Vec times_power(Vec v, Vec n) {
  return _mm256_mul_ps(v, _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23)));
}
WC_AVX2_INLINE void store(float* p, Vec v) { _mm256_storeu_ps(p, v); }

/// Eight elements of any dtype as float32.
template <DType D>
WC_AVX2_INLINE __m256 load(const char* p) {
  if constexpr (D == DType::F32) return _mm256_loadu_ps(reinterpret_cast<const float*>(p));
  if constexpr (D == DType::I8)
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))));
  const __m128i half = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(half), 16));
}

/// The first n <= 8 elements, the rest 0; reads nothing behind them.
template <DType D>
WC_AVX2_INLINE __m256 load_part(const char* p, size_t n) {
  if (n == 8) return load<D>(p);
  if (n == 0) return _mm256_setzero_ps();
  alignas(32) char buffer[32] = {};
  std::memcpy(buffer, p, n * size_of(D));
  return load<D>(buffer);
}

/// The first min(n, 8) floats, the rest 0.
WC_AVX2_INLINE __m256 load_floats(const float* p, size_t n) {
  return n >= 8 ? _mm256_loadu_ps(p) : _mm256_maskload_ps(p, mask_of(n));
}

WC_AVX2_INLINE void store_floats(float* p, __m256 v, size_t n) {
  if (n >= 8) _mm256_storeu_ps(p, v);
  else _mm256_maskstore_ps(p, mask_of(n), v);
}

/// The first min(n, 8) lanes, the rest 0.
WC_AVX2_INLINE __m256 first_lanes(__m256 v, size_t n) { return _mm256_and_ps(v, _mm256_castsi256_ps(mask_of(n))); }

/// v where x >= lowest, 0 elsewhere.
WC_AVX2_INLINE Vec keep_from(Vec lowest, Vec x, Vec v) { return _mm256_and_ps(v, _mm256_cmp_ps(x, lowest, _CMP_GE_OQ)); }

WC_AVX2_INLINE __m128 halves(__m256 v) { return _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1)); }

/// The sum of eight lanes, always in this order.
WC_AVX2_INLINE float sum(__m256 v) {
  __m128 t = halves(v);
  t = _mm_hadd_ps(t, t);
  return _mm_cvtss_f32(_mm_hadd_ps(t, t));
}

/// Four such sums at once, the same additions.
WC_AVX2_INLINE __m128 sum4(__m256 a, __m256 b, __m256 c, __m256 d) {
  return _mm_hadd_ps(_mm_hadd_ps(halves(a), halves(b)), _mm_hadd_ps(halves(c), halves(d)));
}

/// Four sums of sixteen lanes, each in two vectors.
WC_AVX2_INLINE __m128 sum4(const Vec (&a)[2], const Vec (&b)[2], const Vec (&c)[2], const Vec (&d)[2]) {
  return sum4(_mm256_add_ps(a[0], a[1]), _mm256_add_ps(b[0], b[1]), _mm256_add_ps(c[0], c[1]), _mm256_add_ps(d[0], d[1]));
}

/// Nearest bfloat16, ties to even; a NaN stays a NaN.
WC_AVX2_INLINE __m256 round_bf16(__m256 v) {
  const __m256i bits = _mm256_castps_si256(v);
  const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  __m256i up = _mm256_add_epi32(bits, _mm256_add_epi32(_mm256_set1_epi32(0x7FFF), odd));
  up = _mm256_and_si256(up, _mm256_set1_epi32(static_cast<int>(0xFFFF0000)));
  const __m256 nan = _mm256_cmp_ps(v, v, _CMP_UNORD_Q);
  return _mm256_blendv_ps(_mm256_castsi256_ps(up), v, nan);
}

WC_AVX2_INLINE __m128 round_bf16(__m128 v) { return _mm256_castps256_ps128(round_bf16(_mm256_castps128_ps256(v))); }

}  // namespace wisecrack::avx2
#endif
