// The kernels in plain C++, for every processor; what the AVX2 set is compared with.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "device/bf16.h"
#include "device/cpu/kernels.h"
#include "device/cpu/widen.h"

namespace wisecrack {
namespace {

constexpr size_t LANES = 16;

// n keys or values as float32.
void widen_kv(const void* data, DType dtype, size_t at, size_t n, float* out) {
  const char* from = static_cast<const char*>(data) + at * size_of(dtype);
  if (dtype == DType::F32) {
    std::memcpy(out, from, n * sizeof(float));
    return;
  }
  for (size_t i = 0; i < n; i++) {
    bf16 value;
    std::memcpy(&value, from + i * sizeof value, sizeof value);
    out[i] = to_float(value);
  }
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

const char* block_of(const KvRun& run, size_t p) { return run.base + static_cast<size_t>(run.table[p / KV_BLOCK]) * run.stride; }

void scores(const float* q, size_t group, const KvRun& k, size_t positions, size_t n, float* out, size_t stride) {
  float wide[MAX_KEY_SIZE];
  for (size_t p = 0; p < positions; p++) {
    widen_kv(block_of(k, p), k.dtype, p % KV_BLOCK * n, n, wide);
    for (size_t g = 0; g < group; g++) out[g * stride + p] = dot(q + g * n, wide, n);
  }
}

void mix(const float* weight, size_t stride, size_t group, const KvRun& v, size_t positions, size_t n, float* out) {
  float wide[MAX_KEY_SIZE];
  std::fill(out, out + group * n, 0.0f);
  for (size_t p = 0; p < positions; p++) {
    widen_kv(block_of(v, p), v.dtype, p % KV_BLOCK * n, n, wide);
    for (size_t g = 0; g < group; g++)
      for (size_t i = 0; i < n; i++) out[g * n + i] += weight[g * stride + p] * wide[i];
  }
}

float softcap(float* x, size_t n, float multiplier) {
  float max = -INFINITY;
  for (size_t i = 0; i < n; i++) {
    x[i] = ATTENTION_CAP * std::tanh(x[i] * multiplier / ATTENTION_CAP);
    max = std::max(max, x[i]);
  }
  return max;
}

float exp_sum(float* x, size_t n, float max) {
  float sum = 0;
  for (size_t i = 0; i < n; i++) sum += x[i] = std::exp(x[i] - max);
  return sum;
}

void gelu_mul(float* gate, const float* up, size_t n, bool round) {
  for (size_t i = 0; i < n; i++) {
    const float g = gate[i];
    const float gelu = 0.5f * g * (1 + std::tanh(0.7978845608028654f * (g + 0.044715f * g * g * g)));
    gate[i] = (round ? round_bf16(gelu) : gelu) * up[i];
  }
}

void round_all(float* x, size_t n) {
  for (size_t i = 0; i < n; i++) x[i] = round_bf16(x[i]);
}

}  // namespace

const Kernels& portable_kernels() {
  static const Kernels kernels{"portable", [] { return true; }, {takes, packs, nullptr, nullptr, matmul, 0}, nullptr, sum_squares, scale, scores, mix, softcap, exp_sum, gelu_mul, round_all};
  return kernels;
}

}  // namespace wisecrack
