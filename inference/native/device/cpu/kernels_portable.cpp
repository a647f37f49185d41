// The kernels in plain C++, for every processor; what the AVX2 set is compared with.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "device/bf16.h"
#include "device/cpu/kernels.h"
#include "device/cpu/widen.h"

namespace wisecrack {
namespace {

constexpr size_t LANES = 16;

// A key or value as float32.
template <DType D>
float widen_kv(const char* block, size_t at) {
  using Stored = std::conditional_t<D == DType::BF16, bf16, float>;
  Stored value;
  std::memcpy(&value, block + at * sizeof value, sizeof value);
  if constexpr (D == DType::BF16) return to_float(value);
  else return value;
}

float reduce(const float* lanes) {
  float t[4];
  for (size_t i = 0; i < 4; i++) t[i] = (lanes[i] + lanes[i + 8]) + (lanes[i + 4] + lanes[i + 12]);
  return (t[0] + t[1]) + (t[2] + t[3]);
}

// A function of its own, never inlined: the compiler cannot treat one caller's sums differently from another's.
[[gnu::noinline]] float dot(const float* a, const float* b, size_t n) {
  float lanes[LANES] = {};
  size_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (size_t l = 0; l < LANES; l++) lanes[l] += a[i + l] * b[i + l];
  for (size_t l = 0; i + l < n; l++) lanes[l] += a[i + l] * b[i + l];
  return reduce(lanes);
}

bool takes(const Matmul&) { return true; }
bool packs(const Matmul&) { return false; }

constexpr size_t BLOCK = 512;  // inputs that are widened at once

void matmul(const MatmulPart& part, float*) {
  const Matmul& job = *part.job;
  const size_t in = job.w.cols, out = job.w.rows;
  float w[BLOCK];
  for (size_t o = part.first; o < part.last; o++) {
    for (size_t begin = 0; begin < in; begin += BLOCK) {
      const size_t n = std::min(BLOCK, in - begin);
      widen(job.w, o, begin, n, w);
      for (size_t r = 0; r < job.rows; r++) {
        float& y = job.y[r * out + o];
        const float sum = dot(w, job.x + r * in + begin, n);
        y = begin ? y + sum : sum;
        if (begin + n == in) {
          y *= job.scale;
          if (part.round) y = round_bf16(y);
        }
      }
    }
  }
}

float sum_squares(const float* x, size_t n) { return dot(x, x, n); }

void scale(const float* x, float factor, const float* by, size_t n, float* y) {
  for (size_t i = 0; i < n; i++) y[i] = x[i] * factor * by[i];
}

template <DType D>
void score(const float* q, size_t pitch, size_t rows, size_t n, const KvStretch& k, float* out) {
  for (size_t begin = 0; begin < k.positions; begin += KV_BLOCK) {
    const char* block = k.blocks[begin / KV_BLOCK];
    for (size_t r = 0; r < rows; r++) std::fill_n(out + r * KV_STAGE + begin, KV_BLOCK, 0.0f);
    for (size_t i = 0; i < n; i++) {
      float keys[KV_BLOCK];
      for (size_t p = 0; p < KV_BLOCK; p++) keys[p] = widen_kv<D>(block, i * KV_BLOCK + p);
      for (size_t r = 0; r < rows; r++)
        for (size_t p = 0; p < KV_BLOCK; p++) out[r * KV_STAGE + begin + p] += q[i * pitch + r] * keys[p];
    }
  }
}

void scores(const float* q, size_t pitch, size_t rows, size_t n, const KvStretch& k, float* out) {
  if (k.dtype == DType::BF16) score<DType::BF16>(q, pitch, rows, n, k, out);
  else score<DType::F32>(q, pitch, rows, n, k, out);
}

void weigh(float* x, size_t n, float multiplier, float* sums) {
  for (size_t i = 0; i < n; i++) sums[i % KV_BLOCK] += x[i] = std::exp(ATTENTION_CAP * std::tanh(x[i] * multiplier / ATTENTION_CAP));
}

template <DType D>
void mix_rows(const float* weight, size_t rows, size_t n, const KvStretch& v, float* out, size_t pitch) {
  float wide[MAX_KEY_SIZE];
  for (size_t p = 0; p < v.positions; p++) {
    for (size_t i = 0; i < n; i++) wide[i] = widen_kv<D>(v.blocks[p / KV_BLOCK], p % KV_BLOCK * n + i);
    for (size_t r = 0; r < rows; r++)
      for (size_t i = 0; i < n; i++) out[r * pitch + i] += weight[r * KV_STAGE + p] * wide[i];
  }
}

void mix(const float* weight, size_t rows, size_t n, const KvStretch& v, float* out, size_t pitch) {
  if (v.dtype == DType::BF16) mix_rows<DType::BF16>(weight, rows, n, v, out, pitch);
  else mix_rows<DType::F32>(weight, rows, n, v, out, pitch);
}

void gelu_mul(float* gate, const float* up, size_t n, bool round) {
  for (size_t i = 0; i < n; i++) {
    const float g = gate[i];
    const float gelu = 0.5f * g * (1 + std::tanh(0.7978845608028654f * (g + 0.044715f * g * g * g)));
    gate[i] = (round ? round_bf16(gelu) : gelu) * up[i];
  }
}

double exps(const float* x, size_t n, float most, float factor, float* y) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    const float power = (x[i] - most) * factor;
    sum += y[i] = power < EXP_LOWEST ? 0 : std::exp(power);
  }
  return sum;
}

void round_all(float* x, size_t n) {
  for (size_t i = 0; i < n; i++) x[i] = round_bf16(x[i]);
}

}  // namespace

const Kernels& portable_kernels() {
  static const Kernels kernels{"portable", [] { return true; }, {takes, packs, nullptr, nullptr, matmul, 0}, nullptr,
                               sum_squares, scale, scores, weigh, mix, gelu_mul, exps, round_all};
  return kernels;
}

}  // namespace wisecrack
