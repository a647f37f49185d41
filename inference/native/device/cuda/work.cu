// The working memory of steps.
#include <algorithm>

#include "device/cuda/attention_shape.h"
#include "device/cuda/cuda_device.h"

namespace wisecrack::cuda {
namespace {

// Elements of CudaDevice's arrays.
struct Work {
  size_t inputs, out, expert_hidden, expert_out, partial, routed, likeliest;
};

size_t routing_size(size_t experts, size_t slots) { return 1 + experts + 1 + 2 * slots; }

Work work_of(const Shape& s, size_t rows, size_t logit_rows, bool round_activations) {
  const size_t slots = rows * s.selected, segments = segments_for(s.positions), blocks = segments * SEGMENT / KV_BLOCK;
  const size_t row = segments * s.heads.q_heads * (s.heads.key_size + 1);  // of partial sums
  const size_t singles = round_activations ? std::min(rows, logit_rows) : 0;
  return {rows * (6 + blocks), rows * s.emb,  slots * s.ffn, slots * s.emb, singles * row, routing_size(s.experts, slots),
          std::min(logit_rows, LIKELIEST_ROWS) * likeliest_parts(s.vocab)};
}

}  // namespace

// Forward's own arrays are counted, too.
size_t CudaDevice::work_bytes(const Shape& s, size_t rows, size_t logit_rows) const {
  const Work w = work_of(s, rows, logit_rows, round_activations());
  const size_t forwards = rows * (2 * s.emb + 2 * s.heads.q_heads * s.heads.key_size + s.experts + s.selected) + logit_rows * s.vocab;
  const size_t own = w.inputs + w.out + w.expert_hidden + w.expert_out + w.partial + w.routed;
  const size_t sums = peers_ ? Peers::bytes(rows * s.emb) : 0;
  return (forwards + own) * sizeof(float) + sums + w.likeliest * sizeof(Likeliest);
}

void CudaDevice::reserve(const Shape& shape, size_t rows, size_t logit_rows) {
  finish_loading();
  const Work work = work_of(shape, rows, logit_rows, round_activations());
  inputs_there_.at_least(work.inputs);
  out_.at_least(work.out);
  expert_hidden_.at_least(work.expert_hidden);
  expert_out_.at_least(work.expert_out);
  partial_.at_least(work.partial);
  likeliest_there_.at_least(work.likeliest);
  likeliest_here_.at_least(work.likeliest);
  reserve_routing(shape.experts, rows * shape.selected);
  if (peers_) peers_->reserve(rows * shape.emb);
}

void CudaDevice::reserve_routing(size_t experts, size_t slots) {
  if (routed_.size() >= routing_size(experts, slots)) return;
  routed_.at_least(routing_size(experts, slots));
  memory_.fill(routed_.data(), 0, sizeof(int32_t));  // the counter
}

void CudaDevice::give_back() {
  for (auto* a : {&out_, &expert_hidden_, &expert_out_, &partial_}) a->give_back();
  routed_.give_back();
}

}  // namespace wisecrack::cuda
