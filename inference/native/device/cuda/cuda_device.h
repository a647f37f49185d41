#pragma once
#include <memory>
#include <string>
#include <vector>

#include "device/cuda/cuda_memory.h"
#include "device/cuda/graphs.h"
#include "device/cuda/likeliest.h"
#include "device/cuda/loader.h"
#include "device/cuda/norm.cuh"
#include "device/cuda/offloaded_experts.h"
#include "device/cuda/peers.h"
#include "device/cuda/product.cuh"
#include "device/cuda/step_inputs.h"
#include "device/device.h"

namespace wisecrack::cuda {

/// Grok-1's forward pass on one card, or one shard of it on each card of a team. All kernels of a step are started in order on one stream,
/// those of a step in which every sequence has one row as one graph; the host waits only for the likeliest tokens, logits and traces, and
/// where experts are offloaded for the router. One thread at a time.
///
/// x, q and attended are bf16 when activations are rounded, else float32.
class CudaDevice final : public Device {
 public:
  /// `way` decides how all products are computed, for tests that compare them.
  CudaDevice(bool round_activations, int device, Way way = Way::Auto, Member member = {});
  ~CudaDevice() override;

  /// What is wrong with a model of this shape for these kernels; empty when nothing is.
  static std::string refusal(const Shape& shape);

  std::string name() const override;
  int threads() const override { return 1; }
  CudaMemory& memory() override { return memory_; }
  Matrix load(const Matrix& matrix) override;
  const float* load(std::span<const float> values) override;
  size_t load_bytes(const Matrix& matrix) const override;
  size_t offload_bytes(const Expert& expert) const override;
  void offload(std::span<const Expert> experts) override;
  void soon(std::span<const Expert> experts, size_t selected) override;
  double bring(std::span<const Expert> experts) override;
  size_t work_bytes(const Shape& shape, size_t rows, size_t logit_rows) const override;
  void reserve(const Shape& shape, size_t rows, size_t logit_rows) override;
  void give_back() override;
  void begin(const Step& step) override;
  bool play(std::span<const void* const> arrays, const std::function<bool()>& kernels) override;

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
  std::optional<LogitRow> likeliest(size_t wanted) override;

  /// Whether the card's tensor cores give the same bits when four warps drive them together (wide.cuh) as when one does. Nowhere is it written
  /// how they add up sixteen products, so the card is asked: by a product of random numbers. Wants this card's memory, some milliseconds.
  bool wide_agrees();

  /// Returns when all that load() has begun is there, and gives the pinned buffers back. Throws CudaError, and what reading has thrown.
  void finish_loading();

 private:
  Way best_for_many() { return round_activations() && wide_agrees() ? Way::Wide : Way::Tiled; }
  void norm(const float* h, const int32_t* index, size_t rows, const float* scale, size_t n, float* x);
  void dense(const float* x, const Matrix& w, size_t rows, float scale, bool round, float* y);
  // y[rows, n] = the sum of what the kernels before it have left in `room`.
  void sum(Room room, float* y, size_t n) { peers_->sum(room, y, inputs_.rows * n, round_activations()); }
  void apply(const Outcome& outcome, const Sandwich& sandwich, size_t n);
  void run_experts(const float* x, std::span<const Expert> experts, size_t slots, size_t emb, const int32_t* begin, const int32_t* source);
  void run_offloaded_experts(const float* x, std::span<const Expert> experts, size_t emb, const int32_t* begin, const int32_t* source);
  void attend_rounded(const float* q, const KvLayer& cache, HeadShape heads, float multiplier, float* attended);
  void attend_exactly(const float* q, const KvLayer& cache, HeadShape heads, float multiplier, float* attended);
  void reserve_routing(size_t experts, size_t slots);
  const int32_t* input(size_t offset) const { return inputs_there_.data() + offset; }
  StepView view() const;
  cudaStream_t stream() {  // of the kernels, which want the weights
    finish_loading();
    return memory_.stream();
  }

  const int device_;
  CudaMemory memory_;
  const Ways ways_;
  std::vector<void*> weights_;  // what load() has allocated
  std::unique_ptr<WeightLoader> loader_;  // while there is something to load
  std::unique_ptr<OffloadedExperts> offloaded_;  // where some are
  Pinned<int32_t> begins_;                  // the router's `begin` on the host, where experts are offloaded
  StepInputs inputs_;
  Array<int32_t> inputs_there_;
  Array<float> out_, expert_hidden_, expert_out_, partial_;
  std::unique_ptr<Peers> peers_;  // of a team
  Array<int32_t> routed_;  // the router's counter, then begin, source and place (router.cuh)
  StepGraphs graphs_;

  Array<Likeliest> likeliest_there_;  // [wanted rows, parts]
  Pinned<Likeliest> likeliest_here_;
  size_t vocab_ = 0;
  bool arrived_ = false;              // this step's are here
  std::vector<int32_t> likeliest_tokens_;
  std::vector<float> likeliest_logits_;
};

}  // namespace wisecrack::cuda
