#pragma once
#include <cstddef>

#include "device/device.h"

namespace wisecrack {

/// A range of a product's outputs: y[r, o] for all rows and o in [first, last).
struct MatmulPart {
  const Matmul* job;
  size_t first, last;
  bool round;
  const float* packed;  ///< x as the kernel's pack() laid it out
};

/// A part begins at a multiple of so many outputs.
constexpr size_t MATMUL_GROUP = 64;

/// Products of one instruction set.
struct MatmulKernel {
  /// Whether it computes this product at all.
  bool (*takes)(const Matmul& job);
  /// Whether this product wants its rows packed.
  bool (*packs)(const Matmul& job);
  /// Floats that packed rows take.
  size_t (*packed_size)(size_t rows, size_t cols);
  /// Lays out one of the product's rows; null where nothing packs.
  void (*pack)(const Matmul& job, size_t row, float* packed);
  /// `scratch` has room for as many floats as the next field says.
  void (*run)(const MatmulPart& part, float* scratch);
  size_t scratch;
};

/// Where one head's keys or values of a sequence lie: position p is row p % KV_BLOCK of block table[p / KV_BLOCK], a block
/// [KV_BLOCK, key_size] in `dtype` at base + block * stride (bytes).
struct KvRun {
  const char* base;
  size_t stride;
  const int32_t* table;
  DType dtype;
};

/// The inner loops that exist once per instruction set. Each is a fixed sequence of operations for given lengths, so equal
/// inputs give equal bits wherever a row lies in a batch.
struct Kernels {
  const char* name;
  /// Whether this processor has the instructions.
  bool (*runs)();
  /// One row and many rows give the same bits.
  MatmulKernel matmul;
  /// The same for rows that are bf16 already; null where that is no faster.
  const MatmulKernel* bf16_matmul;
  /// sum of x[i]^2
  float (*sum_squares)(const float* x, size_t n);
  /// y[i] = x[i] * factor * scale[i]
  void (*scale)(const float* x, float factor, const float* scale, size_t n, float* y);
  /// out[g, p] = q[g] . k[p] for the `group` query heads that share these keys; q is [group, n], rows of out lie `stride` apart
  void (*scores)(const float* q, size_t group, const KvRun& k, size_t positions, size_t n, float* out, size_t stride);
  /// out[g, i] = sum over p, in order, of weight[g, p] * v[p, i]; rows of weight lie `stride` apart
  void (*mix)(const float* weight, size_t stride, size_t group, const KvRun& v, size_t positions, size_t n, float* out);
  /// x[i] = 30 tanh(x[i] * multiplier / 30); returns the largest
  float (*softcap)(float* x, size_t n, float multiplier);
  /// x[i] = exp(x[i] - max); returns the sum
  float (*exp_sum)(float* x, size_t n, float max);
  /// gate[i] = gelu_tanh(gate[i]) * up[i]; when `round`, gelu's result is rounded to bf16 first, as the reference stores it
  void (*gelu_mul)(float* gate, const float* up, size_t n, bool round);
  /// x[i] rounded to bf16
  void (*round)(float* x, size_t n);
};

constexpr float ATTENTION_CAP = 30.0f;      // model.py: MultiHeadAttention, max_attn_val

const Kernels& portable_kernels();
/// Null when this build has none for the machine's architecture.
const Kernels* avx2_kernels();
const Kernels* avx512_kernels();
const Kernels* avx512_bf16_kernels();

/// The fastest set that this processor can run.
const Kernels& best_kernels();

}  // namespace wisecrack
