#include "model/model.h"

#include <algorithm>
#include <exception>

namespace wisecrack {

Model::Model(const Config& config, const Weights& weights, std::vector<Device*> devices, size_t positions,
             const std::function<void(double)>& progress)
    : devices_(std::move(devices)),
      layers_(static_cast<size_t>(config.num_layers)),
      vocab_(static_cast<size_t>(config.vocab_size)),
      heads_(Forward::shape(config, positions).heads),
      threads_(static_cast<int>(devices_.size())),
      shards_(devices_.size()) {
  on_all([&](size_t s) {
    // They load side by side, so one of them can speak for all.
    shards_[s] = std::make_unique<Forward>(config, weights, *devices_[s], positions, s == 0 ? progress : nullptr);
  });
}

// work(shard), each on a thread of its own: they wait for one another. What one throws is thrown here.
template <class Work>
void Model::on_all(const Work& work) {
  if (devices_.size() == 1) return work(0);
  Team& team = *devices_[0]->member().team;
  std::vector<std::exception_ptr> errors(devices_.size());
  threads_.run(devices_.size(), [&](size_t s, int) {
    try {
      work(s);
    } catch (const TeamBroken&) {  // the one that failed says why
    } catch (...) {
      errors[s] = std::current_exception();
      team.leave();
    }
  });
  const auto error = std::find_if(errors.begin(), errors.end(), [](const std::exception_ptr& e) { return e != nullptr; });
  if (error == errors.end()) return;
  team.mend();
  std::rethrow_exception(*error);
}

bool Model::run(const std::vector<Row>& rows, const KvPool& pool, const std::atomic<bool>& stop, const TraceSink* trace) {
  const auto wanted = static_cast<size_t>(std::count_if(rows.begin(), rows.end(), [](const Row& row) { return row.wants_logits; }));
  make_room(wanted);
  std::atomic<bool> complete{false};
  on_all([&](size_t s) {
    shards_[s]->reserve(rows.size(), wanted);
    const bool own = shards_[s]->run(rows, pool, stop, s == 0 ? trace : nullptr);
    if (s == 0) complete = own;  // all say the same
  });
  if (complete && shards_.size() > 1) gather(wanted);
  return complete;
}

// Each row's logits, side by side.
void Model::gather(size_t rows) {
  for (const auto& shard : shards_) {
    const Range range = shard->vocab();
    const float* from = shard->logits();
    for (size_t r = 0; r < rows; r++) std::copy_n(from + r * range.size(), range.size(), logits_.data() + r * vocab_ + range.first);
  }
}

std::unique_ptr<KvPool> Model::make_pool(size_t blocks) const {
  std::vector<KvPart> parts;
  for (const auto& shard : shards_) parts.push_back(shard->kv_part());
  return std::make_unique<KvPool>(layers_, parts, blocks, devices_[0]->kv_dtype());
}

size_t Model::block_bytes() const { return KvPool::block_bytes(layers_, heads_, devices_[0]->kv_dtype()); }

void Model::reserve(size_t rows, size_t logit_rows) {
  make_room(logit_rows);
  on_all([&](size_t s) { shards_[s]->reserve(rows, logit_rows); });
}

void Model::make_room(size_t logit_rows) {
  if (shards_.size() > 1 && logits_.size() < logit_rows * vocab_) logits_.resize(logit_rows * vocab_);
}

void Model::trim(size_t rows, size_t logit_rows) {
  if (logits_.size() > logit_rows * vocab_) Buffer().swap(logits_);
  make_room(logit_rows);
  on_all([&](size_t s) { shards_[s]->trim(rows, logit_rows); });
}

}  // namespace wisecrack
