#pragma once
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <vector>

#include "model/model.h"

namespace wisecrack {

/// All positions of a forward pass. See inference/engine/addon.ts.
struct Trace {
  std::vector<float> logits;        ///< [tokens, vocab]
  std::vector<float> hidden;        ///< [layers + 1, tokens, emb]
  std::vector<float> router_probs;  ///< [layers, tokens, experts]
  std::vector<int32_t> experts;     ///< [layers, tokens, selected]
};

/// Gets the trace, or an error.
using TraceDone = std::function<void(std::unique_ptr<Trace>, std::exception_ptr)>;

/// A trace in progress: runs one chunk per call, so that other requests go on meanwhile.
class TraceJob {
 public:
  TraceJob(std::vector<int32_t> tokens, size_t chunk, TraceDone done);

  /// Computes one chunk. True when the trace is complete. Throws std::bad_alloc.
  bool advance(Model& model, const Config& config, const std::atomic<bool>& stop);

  void succeed() { done_(std::move(trace_), nullptr); }
  void fail(const std::exception_ptr& error) { done_(nullptr, error); }

 private:
  std::vector<int32_t> tokens_;
  size_t chunk_, at_ = 0;
  TraceDone done_;
  std::unique_ptr<KvPool> pool_;  // its own: a trace starts from nothing and leaves nothing
  std::vector<int32_t> table_;
  std::unique_ptr<Trace> trace_;
  std::vector<Row> rows_;
};

}  // namespace wisecrack
