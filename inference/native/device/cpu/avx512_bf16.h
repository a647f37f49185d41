#pragma once
// Weights as pairs of bf16 for the kernels that multiply such pairs.
#if defined(__x86_64__) && !defined(WISECRACK_WITHOUT_AVX512)
#include <algorithm>

#include "device/cpu/avx512.h"
#include "device/cpu/widen.h"
#include "device/device.h"

/// A function compiled for AVX512_BF16 inside a program for any x86-64.
#define WC_BF16 __attribute__((target("avx512bf16,avx512f,avx512bw,avx512vl,avx512dq,avx2,fma")))
#define WC_BF16_INLINE __attribute__((target("avx512bf16,avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"), always_inline)) inline

namespace wisecrack::avx512_bf16 {

constexpr size_t STEP = 32;  // bf16 in a vector

WC_BF16_INLINE __mmask32 first(size_t n) { return static_cast<__mmask32>((uint64_t{1} << n) - 1); }

/// STEP floats from p on as bf16; what lies at n and behind is 0 and not read.
WC_BF16_INLINE __m512i narrow(const float* p, size_t n) {
  const __m512 low = avx512::load_floats(p, std::min<size_t>(16, n)), high = n > 16 ? avx512::load_floats(p + 16, n - 16) : avx512::zero();
  return (__m512i)_mm512_cvtne2ps_pbh(high, low);
}

/// Int8 weights times their scale are rounded to bf16, as xAI's code does.
struct Int8 {
  static constexpr size_t SIZE = 1;
  avx512::Vec scale;
  WC_BF16_INLINE __m512i times(__m128i low, __m128i high) const {
    const avx512::Vec a = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(low)), b = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(high));
    return (__m512i)_mm512_cvtne2ps_pbh(_mm512_mul_ps(b, scale), _mm512_mul_ps(a, scale));
  }
  WC_BF16_INLINE __m512i load(const char* p) const {
    const auto* half = reinterpret_cast<const __m128i*>(p);
    return times(_mm_loadu_si128(half), _mm_loadu_si128(half + 1));
  }
  WC_BF16_INLINE __m512i load(const char* p, size_t n) const {
    const __m256i q = _mm256_maskz_loadu_epi8(first(n), p);
    return times(_mm256_castsi256_si128(q), _mm256_extracti128_si256(q, 1));
  }
};

WC_BF16_INLINE Int8 int8_of(const Matrix& m, size_t group, size_t output) { return {avx512::broadcast(scale_at(m, group, output))}; }

/// Int8 weights [begin, begin + n) of an output as bf16.
WC_BF16 inline void widen(const Matrix& m, size_t output, size_t begin, size_t n, char* to) {
  const char* data = static_cast<const char*>(m.data) + output * m.pitch() + begin;
  const size_t length = m.cols / m.groups;
  for (size_t i = 0; i < n;) {
    const size_t group = (begin + i) / length, end = std::min(n, (group + 1) * length - begin);
    const Int8 from = int8_of(m, group, output);
    for (; i + STEP <= end; i += STEP) _mm512_storeu_si512(to + i * 2, from.load(data + i));
    if (i < end) _mm512_mask_storeu_epi16(to + i * 2, first(end - i), from.load(data + i, end - i));
    i = end;
  }
}

}  // namespace wisecrack::avx512_bf16
#endif
