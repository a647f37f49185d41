#pragma once
#include <vector>

#include "device/buffer.h"
#include "device/cpu/kernels.h"
#include "device/cpu/thread_pool.h"
#include "device/device.h"

namespace wisecrack {

/// Grok-1's kernels on the processor. Memory is ordinary memory; one thread may use a CpuDevice at a time.
class CpuDevice final : public Device {
 public:
  /// `threads` >= 1 counts the calling thread.
  CpuDevice(bool round_activations, int threads, const Kernels& kernels = best_kernels());

  int threads() const { return pool_.size(); }
  const char* kernels() const { return k_.name; }

  void embed(const Matrix& table, const int32_t* tokens, size_t rows, float scale, float* y) override;
  void rms_norm(const float* x, const float* scale, size_t rows, size_t n, float eps, float* y) override;
  void matmul(std::span<const Matmul> jobs) override;
  void rope(float* x, const int32_t* positions, size_t rows, size_t heads, size_t key_size, const float* cosine,
            const float* sine) override;
  void store_kv(const float* k, const float* v, const KvLayer& cache, const int32_t* const* tables, const int32_t* positions,
                size_t rows, HeadShape heads) override;
  void attention(const float* q, const KvLayer& cache, const int32_t* const* tables, const int32_t* positions, size_t rows,
                 HeadShape heads, float multiplier, float* y) override;
  void route(const float* logits, size_t rows, size_t experts, size_t selected, float* probs, int32_t* chosen) override;
  void gelu_mul(float* gate, const float* up, size_t rows, size_t n) override;
  void gather(const float* x, const int32_t* index, size_t rows, size_t n, float* y) override;
  void combine(const float* x, const int32_t* place, const float* probs, const int32_t* chosen, size_t rows, size_t experts,
               size_t selected, size_t n, float* y) override;
  void add(float* h, const float* x, size_t rows, size_t n) override;

 private:
  // Calls task(i, thread) for i in [0, count), on several threads when `flops` is worth waking them.
  template <class Task>
  void spread(size_t count, double flops, const Task& task);
  void round_row(float* y, size_t n) const {
    if (round_activations()) k_.round(y, n);
  }

  void pack(std::span<const Matmul> jobs);

  struct RowToPack {
    const Matmul* job;
    size_t row, at;  // at: where the job's rows begin in packed_
  };

  const Kernels& k_;
  ThreadPool pool_;
  std::vector<MatmulPart> parts_;
  std::vector<size_t> packed_at_;  // of each job
  std::vector<RowToPack> rows_to_pack_;
  Buffer packed_, scratch_;
  std::vector<float> weight_;  // attention weights of one group of heads, [threads, group, positions]
};

}  // namespace wisecrack
