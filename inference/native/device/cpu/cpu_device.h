#pragma once
#include <vector>

#include "device/buffer.h"
#include "device/cpu/attention.h"
#include "device/cpu/kernels.h"
#include "device/thread_pool.h"
#include "device/device.h"

namespace wisecrack {

/// Grok-1's kernels on the processor. Memory is ordinary memory; one thread may use a CpuDevice at a time.
class CpuDevice final : public Device {
 public:
  /// `threads` >= 1 counts the calling thread.
  CpuDevice(bool round_activations, int threads, const Kernels& kernels = best_kernels(), Member member = {});

  std::string name() const override { return std::string("cpu (") + k_.name + ")"; }
  int threads() const override { return pool_.size(); }
  const char* kernels() const { return k_.name; }

  Memory& memory() override { return host_memory(); }
  Matrix load(const Matrix& matrix) override { return matrix; }
  const float* load(std::span<const float> values) override { return values.data(); }
  size_t load_bytes(const Matrix&) const override { return 0; }  // they are mapped
  size_t work_bytes(const Shape& shape, size_t rows, size_t logit_rows) const override;
  void reserve(const Shape& shape, size_t rows, size_t logit_rows) override;
  void weights_on_disk() override { on_disk_ = true; }
  void give_back() override;
  void begin(const Step& step) override { step_ = step; }

  void all_reduce(float* y, size_t n) override;
  void embed(const Matrix& table, size_t first, float scale, float* h) override;
  void norm(const float* h, const float* scale, size_t n, float* x) override;
  void qkv(const float* x, const Matrix& wq, const Matrix& wk, const Matrix& wv, HeadShape heads, const Rope& rope,
           const KvLayer& cache, float* q) override;
  void attention(const float* q, const KvLayer& cache, HeadShape heads, float multiplier, float* attended) override;
  void project(const float* attended, const Matrix& w, const Sandwich& sandwich) override;
  void experts(const float* x, const Matrix& router, std::span<const Expert> experts, size_t selected, const Sandwich& sandwich,
               float* probs, int32_t* chosen) override;
  void logits(const float* h, const float* norm_scale, const Matrix& table, float scale, float* y) override;

  // The kernels that these are made of.

  /// y[rows, emb] = table[tokens - first] * scale, 0 for tokens that the table has not. In float32.
  void embed(const Matrix& table, size_t first, const int32_t* tokens, size_t rows, float scale, float* y);

  /// y[rows, n] = x / sqrt(mean(x^2) + eps) * scale[n] (model.py: RMSNorm).
  void rms_norm(const float* x, const float* scale, size_t rows, size_t n, float eps, float* y);

  /// Runs all products in one parallel region.
  void matmul(std::span<const Matmul> jobs);

  /// Products in pairs, gate and up of one shape: gate's y = gelu_tanh(gate) * up (model.py: DenseBlock and MoELayer). In one parallel region.
  void gated(std::span<const Matmul> jobs);

  /// x[rows, heads, key_size] turned in place by its position, half-split form (model.py: RotaryEmbedding).
  /// `cosine` and `sine` are tables [positions, key_size / 2].
  void rope(float* x, const int32_t* positions, size_t rows, size_t heads, size_t key_size, const float* cosine, const float* sine);

  /// Writes k and v [rows, kv_heads, key_size] at `positions` of each row's block table.
  void store_kv(const float* k, const float* v, const KvLayer& cache, const int32_t* const* tables, const int32_t* positions,
                size_t rows, HeadShape heads);

  /// y[rows, q_heads, key_size]: each row attends to positions 0..its own of its block table.
  void attention(const float* q, const KvLayer& cache, const int32_t* const* tables, const int32_t* positions, size_t rows,
                 HeadShape heads, float multiplier, float* y);

  /// probs[rows, experts] = softmax(logits); chosen[rows, selected] = the largest, ties to the lower index (model.py: Router).
  void route(const float* logits, size_t rows, size_t experts, size_t selected, float* probs, int32_t* chosen);

  /// y[i] = x[index[i]], rows of n.
  void gather(const float* x, const int32_t* index, size_t rows, size_t n, float* y);

  /// y[r] = sum over j of probs[r, chosen[r, j]] * x[place[r, j]]: the experts' outputs x[rows * selected, n] come home. In float32.
  void combine(const float* x, const int32_t* place, const float* probs, const int32_t* chosen, size_t rows, size_t experts,
               size_t selected, size_t n, float* y);

  /// h[rows, n] += x (the residual stream).
  void add(float* h, const float* x, size_t rows, size_t n);

 private:
  // Calls task(i, thread) for i in [0, count), on several threads when `flops` is worth waking them.
  template <class Task>
  void spread(size_t count, double flops, const Task& task);
  void round_row(float* y, size_t n) const {
    if (round_activations()) k_.round(y, n);
  }
  // Whether products of its own columns are only a part of the sum: what is rounded is the sum.
  bool partial() const { return member().count() > 1; }

  // Packs rows, and cuts products of one shape, so many together, into parts that lie side by side. Gives their operations.
  double cut(std::span<const Matmul> jobs, size_t together);
  void compute(const MatmulPart& part, int thread);
  void pack(std::span<const Matmul> jobs);
  size_t packed_floats(const Shape& shape, size_t rows) const;
  const MatmulKernel& kernel_of(const Matmul& job) const;

  // Of a product, at least: a thread that is held up leaves little to wait for, and each part still streams a long stretch of memory. The
  // last eighth is cut smaller.
  static constexpr size_t PARTS_PER_THREAD = 16;

  struct RowToPack {
    const Matmul* job;
    size_t row, at;  // at: where the job's rows begin in packed_
  };

  // h += norm(y) * post, x = norm(h) * next
  void apply(const Sandwich& sandwich, const float* y, size_t n);

  // Activations that no other sublayer sees; the experts' rows are sorted by expert.
  struct Scratch {
    Buffer k, v, out, normed, router, expert_x, gate, up, expert_out;
    std::vector<int32_t> source, place;
    std::vector<size_t> begin, next;  // of each expert
  };

  const Kernels& k_;
  ThreadPool pool_;
  Step step_{};
  Scratch scratch_;
  bool on_disk_ = false;
  std::vector<Matmul> jobs_;
  std::vector<MatmulPart> parts_;
  std::vector<size_t> packed_at_;  // of each job
  std::vector<RowToPack> rows_to_pack_;
  Buffer packed_, panels_;
  Attention attention_;
};

}  // namespace wisecrack
