#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "device/buffer.h"
#include "device/thread_pool.h"
#include "model/forward.h"

namespace wisecrack {

/// A model on the devices that compute it together: one forward pass a shard, all in step, a thread each.
class Model {
 public:
  /// `devices`: one, or all of a team, in order. `positions`: the longest sequence. All arguments must outlive this object. Loads the weights
  /// into the devices; `progress` gets 0..1. Throws what Forward's constructor throws. Offloaded experts are brought once, to measure.
  Model(const Config& config, const Weights& weights, std::vector<Device*> devices, size_t positions,
        const std::function<void(double)>& progress = {}, Placement placement = {});

  /// The offloaded experts, those of all shards together.
  Offload offload() const;

  /// Computes a batch of rows; rows may belong to several sequences, all with their blocks in `pool`. A row's blocks before its
  /// position must have been computed. Gives false when `stop` was set on the way.
  bool run(const std::vector<Row>& rows, const KvPool& pool, const std::atomic<bool>& stop, const TraceSink* trace = nullptr);

  /// Logits [rows that wanted them, vocab] of the last run, output multiplier included; on the host. The caller may change them.
  float* logits();
  /// Those of one row [vocab], or of its likeliest tokens where they need not all come to the host. They stay until the next call.
  LogitRow logits(size_t wanted);
  LogitRow likeliest(size_t wanted);

  /// Room for keys and values. Throws std::bad_alloc.
  std::unique_ptr<KvPool> make_pool(size_t blocks) const;

  /// Bytes of one block, those of all shards together.
  size_t block_bytes() const;

  /// Takes the working memory for batches of so many rows, so that run() need not.
  void reserve(size_t rows, size_t logit_rows);

  /// Gives back the working memory when a batch larger than `rows` has made it grow.
  void trim(size_t rows, size_t logit_rows);

 private:
  template <class Work>
  void on_all(const Work& work);
  float* gather(size_t first, size_t count);

  const std::vector<Device*> devices_;
  const size_t layers_, vocab_;
  const HeadShape heads_;
  ThreadPool threads_;  // one for each shard, the caller's included
  std::vector<std::unique_ptr<Forward>> shards_;
  size_t wanted_ = 0;  // rows of the last run that wanted logits
  // Of all shards, where there are several.
  Buffer logits_;
  std::vector<float> likeliest_logits_;
  std::vector<int32_t> likeliest_tokens_;
};

}  // namespace wisecrack
