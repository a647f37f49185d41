#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "device/logit_row.h"
#include "device/memory.h"
#include "device/team.h"

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
  size_t stride = 0;               ///< elements from one row (by_input: one column) to the next in a part of a matrix; 0: no gaps
  size_t scale_stride = 0;         ///< the same from group to group; 0: no gaps

  size_t pitch() const { return stride ? stride : by_input ? rows : cols; }
  size_t scale_pitch() const { return scale_stride ? scale_stride : rows; }
  /// From the first of its elements to the last, and what lies between them.
  std::span<const std::byte> stretch() const {
    if (rows == 0 || cols == 0) return {};
    const size_t lines = by_input ? cols : rows, line = by_input ? rows : cols;
    return {static_cast<const std::byte*>(data), ((lines - 1) * pitch() + line) * size_of(dtype)};
  }
  /// Whether what comes behind a row (by_input: a column) is the next one.
  bool in_one_piece() const { return pitch() == (by_input ? rows : cols); }
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

/// Keys and values of all sequences in one layer. Block b's keys begin at k + b * stride, its values at v + b * stride (bytes): in the
/// device's KV dtype, one head's KV_BLOCK * key_size behind the other's. How they lie inside a head's is the device's affair.
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

/// Sizes of a model, for planning working memory.
struct Shape {
  size_t emb, ffn, vocab, experts, selected;
  HeadShape heads;
  size_t positions;  ///< the longest sequence
};

/// The rows of a step, on the host: token, position and block table of each, and which of them want logits. Rows of a sequence follow
/// each other, with the same table, in the order of positions.
struct Step {
  size_t rows;
  const int32_t* tokens;
  const int32_t* positions;
  const int32_t* const* tables;
  std::span<const int32_t> wanted;
};

/// One expert's matrices: gate (through GELU), up and down (model.py: linear, linear_v, linear_1).
struct Expert {
  Matrix gate, up, down;
  bool offloaded = false;  ///< they lie on the host, and experts() brings them (Device::offload)
};

/// RoPE's tables, [positions, key_size / 2] each.
struct Rope {
  const float *cosine, *sine;
};

/// What comes between two sublayers (model.py: DecoderLayer): h += norm(y) * post, y being what the sublayer gives; then
/// x = norm(h) * next for the one that follows, unless next is null.
struct Sandwich {
  const float* post;
  float* h;
  const float* next;
  float* x;
};

/// What Grok-1's forward pass needs of a device; one subclass per kind. Pointers are to the device's own memory() unless a comment
/// says host; weights come from load().
///
/// `h` (the residual stream), router probabilities and logits are float32. What lies in x, q and attended, with as much room as for
/// float32, is the device's affair. With `round_activations` every array that the reference has in bfloat16 is rounded to it
/// (model.py: fprop_dtype); sums, norms, softmax and router stay float32.
/// Each row is computed the same way whatever the other rows of a step are: results do not depend on the batch.
///
/// A device of a team computes one shard of a model (model/shard.h): its heads, its columns of every expert, its rows of the vocabulary.
/// All of them hold h, x and probs; what embed(), project() and experts() give is added up by all_reduce() before it goes on.
class Device {
 public:
  explicit Device(bool round_activations, Member member = {}) : round_(round_activations), member_(std::move(member)) {}
  virtual ~Device() = default;

  bool round_activations() const { return round_; }
  const Member& member() const { return member_; }
  DType kv_dtype() const { return round_ ? DType::BF16 : DType::F32; }

  /// For people: "cpu (avx2)", or the card's name.
  virtual std::string name() const = 0;
  /// Threads of the host that compute.
  virtual int threads() const = 0;

  virtual Memory& memory() = 0;

  /// A matrix (host) where the kernels can read it; lives as long as the device. What it is read from must stay until
  /// the first of the calls below, reserve() included.
  virtual Matrix load(const Matrix& matrix) = 0;
  /// The same of a vector.
  virtual const float* load(std::span<const float> values) = 0;

  /// Bytes that load() takes for a matrix, and reserve() for steps.
  virtual size_t load_bytes(const Matrix& matrix) const = 0;
  virtual size_t work_bytes(const Shape& shape, size_t rows, size_t logit_rows) const = 0;

  /// Bytes of the device's memory that experts like this one take together when they are offloaded; 0 when this device cannot do that.
  virtual size_t offload_bytes(const Expert& expert) const {
    static_cast<void>(expert);
    return 0;
  }
  /// These stay on the host (`offloaded`, in mapped files that outlive the device), and come to the device as experts() wants them.
  virtual void offload(std::span<const Expert> experts) { static_cast<void>(experts); }
  /// In this step experts() will want `selected` of these, which are offloaded, for each row: the device may begin to bring them.
  virtual void soon(std::span<const Expert> experts, size_t selected) { static_cast<void>(experts), static_cast<void>(selected); }
  /// Brings offloaded experts, one after another. Gives bytes a second.
  virtual double bring(std::span<const Expert> experts) {
    static_cast<void>(experts);
    return 0;
  }

  /// Mapped weights do not fit the memory: they come from the disk as they are used, and those that are known to be next are asked for.
  virtual void weights_on_disk() {}

  /// Takes the working memory for steps of so many rows, so that none is taken later. Every device of a team calls it, each on its own
  /// thread. Throws std::bad_alloc.
  virtual void reserve(const Shape& shape, size_t rows, size_t logit_rows) = 0;
  /// Gives working memory back.
  virtual void give_back() = 0;

  /// A step begins; what follows is about its rows. `step` (host) stays as it is until the next one.
  virtual void begin(const Step& step) = 0;

  /// Calls `kernels`: the calls below that make up all of the step. A device may keep what they start, and start that again for a later
  /// step of the same form without calling them, as long as `arrays`, which they are given, are the same.
  /// `kernels` give false when they give up on the way, and so does this.
  virtual bool play(std::span<const void* const> arrays, const std::function<bool()>& kernels) {
    static_cast<void>(arrays);
    return kernels();
  }

  /// y[n] = the sum of all shards' y, in their order, rounded as activations are. Every device of the team calls it.
  virtual void all_reduce(float* y, size_t n) = 0;

  /// h[rows, emb] = table[tokens - first] * scale, 0 for tokens that the table has not, then all_reduce
  /// (model.py: InOutEmbed, embedding_multiplier_scale).
  virtual void embed(const Matrix& table, size_t first, float scale, float* h) = 0;

  /// x[rows, n] = h / sqrt(mean(h^2) + eps) * scale[n] (model.py: RMSNorm).
  virtual void norm(const float* h, const float* scale, size_t n, float* x) = 0;

  /// q[rows, q_heads, key_size] of x, turned by position; keys, turned, and values into the cache (model.py: MultiHeadAttention).
  virtual void qkv(const float* x, const Matrix& wq, const Matrix& wk, const Matrix& wv, HeadShape heads, const Rope& rope,
                   const KvLayer& cache, float* q) = 0;

  /// attended[rows, q_heads, key_size]: each row attends to positions 0..its own of its block table
  /// (model.py: MultiHeadAttention; logits * multiplier, 30 tanh(./30), softmax).
  virtual void attention(const float* q, const KvLayer& cache, HeadShape heads, float multiplier, float* attended) = 0;

  /// y = attended . w^T, all_reduce, and the sandwich.
  virtual void project(const float* attended, const Matrix& w, const Sandwich& sandwich) = 0;

  /// y = sum over the `selected` likeliest experts of probability * expert(x), all_reduce, and the sandwich (model.py: MoELayer, Router).
  /// probs[rows, experts] = softmax of the router's logits; chosen[rows, selected], ties to the lower index.
  virtual void experts(const float* x, const Matrix& router, std::span<const Expert> experts, size_t selected,
                       const Sandwich& sandwich, float* probs, int32_t* chosen) = 0;

  /// y[wanted rows, table.rows] = scale * norm(h of the wanted rows) . table^T.
  virtual void logits(const float* h, const float* norm_scale, const Matrix& table, float scale, float* y) = 0;

  /// The likeliest tokens of a wanted row, which stay until the next step; none where the host sees all logits anyway.
  virtual std::optional<LogitRow> likeliest(size_t wanted) {
    static_cast<void>(wanted);
    return std::nullopt;
  }

 private:
  bool round_;
  Member member_;
};

constexpr float RMS_EPS = 1e-5f;  // model.py: RMSNorm

}  // namespace wisecrack
