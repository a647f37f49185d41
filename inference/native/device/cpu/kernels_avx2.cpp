// The kernels for x86-64 processors with AVX2 and FMA. Tails go through the same vector code as full vectors, with zeros.
#include "device/cpu/avx2.h"
#include "device/cpu/kernels.h"
#include "device/cpu/matmul_x86.h"

#if defined(__x86_64__)
#include <algorithm>
#include <cmath>

namespace wisecrack {
namespace avx2 {
namespace {

WC_AVX2 float sum_squares(const float* x, size_t n) {
  __m256 total = _mm256_setzero_ps();
  for (size_t i = 0; i < n; i += 8) {
    const __m256 v = load_floats(x + i, n - i);
    total = _mm256_fmadd_ps(v, v, total);
  }
  return sum(total);
}

WC_AVX2 void scale(const float* x, float factor, const float* by, size_t n, float* y) {
  const __m256 f = _mm256_set1_ps(factor);
  for (size_t i = 0; i < n; i += 8)
    store_floats(y + i, _mm256_mul_ps(_mm256_mul_ps(load_floats(x + i, n - i), f), load_floats(by + i, n - i)), n - i);
}

// One block of at most KV_BLOCK positions, four at a time.
template <DType D>
WC_AVX2 void block_scores(const float* q, const char* k, size_t positions, size_t n, float* out) {
  const size_t stride = n * size_of(D), whole = n / 8 * 8;
  for (size_t p = 0; p < positions; p += 4) {
    const size_t count = positions - p < 4 ? positions - p : 4;
    __m256 s[4] = {_mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps()};
    const char* row[4];  // behind the end the last row is read again and its result dropped
    for (size_t j = 0; j < 4; j++) row[j] = k + (p + (j < count ? j : count - 1)) * stride;
    for (size_t i = 0; i < whole; i += 8) {
      const __m256 a = _mm256_loadu_ps(q + i);
      for (size_t j = 0; j < 4; j++) s[j] = _mm256_fmadd_ps(a, load<D>(row[j] + i * size_of(D)), s[j]);
    }
    if (whole < n) {
      const __m256 a = load_floats(q + whole, n - whole);
      for (size_t j = 0; j < 4; j++) s[j] = _mm256_fmadd_ps(a, load_part<D>(row[j] + whole * size_of(D), n - whole), s[j]);
    }
    alignas(16) float sums[4];
    _mm_store_ps(sums, sum4(s[0], s[1], s[2], s[3]));
    for (size_t j = 0; j < count; j++) out[p + j] = sums[j];
  }
}

// The positions of one block join the sums in `out`, in their order.
template <DType D>
WC_AVX2 void block_mix(const float* weight, const char* v, size_t positions, size_t n, float* out) {
  const size_t stride = n * size_of(D);
  size_t i = 0;
  for (; i + 32 <= n; i += 32) {
    __m256 s[4];
    for (size_t j = 0; j < 4; j++) s[j] = _mm256_loadu_ps(out + i + j * 8);
    const char* from = v + i * size_of(D);
    for (size_t p = 0; p < positions; p++, from += stride) {
      const __m256 w = _mm256_set1_ps(weight[p]);
      for (size_t j = 0; j < 4; j++) s[j] = _mm256_fmadd_ps(w, load<D>(from + j * 8 * size_of(D)), s[j]);
    }
    for (size_t j = 0; j < 4; j++) _mm256_storeu_ps(out + i + j * 8, s[j]);
  }
  for (; i < n; i += 8) {
    __m256 s = load_floats(out + i, n - i);
    const char* from = v + i * size_of(D);
    for (size_t p = 0; p < positions; p++, from += stride)
      s = _mm256_fmadd_ps(_mm256_set1_ps(weight[p]), n - i >= 8 ? load<D>(from) : load_part<D>(from, n - i), s);
    store_floats(out + i, s, n - i);
  }
}

// A block stays in the L1 cache while all heads of the group pass by.
void scores(const float* q, size_t group, const KvRun& k, size_t positions, size_t n, float* out, size_t stride) {
  const auto block_of = k.dtype == DType::BF16 ? block_scores<DType::BF16> : block_scores<DType::F32>;
  for (size_t p = 0; p < positions; p += KV_BLOCK) {
    const char* block = k.base + static_cast<size_t>(k.table[p / KV_BLOCK]) * k.stride;
    const size_t count = positions - p < KV_BLOCK ? positions - p : KV_BLOCK;
    for (size_t g = 0; g < group; g++) block_of(q + g * n, block, count, n, out + g * stride + p);
  }
}

void mix(const float* weight, size_t stride, size_t group, const KvRun& v, size_t positions, size_t n, float* out) {
  const auto join = v.dtype == DType::BF16 ? block_mix<DType::BF16> : block_mix<DType::F32>;
  std::fill(out, out + group * n, 0.0f);
  for (size_t p = 0; p < positions; p += KV_BLOCK) {
    const char* block = v.base + static_cast<size_t>(v.table[p / KV_BLOCK]) * v.stride;
    const size_t count = positions - p < KV_BLOCK ? positions - p : KV_BLOCK;
    for (size_t g = 0; g < group; g++) join(weight + g * stride + p, block, count, n, out + g * n);
  }
}

WC_AVX2 float softcap(float* x, size_t n, float multiplier) {
  const __m256 cap = _mm256_set1_ps(ATTENTION_CAP), inside = _mm256_set1_ps(multiplier / ATTENTION_CAP);
  const __m256 lowest = _mm256_set1_ps(-INFINITY);
  __m256 most = lowest;
  for (size_t i = 0; i < n; i += 8) {
    const __m256 y = _mm256_mul_ps(cap, tanh(_mm256_mul_ps(load_floats(x + i, n - i), inside)));
    store_floats(x + i, y, n - i);
    most = _mm256_max_ps(most, _mm256_blendv_ps(lowest, y, _mm256_castsi256_ps(mask_of(n - i))));
  }
  return max(most);
}

WC_AVX2 float exp_sum(float* x, size_t n, float most) {
  const __m256 m = _mm256_set1_ps(most);
  __m256 total = _mm256_setzero_ps();
  for (size_t i = 0; i < n; i += 8) {
    const __m256 y = exp(_mm256_sub_ps(load_floats(x + i, n - i), m));
    store_floats(x + i, y, n - i);
    total = _mm256_add_ps(total, _mm256_and_ps(y, _mm256_castsi256_ps(mask_of(n - i))));
  }
  return sum(total);
}

WC_AVX2 void gelu_mul(float* gate, const float* up, size_t n, bool round) {
  const __m256 half = _mm256_set1_ps(0.5f), one = _mm256_set1_ps(1.0f);
  const __m256 root = _mm256_set1_ps(0.7978845608028654f), cubic = _mm256_set1_ps(0.044715f);
  for (size_t i = 0; i < n; i += 8) {
    const __m256 g = load_floats(gate + i, n - i);
    const __m256 inner = _mm256_fmadd_ps(_mm256_mul_ps(_mm256_mul_ps(cubic, g), g), g, g);
    __m256 y = _mm256_mul_ps(_mm256_mul_ps(half, g), _mm256_add_ps(one, tanh(_mm256_mul_ps(root, inner))));
    if (round) y = round_bf16(y);
    store_floats(gate + i, _mm256_mul_ps(y, load_floats(up + i, n - i)), n - i);
  }
}

WC_AVX2 void round_all(float* x, size_t n) {
  for (size_t i = 0; i < n; i += 8) store_floats(x + i, round_bf16(load_floats(x + i, n - i)), n - i);
}

}  // namespace
}  // namespace avx2

const Kernels* avx2_kernels() {
  using namespace avx2;
  static const Kernels kernels{"avx2", [] { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }, matmul_kernel(), nullptr, sum_squares, scale, scores, mix, softcap, exp_sum, gelu_mul, round_all};
  return &kernels;
}

// What is not a product is a small part of the time, and the longer vectors gain little there.
const Kernels* avx512_kernels() {
  static const Kernels kernels = [] {
    Kernels k = *avx2_kernels();
    k.name = "avx512";
    k.runs = [] {
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512dq");
    };
    k.matmul = avx512::matmul_kernel();
    return k;
  }();
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
const Kernels* avx2_kernels() { return nullptr; }
const Kernels* avx512_kernels() { return nullptr; }
const Kernels* avx512_bf16_kernels() { return nullptr; }
}  // namespace wisecrack
#endif
