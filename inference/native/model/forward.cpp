#include "model/forward.h"

#include <algorithm>

#include "io/read_ahead.h"

namespace wisecrack {

Shape Forward::shape(const Config& c, size_t positions) {
  const auto n = [](int32_t value) { return static_cast<size_t>(value); };
  const HeadShape heads{n(c.num_q_heads), n(c.num_kv_heads), n(c.key_size)};
  return {n(c.emb_size), n(c.ffn_size), n(c.vocab_size), n(c.num_experts), n(c.num_selected_experts), heads, positions};
}

Forward::Forward(const Config& config, const Weights& weights, Device& device, size_t positions,
                 const std::function<void(double)>& progress, Placement placement)
    : config_(config),
      device_(device),
      shard_(shape(config, positions), device.member()),
      cosine_(positions * shard_.shape.heads.key_size / 2),
      sine_(cosine_.size()),
      placement_(placement),
      h_(device.memory()),
      x_(device.memory()),
      q_(device.memory()),
      attended_(device.memory()),
      probs_(device.memory()),
      chosen_(device.memory()),
      logits_(device.memory()) {
  fill_rope_tables(shard_.shape.heads.key_size, positions, cosine_.data(), sine_.data());
  rope_ = {device.load(cosine_), device.load(sine_)};
  embedding_ = device.load(outputs_of(weights.embedding, shard_.vocab));
  final_norm_ = device.load(weights.final_norm);
  for (const Layer& layer : weights.layers) {
    layers_.push_back(load(layer));
    if (progress) progress(static_cast<double>(layers_.size()) / static_cast<double>(weights.layers.size()));
  }
}

Forward::LoadedLayer Forward::load(const Layer& l) {
  const LayerPart part(l, shard_);
  LoadedLayer loaded{device_.load(part.q), device_.load(part.k), device_.load(part.v), device_.load(part.o), device_.load(part.router), {},
                     device_.load(l.pre_attn_norm), device_.load(l.post_attn_norm), device_.load(l.pre_moe_norm),
                     device_.load(l.post_moe_norm)};
  loaded.experts = load(part.experts);
  return loaded;
}

std::vector<Expert> Forward::load(std::vector<Expert> experts) {
  if (layers_.size() < placement_.resident) {
    for (Expert& e : experts) e = {device_.load(e.gate), device_.load(e.up), device_.load(e.down)};
    return experts;
  }
  std::vector<std::span<const std::byte>> stretches;
  size_t bytes = 0;
  for (Expert& e : experts) {
    e.offloaded = true;
    for (const Matrix* m : {&e.gate, &e.up, &e.down}) {
      stretches.push_back(m->stretch());
      bytes += device_.load_bytes(*m);
    }
  }
  device_.offload(experts);
  if (placement_.read_ahead) read_ahead(stretches, SIZE_MAX, {});
  offload_.layers++;
  offload_.bytes += bytes;
  offload_.token_bytes += bytes / experts.size() * shard_.shape.selected;
  return experts;
}

// Twice: at first the system has to find the pages.
void Forward::measure_offload() {
  for (int i = 0; i < 2; i++) offload_.rate = device_.bring(layers_.back().experts);
}

// Tells the device of the next offloaded experts, from a layer on.
void Forward::soon(size_t layer) {
  layer = std::max(layer, placement_.resident);
  if (layer < layers_.size()) device_.soon(layers_[layer].experts, shard_.shape.selected);
}

void Forward::trim(size_t rows, size_t logit_rows) {
  if (reserved_ <= rows && logits_.size() <= logit_rows * shard_.shape.vocab) return;
  reserved_ = 0;
  for (auto* v : {&h_, &x_, &q_, &attended_, &probs_, &logits_}) v->give_back();
  chosen_.give_back();
  Buffer().swap(fetched_);
  device_.give_back();
  reserve(rows, logit_rows);
}

void Forward::reserve(size_t rows, size_t logit_rows) {
  const Shape& shape = shard_.shape;
  for (auto* v : {&h_, &x_}) v->at_least(rows * shape.emb);
  for (auto* v : {&q_, &attended_}) v->at_least(rows * shape.heads.q_heads * shape.heads.key_size);
  probs_.at_least(rows * shape.experts);
  chosen_.at_least(rows * shape.selected);
  logits_.at_least(logit_rows * shape.vocab);
  if (!device_.memory().on_host() && fetched_.size() < shape.vocab) fetched_.resize(shape.vocab);
  device_.reserve(shape, rows, logit_rows);
  reserved_ = std::max(reserved_, rows);
}

bool Forward::run(const std::vector<Row>& rows, const KvPool& pool, const std::atomic<bool>& stop, const TraceSink* trace) {
  const size_t n = rows.size();
  tokens_.clear();
  positions_.clear();
  tables_.clear();
  wanted_.clear();
  for (size_t r = 0; r < n; r++) {
    tokens_.push_back(rows[r].token);
    positions_.push_back(rows[r].position);
    tables_.push_back(rows[r].table);
    if (rows[r].wants_logits) wanted_.push_back(static_cast<int32_t>(r));
  }

  device_.begin({n, tokens_.data(), positions_.data(), tables_.data(), wanted_});
  if (!trace) {
    const void* const arrays[] = {h_.data(), x_.data(), q_.data(), attended_.data(), probs_.data(), chosen_.data(), logits_.data(),
                                  pool.layer(0, device_.member().index).k};
    return device_.play(arrays, [&] { return compute(pool, stop, {}); });
  }
  const auto keep = [&](size_t slice, size_t width, const auto& from, auto& to) {
    from.download(to.data() + (slice * trace->total + trace->first) * width, n * width);
  };
  // What is kept is the same on all shards; the others go the same way, since they wait for the first.
  return compute(pool, stop, [&](size_t layers) {
    if (device_.member().index > 0) return;
    keep(layers, shard_.shape.emb, h_, *trace->hidden);
    if (layers == 0) return;
    keep(layers - 1, shard_.shape.experts, probs_, *trace->router_probs);
    keep(layers - 1, shard_.shape.selected, chosen_, *trace->experts);
  });
}

bool Forward::compute(const KvPool& pool, const std::atomic<bool>& stop, const std::function<void(size_t)>& after) {
  const Shape& shape = shard_.shape;
  const Member& member = device_.member();
  const size_t emb = shape.emb;
  soon(0);
  device_.embed(embedding_, shard_.vocab.first, config_.embedding_multiplier_scale, h_.data());
  if (after) after(0);
  device_.norm(h_.data(), layers_[0].pre_attn_norm, emb, x_.data());
  for (size_t i = 0; i < layers_.size(); i++) {
    // The shards wait for one another in a layer, so all must stop before the same one.
    const bool halt = stop.load(std::memory_order_relaxed);
    if (member.team ? member.team->agree(member.index, halt) : halt) return false;
    const LoadedLayer& layer = layers_[i];
    const float* next = i + 1 < layers_.size() ? layers_[i + 1].pre_attn_norm : nullptr;
    if (shape.heads.kv_heads > 0) {
      const KvLayer cache = pool.layer(i, member.index);
      device_.qkv(x_.data(), layer.q, layer.k, layer.v, shape.heads, rope_, cache, q_.data());
      device_.attention(q_.data(), cache, shape.heads, config_.attn_output_multiplier, attended_.data());
    }
    device_.project(attended_.data(), layer.o, {layer.post_attn_norm, h_.data(), layer.pre_moe_norm, x_.data()});
    device_.experts(x_.data(), layer.router, layer.experts, shape.selected, {layer.post_moe_norm, h_.data(), next, x_.data()},
                    probs_.data(), chosen_.data());
    if (i >= placement_.resident) soon(i + 1);
    if (after) after(i + 1);
  }
  if (!wanted_.empty()) device_.logits(h_.data(), final_norm_, embedding_, config_.output_multiplier_scale, logits_.data());
  return true;
}

float* Forward::fetch(size_t first, size_t count) {
  const size_t vocab = shard_.shape.vocab;
  float* there = logits_.data() + first * vocab;
  if (device_.memory().on_host()) return there;
  if (fetched_.size() < count * vocab) fetched_.resize(count * vocab);
  device_.memory().download(fetched_.data(), there, count * vocab * sizeof(float));
  return fetched_.data();
}

LogitRow Forward::likeliest(size_t wanted) {
  const std::optional<LogitRow> found = device_.likeliest(wanted);
  return found ? *found : logits(wanted);
}

}  // namespace wisecrack
