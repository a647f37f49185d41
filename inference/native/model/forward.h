#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "device/buffer.h"
#include "device/device.h"
#include "model/config.h"
#include "model/kv_pool.h"
#include "model/weights.h"

namespace wisecrack {

/// One token of one sequence. Rows of a sequence must follow each other in position order.
struct Row {
  int32_t token;
  int32_t position;
  const int32_t* table;  ///< the sequence's block table, up to this position at least
  bool wants_logits;
};

/// Where a forward pass leaves what happens inside; for checking. All rows, float32.
struct TraceSink {
  std::vector<float>* hidden;        ///< [layers + 1, total, emb]
  std::vector<float>* router_probs;  ///< [layers, total, experts]
  std::vector<int32_t>* experts;     ///< [layers, total, selected]
  size_t total;                      ///< rows of the whole trace
  size_t first;                      ///< where this call's rows begin in it
};

/// Grok-1's forward pass (model.py: LanguageModel), written once for every device.
class Forward {
 public:
  /// `positions`: length of the RoPE tables. All three arguments must outlive this object.
  Forward(const Config& config, const Weights& weights, Device& device, size_t positions);

  /// Computes a batch of rows; rows may belong to several sequences, all with their blocks in `pool`. A row's blocks before its
  /// position must have been computed. Gives false when `stop` was set on the way.
  bool run(const std::vector<Row>& rows, const KvPool& pool, const std::atomic<bool>& stop, const TraceSink* trace = nullptr);

  /// Logits [rows that wanted them, vocab] of the last run, output multiplier included. The caller may change them.
  float* logits() { return logits_.data(); }

  /// Room for the keys and values of this model on this device. Throws std::bad_alloc.
  std::unique_ptr<KvPool> make_pool(size_t blocks) const;

  /// Bytes of one block.
  size_t block_bytes() const;

  /// Takes the working memory for batches of so many rows, so that run() need not.
  void reserve(size_t rows, size_t logit_rows);

  /// Gives back the working memory when a batch larger than `rows` has made it grow.
  void trim(size_t rows, size_t logit_rows);

 private:
  void attend(const Layer& layer, const KvLayer& cache, size_t rows);
  void mix_experts(const Layer& layer, size_t rows);
  void compute_logits();

  const Config& config_;
  const Weights& weights_;
  Device& device_;
  HeadShape heads_;
  std::vector<float> cosine_, sine_;  // [positions, key_size / 2]

  size_t reserved_ = 0;  // rows that the buffers can hold
  std::vector<int32_t> tokens_, positions_, chosen_, source_, place_, wanted_;
  std::vector<const int32_t*> tables_;
  std::vector<Matmul> jobs_;
  // Activations [rows, ...]; the experts' rows are sorted by expert.
  Buffer h_, x_, q_, k_, v_, attended_, out_, router_, probs_, expert_x_, gate_, up_, expert_out_, logits_;
};

}  // namespace wisecrack
