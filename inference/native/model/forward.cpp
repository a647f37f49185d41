#include "model/forward.h"

#include <algorithm>
#include <cmath>

namespace wisecrack {
namespace {

template <class Vector>
void at_least(Vector& v, size_t n) {
  if (v.size() < n) v.resize(n);
}

void give_back(Buffer& v) { Buffer().swap(v); }

}  // namespace

Forward::Forward(const Config& config, const Weights& weights, Device& device, size_t positions)
    : config_(config),
      weights_(weights),
      device_(device),
      heads_{static_cast<size_t>(config.num_q_heads), static_cast<size_t>(config.num_kv_heads),
             static_cast<size_t>(config.key_size)} {
  cosine_.resize(positions * heads_.key_size / 2);
  sine_.resize(cosine_.size());
  fill_rope_tables(heads_.key_size, positions, cosine_.data(), sine_.data());
}

std::unique_ptr<KvPool> Forward::make_pool(size_t blocks) const {
  return std::make_unique<KvPool>(weights_.layers.size(), heads_, blocks, device_.kv_dtype());
}

size_t Forward::block_bytes() const {
  return 2 * weights_.layers.size() * heads_.kv_heads * KV_BLOCK * heads_.key_size * size_of(device_.kv_dtype());
}

void Forward::trim(size_t rows, size_t logit_rows) {
  const size_t logits = logit_rows * static_cast<size_t>(config_.vocab_size);
  if (reserved_ <= rows && logits_.size() <= logits) return;
  reserved_ = 0;
  for (auto* v : {&h_, &x_, &q_, &k_, &v_, &attended_, &out_, &router_, &probs_, &expert_x_, &gate_, &up_, &expert_out_, &logits_})
    give_back(*v);
  reserve(rows, logit_rows);
}

void Forward::reserve(size_t rows, size_t logit_rows) {
  const auto emb = static_cast<size_t>(config_.emb_size), ffn = static_cast<size_t>(config_.ffn_size);
  const auto experts = static_cast<size_t>(config_.num_experts), slots = rows * static_cast<size_t>(config_.num_selected_experts);
  for (auto* v : {&h_, &x_, &out_}) at_least(*v, rows * emb);
  for (auto* v : {&q_, &attended_}) at_least(*v, rows * heads_.q_heads * heads_.key_size);
  for (auto* v : {&k_, &v_}) at_least(*v, rows * heads_.kv_heads * heads_.key_size);
  for (auto* v : {&router_, &probs_}) at_least(*v, rows * experts);
  for (auto* v : {&expert_x_, &expert_out_}) at_least(*v, slots * emb);
  for (auto* v : {&gate_, &up_}) at_least(*v, slots * ffn);
  for (auto* v : {&chosen_, &source_, &place_}) at_least(*v, slots);
  reserved_ = std::max(reserved_, rows);
  at_least(logits_, logit_rows * static_cast<size_t>(config_.vocab_size));
}

bool Forward::run(const std::vector<Row>& rows, const KvPool& pool, const std::atomic<bool>& stop, const TraceSink* trace) {
  const size_t n = rows.size();
  const auto emb = static_cast<size_t>(config_.emb_size), experts = static_cast<size_t>(config_.num_experts);
  const auto selected = static_cast<size_t>(config_.num_selected_experts);
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
  reserve(n, wanted_.size());

  const auto keep = [&](size_t slice, size_t width, const auto& from, auto& to) {
    std::copy_n(from.begin(), n * width, to.begin() + static_cast<ptrdiff_t>((slice * trace->total + trace->first) * width));
  };
  device_.embed(weights_.embedding, tokens_.data(), n, config_.embedding_multiplier_scale, h_.data());
  if (trace) keep(0, emb, h_, *trace->hidden);
  for (size_t i = 0; i < weights_.layers.size(); i++) {
    if (stop.load(std::memory_order_relaxed)) return false;
    const Layer& layer = weights_.layers[i];
    attend(layer, pool.layer(i), n);
    mix_experts(layer, n);
    if (!trace) continue;
    keep(i + 1, emb, h_, *trace->hidden);
    keep(i, experts, probs_, *trace->router_probs);
    keep(i, selected, chosen_, *trace->experts);
  }
  compute_logits();
  return true;
}

// h += rms1(attention(rms0(h)))
void Forward::attend(const Layer& layer, const KvLayer& cache, size_t n) {
  const auto emb = static_cast<size_t>(config_.emb_size);
  device_.rms_norm(h_.data(), layer.pre_attn_norm.data(), n, emb, RMS_EPS, x_.data());
  const Matmul project[] = {{x_.data(), n, layer.q, q_.data()}, {x_.data(), n, layer.k, k_.data()}, {x_.data(), n, layer.v, v_.data()}};
  device_.matmul(project);
  device_.rope(q_.data(), positions_.data(), n, heads_.q_heads, heads_.key_size, cosine_.data(), sine_.data());
  device_.rope(k_.data(), positions_.data(), n, heads_.kv_heads, heads_.key_size, cosine_.data(), sine_.data());
  device_.store_kv(k_.data(), v_.data(), cache, tables_.data(), positions_.data(), n, heads_);
  device_.attention(q_.data(), cache, tables_.data(), positions_.data(), n, heads_, config_.attn_output_multiplier, attended_.data());
  const Matmul output[] = {{attended_.data(), n, layer.o, out_.data()}};
  device_.matmul(output);
  device_.rms_norm(out_.data(), layer.post_attn_norm.data(), n, emb, RMS_EPS, x_.data());
  device_.add(h_.data(), x_.data(), n, emb);
}

// h += rms3(experts(rms2(h))); rows are sorted by expert, so that an expert's weights are read once
void Forward::mix_experts(const Layer& layer, size_t n) {
  const auto emb = static_cast<size_t>(config_.emb_size), ffn = static_cast<size_t>(config_.ffn_size);
  const auto experts = static_cast<size_t>(config_.num_experts), selected = static_cast<size_t>(config_.num_selected_experts);
  device_.rms_norm(h_.data(), layer.pre_moe_norm.data(), n, emb, RMS_EPS, x_.data());
  Matmul routing{x_.data(), n, layer.router, router_.data()};
  routing.keep_f32 = true;
  device_.matmul({&routing, 1});
  device_.route(router_.data(), n, experts, selected, probs_.data(), chosen_.data());

  std::vector<size_t> begin(experts + 1, 0);
  const size_t slots = n * selected;
  for (size_t s = 0; s < slots; s++) begin[static_cast<size_t>(chosen_[s]) + 1]++;
  for (size_t e = 0; e < experts; e++) begin[e + 1] += begin[e];
  std::vector<size_t> next(begin.begin(), begin.end() - 1);
  for (size_t s = 0; s < slots; s++) {
    const size_t at = next[static_cast<size_t>(chosen_[s])]++;
    source_[at] = static_cast<int32_t>(s / selected);
    place_[s] = static_cast<int32_t>(at);
  }
  device_.gather(x_.data(), source_.data(), slots, emb, expert_x_.data());

  jobs_.clear();
  for (size_t e = 0; e < experts; e++) {
    const size_t count = begin[e + 1] - begin[e], at = begin[e];
    if (count == 0) continue;
    jobs_.push_back({expert_x_.data() + at * emb, count, layer.experts[e].gate, gate_.data() + at * ffn});
    jobs_.push_back({expert_x_.data() + at * emb, count, layer.experts[e].up, up_.data() + at * ffn});
  }
  device_.matmul(jobs_);
  device_.gelu_mul(gate_.data(), up_.data(), slots, ffn);
  jobs_.clear();
  for (size_t e = 0; e < experts; e++) {
    const size_t count = begin[e + 1] - begin[e], at = begin[e];
    if (count) jobs_.push_back({gate_.data() + at * ffn, count, layer.experts[e].down, expert_out_.data() + at * emb});
  }
  device_.matmul(jobs_);
  device_.combine(expert_out_.data(), place_.data(), probs_.data(), chosen_.data(), n, experts, selected, emb, out_.data());
  device_.rms_norm(out_.data(), layer.post_moe_norm.data(), n, emb, RMS_EPS, x_.data());
  device_.add(h_.data(), x_.data(), n, emb);
}

// logits = rms(h) . embedding^T * output multiplier, of the rows that want them
void Forward::compute_logits() {
  const size_t n = wanted_.size(), emb = static_cast<size_t>(config_.emb_size);
  if (n == 0) return;
  device_.gather(h_.data(), wanted_.data(), n, emb, out_.data());
  device_.rms_norm(out_.data(), weights_.final_norm.data(), n, emb, RMS_EPS, x_.data());
  Matmul job{x_.data(), n, weights_.embedding, logits_.data(), config_.output_multiplier_scale, true};
  device_.matmul({&job, 1});
}

}  // namespace wisecrack
