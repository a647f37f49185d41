#pragma once
#include <cstddef>
#include <vector>

#include "device/device.h"

namespace wisecrack {

/// A range of a product's outputs: y[r, o] for all rows and o in [first, last).
struct MatmulPart {
  const Matmul* job;
  size_t first, last;
  bool round;
  const float* packed;  ///< x as the kernel's pack() laid it out
};

/// Outputs that kernels take together: a part has a multiple of so many, but for small ones at a product's end, which have whole cache lines.
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

/// Room for n floats in whole cache lines, which are whole vectors, too.
constexpr size_t to_lines(size_t n) { return (n + 15) / 16 * 16; }

/// Positions that attention works on at once: their keys or values stay in the L1 cache while many queries pass by.
constexpr size_t KV_STAGE = 4 * KV_BLOCK;

/// One head's keys or values of at most KV_STAGE positions, the first at the beginning of a block. A block's keys are
/// [key_size, KV_BLOCK], its values [KV_BLOCK, key_size].
struct KvStretch {
  const char* const* blocks;  ///< where each begins
  const char* const* ahead;   ///< as many that are wanted soon
  size_t positions;
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
  /// out[r, p] = q[r] . k[p] for all positions of k's blocks; q is [n, rows], its rows `pitch` apart, out [rows, KV_STAGE]
  void (*scores)(const float* q, size_t pitch, size_t rows, size_t n, const KvStretch& k, float* out);
  /// x[i] = exp(30 tanh(x[i] * multiplier / 30)), sums[i % KV_BLOCK] += x[i]; may change x up to the next multiple of KV_BLOCK
  void (*weigh)(float* x, size_t n, float multiplier, float* sums);
  /// out[r, i] += weight[r, p] * v[p, i] for all p, in order; weight is [rows, KV_STAGE]. Rows of out lie `pitch` apart, with room for
  /// to_lines(n) each.
  void (*mix)(const float* weight, size_t rows, size_t n, const KvStretch& v, float* out, size_t pitch);
  /// gate[i] = gelu_tanh(gate[i]) * up[i]; when `round`, gelu's result is rounded to bf16 first, as the reference stores it
  void (*gelu_mul)(float* gate, const float* up, size_t n, bool round);
  /// y[i] = exp((x[i] - most) * factor), 0 where that is below e^-87; returns their sum. None is above 1: no x is above `most`.
  double (*exps)(const float* x, size_t n, float most, float factor, float* y);
  /// x[i] rounded to bf16
  void (*round)(float* x, size_t n);
};

constexpr float EXP_LOWEST = -87;      // below, exp leaves the normal numbers
constexpr float ATTENTION_CAP = 30.0f;  // model.py: MultiHeadAttention, max_attn_val

const Kernels& portable_kernels();
/// Null when this build has none for the machine's architecture.
const Kernels* avx2_kernels();
const Kernels* avx512_kernels();
const Kernels* avx512_bf16_kernels();
const Kernels* amx_kernels();

/// Those that this processor can run, the fastest first.
std::vector<const Kernels*> kernel_sets();
/// The fastest of them.
const Kernels& best_kernels();

}  // namespace wisecrack
