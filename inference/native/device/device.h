#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace wisecrack {

enum class DType { F32, BF16, I8 };
inline size_t size_of(DType dtype) { return dtype == DType::I8 ? 1 : dtype == DType::BF16 ? 2 : 4; }

/// A weight matrix of `rows` outputs and `cols` inputs in its own dtype. `data` may be unaligned (it is inside a mapped file).
///
/// An I8 matrix has scales [groups, rows] in bf16: the weight of output o and input i is data * scales[i / (cols / groups), o]
/// (model.py: QuantizedWeight8bit), and that product is rounded to bf16 once when `round_product` is set, as xAI does.
struct Matrix {
  const void* data = nullptr;
  DType dtype = DType::BF16;
  size_t rows = 0, cols = 0;
  bool by_input = false;           ///< data is [cols, rows] as in xAI's checkpoint instead of [rows, cols]
  const void* scales = nullptr;    ///< I8 only, bf16, may be unaligned
  size_t groups = 0;               ///< I8 only: groups of inputs with a scale of their own; divides cols
  bool round_product = true;       ///< I8 only
};

/// y[rows, w.rows] = scale * x[rows, w.cols] . w^T, accumulated in float32.
struct Matmul {
  const float* x;
  size_t rows;
  Matrix w;
  float* y;
  float scale = 1;
  bool keep_f32 = false;  ///< do not round y although the activations are bf16 (router, logits)
};

/// Keys and values lie in blocks of so many positions. A sequence has a block table: its position p is row p % KV_BLOCK of block
/// table[p / KV_BLOCK].
constexpr size_t KV_BLOCK = 16;

/// Keys and values of all sequences in one layer. Block b is [kv_heads, KV_BLOCK, key_size] in the device's KV dtype, its keys at
/// k + b * stride, its values at v + b * stride (bytes).
struct KvLayer {
  char* k = nullptr;
  char* v = nullptr;
  size_t stride = 0;
};

/// Sizes of the attention of one layer. key_size is at most MAX_KEY_SIZE.
constexpr size_t MAX_KEY_SIZE = 1024;
struct HeadShape {
  size_t q_heads, kv_heads, key_size;
};

/// cosine and sine [positions, key_size / 2] of RoPE's phases, in float32 as the reference computes them (model.py: RotaryEmbedding).
void fill_rope_tables(size_t key_size, size_t positions, float* cosine, float* sine);

/// The kernels that Grok-1's forward pass needs; one subclass per kind of device.
///
/// Activations are float32 in memory. With `round_activations` every kernel rounds what it stores to the nearest bfloat16,
/// as the reference's bfloat16 arrays do (model.py: fprop_dtype); sums, norms, softmax and router stay float32.
/// Each row is computed the same way whatever the other rows of a call are: results do not depend on the batch.
class Device {
 public:
  explicit Device(bool round_activations) : round_(round_activations) {}
  virtual ~Device() = default;

  bool round_activations() const { return round_; }
  DType kv_dtype() const { return round_ ? DType::BF16 : DType::F32; }

  /// y[rows, emb] = table[tokens] * scale (model.py: InOutEmbed, embedding_multiplier_scale).
  virtual void embed(const Matrix& table, const int32_t* tokens, size_t rows, float scale, float* y) = 0;

  /// y[rows, n] = x / sqrt(mean(x^2) + eps) * scale[n] (model.py: RMSNorm).
  virtual void rms_norm(const float* x, const float* scale, size_t rows, size_t n, float eps, float* y) = 0;

  /// Runs all products in one parallel region.
  virtual void matmul(std::span<const Matmul> jobs) = 0;

  /// x[rows, heads, key_size] turned in place by its position, half-split form (model.py: RotaryEmbedding).
  /// `cosine` and `sine` are tables [positions, key_size / 2].
  virtual void rope(float* x, const int32_t* positions, size_t rows, size_t heads, size_t key_size, const float* cosine,
                    const float* sine) = 0;

  /// Writes k and v [rows, kv_heads, key_size] at `positions` of each row's block table.
  virtual void store_kv(const float* k, const float* v, const KvLayer& cache, const int32_t* const* tables, const int32_t* positions,
                        size_t rows, HeadShape heads) = 0;

  /// y[rows, q_heads, key_size]: each row attends to positions 0..its own of its block table
  /// (model.py: MultiHeadAttention; logits * multiplier, 30 tanh(./30), softmax).
  virtual void attention(const float* q, const KvLayer& cache, const int32_t* const* tables, const int32_t* positions, size_t rows,
                         HeadShape heads, float multiplier, float* y) = 0;

  /// probs[rows, experts] = softmax(logits); chosen[rows, selected] = the largest, ties to the lower index (model.py: Router).
  virtual void route(const float* logits, size_t rows, size_t experts, size_t selected, float* probs, int32_t* chosen) = 0;

  /// gate[i] = gelu_tanh(gate[i]) * up[i] for [rows, n] (model.py: DenseBlock and MoELayer).
  virtual void gelu_mul(float* gate, const float* up, size_t rows, size_t n) = 0;

  /// y[i] = x[index[i]], rows of n.
  virtual void gather(const float* x, const int32_t* index, size_t rows, size_t n, float* y) = 0;

  /// y[r] = sum over j of probs[r, chosen[r, j]] * x[place[r, j]]: the experts' outputs x[rows * selected, n] come home.
  virtual void combine(const float* x, const int32_t* place, const float* probs, const int32_t* chosen, size_t rows,
                       size_t experts, size_t selected, size_t n, float* y) = 0;

  /// h[rows, n] += x (the residual stream).
  virtual void add(float* h, const float* x, size_t rows, size_t n) = 0;

 private:
  bool round_;
};

}  // namespace wisecrack
