// The forward pass's steps on the processor, made of CpuDevice's kernels.
#include <algorithm>

#include "device/cpu/cpu_device.h"
#include "io/file.h"

namespace wisecrack {
namespace {

template <class Vector>
void at_least(Vector& v, size_t n) {
  if (v.size() < n) v.resize(n);
}

// Bytes from a matrix' first element to its last, what lies between its rows included.
size_t span_of(const Matrix& m) {
  const size_t lines = m.by_input ? m.cols : m.rows, length = m.by_input ? m.rows : m.cols;
  return lines == 0 || length == 0 ? 0 : ((lines - 1) * m.pitch() + length) * size_of(m.dtype);
}

// All reads of the experts that will be used begin at once: while one matrix is multiplied, the disk brings the others. In weights that
// were dropped from the page cache this read 1.25 times as fast as faults alone (median of six pairs, 0.5 to 2.7 GB/s).
void ask_for_chosen(std::span<const Expert> experts, std::span<const int32_t> chosen) {
  for (size_t e = 0; e < experts.size(); e++) {
    if (std::find(chosen.begin(), chosen.end(), static_cast<int32_t>(e)) == chosen.end()) continue;
    for (const Matrix* m : {&experts[e].gate, &experts[e].up, &experts[e].down})
      will_need(static_cast<const std::byte*>(m->data), span_of(*m));
  }
}

}  // namespace

// The most that rows take when their kernels have laid them out.
size_t CpuDevice::packed_floats(const Shape& shape, size_t rows) const {
  const size_t width = std::max(shape.emb, shape.heads.q_heads * shape.heads.key_size), slots = rows * shape.selected;
  size_t most = 0;
  for (const MatmulKernel* k : {&k_.matmul, round_activations() ? k_.bf16_matmul : nullptr})
    if (k && k->packed_size) most = std::max({most, k->packed_size(rows, width), k->packed_size(slots, std::max(shape.emb, shape.ffn))});
  return most + shape.experts * to_lines(1);  // each expert's begin at a line
}

size_t CpuDevice::work_bytes(const Shape& shape, size_t rows, size_t) const {
  const size_t slots = rows * shape.selected, kv = shape.heads.kv_heads * shape.heads.key_size;
  const size_t activations = rows * (2 * kv + 2 * shape.emb + shape.experts) + slots * (2 * shape.emb + 2 * shape.ffn + 2);
  return (activations + packed_floats(shape, rows) + attention_.work_floats(shape.heads, rows, shape.positions)) * sizeof(float);
}

void CpuDevice::reserve(const Shape& shape, size_t rows, size_t) {
  const size_t slots = rows * shape.selected;
  for (auto* v : {&scratch_.k, &scratch_.v}) at_least(*v, rows * shape.heads.kv_heads * shape.heads.key_size);
  for (auto* v : {&scratch_.out, &scratch_.normed}) at_least(*v, rows * shape.emb);
  for (auto* v : {&scratch_.expert_x, &scratch_.expert_out}) at_least(*v, slots * shape.emb);
  for (auto* v : {&scratch_.gate, &scratch_.up}) at_least(*v, slots * shape.ffn);
  for (auto* v : {&scratch_.source, &scratch_.place}) at_least(*v, slots);
  for (auto* v : {&scratch_.begin, &scratch_.next}) at_least(*v, shape.experts + 1);
  at_least(scratch_.router, rows * shape.experts);
  attention_.reserve(shape.heads, rows, shape.positions);
  at_least(packed_, packed_floats(shape, rows));
  const size_t jobs = 2 * shape.experts + 3;
  jobs_.reserve(jobs);
  packed_at_.reserve(jobs);
  rows_to_pack_.reserve(2 * slots + rows);
  parts_.reserve(jobs + 4 * static_cast<size_t>(pool_.size()) * PARTS_PER_THREAD);  // pairs, and twice as many for the small ones at the end
}

void CpuDevice::give_back() {
  scratch_ = {};
  Buffer().swap(packed_);
  attention_.give_back();
}

void CpuDevice::embed(const Matrix& table, size_t first, float scale, float* h) {
  embed(table, first, step_.tokens, step_.rows, scale, h);
  all_reduce(h, step_.rows * table.cols);
}

void CpuDevice::norm(const float* h, const float* scale, size_t n, float* x) { rms_norm(h, scale, step_.rows, n, RMS_EPS, x); }

void CpuDevice::qkv(const float* x, const Matrix& wq, const Matrix& wk, const Matrix& wv, HeadShape heads, const Rope& rope_tables,
                    const KvLayer& cache, float* q) {
  const size_t n = step_.rows;
  float *k = scratch_.k.data(), *v = scratch_.v.data();
  const Matmul project[] = {{x, n, wq, q}, {x, n, wk, k}, {x, n, wv, v}};
  matmul(project);
  rope(q, step_.positions, n, heads.q_heads, heads.key_size, rope_tables.cosine, rope_tables.sine);
  rope(k, step_.positions, n, heads.kv_heads, heads.key_size, rope_tables.cosine, rope_tables.sine);
  store_kv(k, v, cache, step_.tables, step_.positions, n, heads);
}

void CpuDevice::attention(const float* q, const KvLayer& cache, HeadShape heads, float multiplier, float* attended) {
  attention(q, cache, step_.tables, step_.positions, step_.rows, heads, multiplier, attended);
}

void CpuDevice::apply(const Sandwich& sandwich, const float* y, size_t n) {
  rms_norm(y, sandwich.post, step_.rows, n, RMS_EPS, scratch_.normed.data());
  add(sandwich.h, scratch_.normed.data(), step_.rows, n);
  if (sandwich.next) rms_norm(sandwich.h, sandwich.next, step_.rows, n, RMS_EPS, sandwich.x);
}

void CpuDevice::project(const float* attended, const Matrix& w, const Sandwich& sandwich) {
  Matmul job{attended, step_.rows, w, scratch_.out.data()};
  job.keep_f32 = true;  // all_reduce() rounds
  matmul({&job, 1});
  all_reduce(scratch_.out.data(), step_.rows * w.rows);
  apply(sandwich, scratch_.out.data(), w.rows);
}

// Rows are sorted by expert, so that an expert's weights are read once.
void CpuDevice::experts(const float* x, const Matrix& router, std::span<const Expert> weights, size_t selected,
                        const Sandwich& sandwich, float* probs, int32_t* chosen) {
  const size_t n = step_.rows, experts = weights.size(), emb = router.cols, ffn = weights[0].gate.rows, slots = n * selected;
  Scratch& s = scratch_;
  Matmul routing{x, n, router, s.router.data()};
  routing.keep_f32 = true;
  matmul({&routing, 1});
  route(s.router.data(), n, experts, selected, probs, chosen);
  if (on_disk_) ask_for_chosen(weights, {chosen, slots});

  auto &begin = s.begin, &next = s.next;
  std::fill(begin.begin(), begin.end(), 0);
  for (size_t i = 0; i < slots; i++) begin[static_cast<size_t>(chosen[i]) + 1]++;
  for (size_t e = 0; e < experts; e++) begin[e + 1] += begin[e];
  std::copy_n(begin.begin(), experts, next.begin());
  for (size_t i = 0; i < slots; i++) {
    const size_t at = next[static_cast<size_t>(chosen[i])]++;
    s.source[at] = static_cast<int32_t>(i / selected);
    s.place[i] = static_cast<int32_t>(at);
  }
  gather(x, s.source.data(), slots, emb, s.expert_x.data());

  jobs_.clear();
  for (size_t e = 0; e < experts; e++) {
    const size_t count = begin[e + 1] - begin[e], at = begin[e];
    if (count == 0) continue;
    jobs_.push_back({s.expert_x.data() + at * emb, count, weights[e].gate, s.gate.data() + at * ffn});
    jobs_.push_back({s.expert_x.data() + at * emb, count, weights[e].up, s.up.data() + at * ffn});
  }
  gated(jobs_);
  jobs_.clear();
  for (size_t e = 0; e < experts; e++) {
    const size_t count = begin[e + 1] - begin[e], at = begin[e];
    if (count) jobs_.push_back({s.gate.data() + at * ffn, count, weights[e].down, s.expert_out.data() + at * emb, 1, partial()});
  }
  matmul(jobs_);
  combine(s.expert_out.data(), s.place.data(), probs, chosen, n, experts, selected, emb, s.out.data());
  all_reduce(s.out.data(), n * emb);
  apply(sandwich, s.out.data(), emb);
}

void CpuDevice::logits(const float* h, const float* norm_scale, const Matrix& table, float scale, float* y) {
  const size_t n = step_.wanted.size(), emb = table.cols;
  gather(h, step_.wanted.data(), n, emb, scratch_.out.data());
  rms_norm(scratch_.out.data(), norm_scale, n, emb, RMS_EPS, scratch_.normed.data());
  const Matmul job{scratch_.normed.data(), n, table, y, scale, true};
  matmul({&job, 1});
}

}  // namespace wisecrack
