#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "device/buffer.h"
#include "device/device.h"
#include "model/config.h"
#include "model/kv_pool.h"
#include "model/shard.h"
#include "model/weights.h"

namespace wisecrack {

/// One token of one sequence. Rows of a sequence must follow each other in position order.
struct Row {
  int32_t token;
  int32_t position;
  const int32_t* table;  ///< the sequence's block table, up to this position at least
  bool wants_logits;
};

/// Where a model's weights lie, where they do not all fit the devices' memory: what a token reads of all layers is on the device, of most
/// layers the experts are, and those of the last ones stay on the host.
struct Placement {
  size_t resident = SIZE_MAX;  ///< layers whose experts are on the device: the first ones
  bool read_ahead = false;     ///< the host's memory holds the others: they are brought into it at once
};

/// Experts that stay on the host.
struct Offload {
  size_t layers = 0;
  size_t bytes = 0;        ///< of all of them
  size_t token_bytes = 0;  ///< that cross to the devices for a token
  double rate = 0;         ///< bytes a second that cross, measured when the model was opened
};

/// Where a forward pass leaves what happens inside; for checking. All rows, float32.
struct TraceSink {
  std::vector<float>* hidden;        ///< [layers + 1, total, emb]
  std::vector<float>* router_probs;  ///< [layers, total, experts]
  std::vector<int32_t>* experts;     ///< [layers, total, selected]
  size_t total;                      ///< rows of the whole trace
  size_t first;                      ///< where this call's rows begin in it
};

/// Grok-1's forward pass (model.py: LanguageModel), written once for every device: of a whole model, or of one shard of it, in step with
/// those of the others.
class Forward {
 public:
  /// `positions`: length of the RoPE tables. All three arguments must outlive this object. Loads the device's part of the weights into it,
  /// as far as `placement` says so; `progress` gets 0..1. Throws std::bad_alloc, ModelError where int8 weights cannot be cut so.
  Forward(const Config& config, const Weights& weights, Device& device, size_t positions,
          const std::function<void(double)>& progress = {}, Placement placement = {});

  /// See Model::run.
  bool run(const std::vector<Row>& rows, const KvPool& pool, const std::atomic<bool>& stop, const TraceSink* trace);

  /// Logits [rows that wanted them, the shard's part of the vocabulary] of the last run, output multiplier included; on the host. The
  /// caller may change them.
  float* logits() { return fetch(0, wanted_.size()); }
  /// Those of one row [the shard's part], or of its likeliest tokens where they need not all come to the host.
  LogitRow logits(size_t wanted) { return {fetch(wanted, 1), shard_.shape.vocab}; }
  LogitRow likeliest(size_t wanted);
  const Range& vocab() const { return shard_.vocab; }

  /// The device's part of the offloaded experts.
  const Offload& offload() const { return offload_; }
  /// Measures Offload::rate.
  void measure_offload();

  /// What this device needs of a pool.
  KvPart kv_part() const { return {shard_.shape.heads, &device_.memory()}; }

  /// A model's sizes for a device; `positions`: the longest sequence.
  static Shape shape(const Config& config, size_t positions);

  /// Takes the working memory for batches of so many rows, so that run() need not.
  void reserve(size_t rows, size_t logit_rows);

  /// Gives back the working memory when a batch larger than `rows` has made it grow.
  void trim(size_t rows, size_t logit_rows);

 private:
  // A layer in the device's memory.
  struct LoadedLayer {
    Matrix q, k, v, o, router;
    std::vector<Expert> experts;
    const float *pre_attn_norm, *post_attn_norm, *pre_moe_norm, *post_moe_norm;
  };

  LoadedLayer load(const Layer& layer);
  std::vector<Expert> load(std::vector<Expert> experts);
  void soon(size_t layer);
  float* fetch(size_t first, size_t count);
  // The step's kernels; `after` is called when so many layers have been computed. False when `stop` was set on the way.
  bool compute(const KvPool& pool, const std::atomic<bool>& stop, const std::function<void(size_t)>& after);

  const Config& config_;
  Device& device_;
  const Shard shard_;
  std::vector<float> cosine_, sine_;  // [positions, key_size / 2]
  Rope rope_{};
  Matrix embedding_;
  const float* final_norm_ = nullptr;
  std::vector<LoadedLayer> layers_;
  const Placement placement_;
  Offload offload_;

  size_t reserved_ = 0;  // rows that the arrays can hold
  std::vector<int32_t> tokens_, positions_, wanted_;
  std::vector<const int32_t*> tables_;
  Array<float> h_, x_, q_, attended_, probs_;  // activations [rows, ...]
  Array<int32_t> chosen_;
  Array<float> logits_;    // [rows that want them, vocab]
  Buffer fetched_;         // logits on the host, where they are not there anyway
};

}  // namespace wisecrack
