#include "scheduler/trace.h"

#include <algorithm>
#include <numeric>

namespace wisecrack {

TraceJob::TraceJob(std::vector<int32_t> tokens, size_t chunk, TraceDone done)
    : tokens_(std::move(tokens)), chunk_(chunk ? chunk : tokens_.size()), done_(std::move(done)) {}

bool TraceJob::advance(Model& model, const Config& config, const std::atomic<bool>& stop) {
  const size_t total = tokens_.size(), layers = static_cast<size_t>(config.num_layers), vocab = static_cast<size_t>(config.vocab_size);
  if (!trace_) {
    pool_ = model.make_pool(kv_blocks(total));
    table_.resize(pool_->blocks());
    std::iota(table_.begin(), table_.end(), 0);
    trace_ = std::make_unique<Trace>();
    trace_->logits.resize(total * vocab);
    trace_->hidden.resize((layers + 1) * total * static_cast<size_t>(config.emb_size));
    trace_->router_probs.resize(layers * total * static_cast<size_t>(config.num_experts));
    trace_->experts.resize(layers * total * static_cast<size_t>(config.num_selected_experts));
  }
  const size_t end = std::min(at_ + chunk_, total);
  rows_.clear();
  for (size_t i = at_; i < end; i++) rows_.push_back({tokens_[i], static_cast<int32_t>(i), table_.data(), true});
  const TraceSink sink{&trace_->hidden, &trace_->router_probs, &trace_->experts, total, at_};
  if (!model.run(rows_, *pool_, stop, &sink)) return false;
  std::copy_n(model.logits(), (end - at_) * vocab, trace_->logits.begin() + static_cast<ptrdiff_t>(at_ * vocab));
  at_ = end;
  return at_ == total;
}

}  // namespace wisecrack
