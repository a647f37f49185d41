#include "model/model.h"

#include <algorithm>
#include <exception>

namespace wisecrack {

Model::Model(const Config& config, const Weights& weights, std::vector<Device*> devices, size_t positions,
             const std::function<void(double)>& progress, Placement placement)
    : devices_(std::move(devices)),
      layers_(static_cast<size_t>(config.num_layers)),
      vocab_(static_cast<size_t>(config.vocab_size)),
      heads_(Forward::shape(config, positions).heads),
      threads_(static_cast<int>(devices_.size())),
      shards_(devices_.size()) {
  on_all([&](size_t s) {
    // They load side by side, so one of them can speak for all.
    shards_[s] = std::make_unique<Forward>(config, weights, *devices_[s], positions, s == 0 ? progress : nullptr, placement);
  });
  if (shards_[0]->offload().layers > 0) on_all([&](size_t s) { shards_[s]->measure_offload(); });
}

Offload Model::offload() const {
  Offload all{shards_[0]->offload().layers};
  for (const auto& shard : shards_) {
    all.bytes += shard->offload().bytes;
    all.token_bytes += shard->offload().token_bytes;
    all.rate += shard->offload().rate;
  }
  return all;
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
  wanted_ = static_cast<size_t>(std::count_if(rows.begin(), rows.end(), [](const Row& row) { return row.wants_logits; }));
  std::atomic<bool> complete{false};
  on_all([&](size_t s) {
    shards_[s]->reserve(rows.size(), wanted_);
    const bool own = shards_[s]->run(rows, pool, stop, trace);
    if (s == 0) complete = own;  // all say the same
  });
  return complete;
}

// Rows [first, first + count) of the logits, each shard's part beside the others'.
float* Model::gather(size_t first, size_t count) {
  if (logits_.size() < count * vocab_) logits_.resize(count * vocab_);
  for (const auto& shard : shards_) {
    const Range range = shard->vocab();
    for (size_t r = 0; r < count; r++) std::copy_n(shard->logits(first + r).logits, range.size(), logits_.data() + r * vocab_ + range.first);
  }
  return logits_.data();
}

float* Model::logits() { return shards_.size() == 1 ? shards_[0]->logits() : gather(0, wanted_); }

LogitRow Model::logits(size_t wanted) { return shards_.size() == 1 ? shards_[0]->logits(wanted) : LogitRow{gather(wanted, 1), vocab_}; }

LogitRow Model::likeliest(size_t wanted) {
  if (shards_.size() == 1) return shards_[0]->likeliest(wanted);
  LogitRow all{};
  likeliest_logits_.clear();
  likeliest_tokens_.clear();
  for (const auto& shard : shards_) {
    const LogitRow part = shard->likeliest(wanted);
    if (part.whole()) return logits(wanted);
    all.floor = std::max(all.floor, part.floor);
    all.finite = all.finite && part.finite;
    likeliest_logits_.insert(likeliest_logits_.end(), part.logits, part.logits + part.count);
    for (size_t i = 0; i < part.count; i++) likeliest_tokens_.push_back(part.token(i) + static_cast<int32_t>(shard->vocab().first));
  }
  all.logits = likeliest_logits_.data();
  all.tokens = likeliest_tokens_.data();
  all.count = likeliest_tokens_.size();
  return all;
}

std::unique_ptr<KvPool> Model::make_pool(size_t blocks) const {
  std::vector<KvPart> parts;
  for (const auto& shard : shards_) parts.push_back(shard->kv_part());
  return std::make_unique<KvPool>(layers_, parts, blocks, devices_[0]->kv_dtype());
}

size_t Model::block_bytes() const { return KvPool::block_bytes(layers_, heads_, devices_[0]->kv_dtype()); }

void Model::reserve(size_t rows, size_t logit_rows) {
  if (shards_.size() > 1 && logits_.size() < vocab_) logits_.resize(vocab_);
  on_all([&](size_t s) { shards_[s]->reserve(rows, logit_rows); });
}

void Model::trim(size_t rows, size_t logit_rows) {
  Buffer().swap(logits_);
  if (shards_.size() > 1) logits_.resize(vocab_);
  on_all([&](size_t s) { shards_[s]->trim(rows, logit_rows); });
}

}  // namespace wisecrack
