// The router and its experts.
#include <type_traits>

#include "device/cuda/arguments.cuh"
#include "device/cuda/cuda_device.h"
#include "device/cuda/launch.h"
#include "device/cuda/router.cuh"

namespace wisecrack::cuda {

namespace {

/// y[rows, n] = the experts' outputs with their gates, in float32: a shard's part of the sum
__global__ void __launch_bounds__(NORM_THREADS) combine(const __grid_constant__ Outcome outcome, int n, float* y) {
  const int row = blockIdx.x;
  for (int i = threadIdx.x; i < n; i += NORM_THREADS) y[static_cast<size_t>(row) * n + i] = combined(outcome, row, n, i);
}

}  // namespace

void CudaDevice::experts(const float* x, const Matrix& router, std::span<const Expert> experts, size_t selected, const Sandwich& s,
                         float* probs, int32_t* chosen) {
  const size_t rows = inputs_.rows, slots = rows * selected, emb = router.cols, ffn = experts[0].gate.rows;
  int32_t *begin = routed_.data() + 1, *source = begin + experts.size() + 1, *place = source + slots;
  if (router.dtype == DType::I8) throw std::runtime_error("the router must not be int8");
  by_types(router.dtype, round_activations(), [&](auto w, auto type) {
    using X = decltype(type);
    using W = std::conditional_t<sizeof(w) == 1, bf16, decltype(w)>;
    const RouterJob job{weight_of(router), whole(emb), whole(experts.size()), whole(selected), whole(rows), probs, chosen, begin, source,
                        place, routed_.data()};
    launch("route", route<W, X>, dim3(whole(rows)), ROUTER_THREADS, sizeof(RouterShared), stream(), as<X>(x), job);
  });
  if (ffn > 0 && experts[0].offloaded) run_offloaded_experts(x, experts, emb, begin, source);
  else if (ffn > 0) run_experts(x, experts, slots, emb, begin, source);
  const Outcome outcome{expert_out_.data(), place, chosen, probs, whole(experts.size()), whole(selected)};
  if (!peers_) return apply(outcome, s, emb);
  float* part = peers_->part(Room::Experts);
  if (ffn > 0) launch("combine", combine, dim3(whole(rows)), NORM_THREADS, 0, stream(), outcome, whole(emb), part);
  else memory_.fill(part, 0, rows * emb * sizeof(float));
  sum(Room::Experts, out_.data(), emb);
  apply({out_.data(), nullptr, nullptr, nullptr, 0, 0}, s, emb);
}

// Those that were chosen come through a few places, one computes while the next ones are on their way.
void CudaDevice::run_offloaded_experts(const float* x, std::span<const Expert> experts, size_t emb, const int32_t* begin, const int32_t* source) {
  begins_.at_least(experts.size() + 1);
  memory_.download(begins_.data(), begin, (experts.size() + 1) * sizeof(int32_t));
  std::vector<size_t> chosen;
  for (size_t e = 0; e < experts.size(); e++)
    if (begins_.data()[e + 1] > begins_.data()[e]) chosen.push_back(e);
  size_t asked = 0;
  for (const size_t e : chosen) {
    while (asked < chosen.size() && offloaded_->ask(experts[chosen[asked]])) asked++;
    const Expert here = offloaded_->take(experts[e]);
    const auto slots = static_cast<size_t>(begins_.data()[e + 1] - begins_.data()[e]);
    run_experts(x, std::span(&here, 1), slots, emb, begin + e, source);
    offloaded_->release(experts[e]);
  }
}

// Each slot's hidden values and outputs, the gates left out.
void CudaDevice::run_experts(const float* x, std::span<const Expert> experts, size_t slots, size_t emb, const int32_t* begin,
                             const int32_t* source) {
  for (const Expert& e : experts) {
    same_type(e.gate, experts[0].gate);
    same_type(e.up, experts[0].gate);
    same_type(e.down, experts[0].down);
  }
  const size_t ffn = experts[0].gate.rows;
  by_types(experts[0].gate.dtype, round_activations(), [&](auto w, auto type) {
    using X = decltype(type);
    UpJob<decltype(w), X> job{};
    for (size_t e = 0; e < experts.size(); e++) {
      job.w[e][0] = weight_of(experts[e].gate);
      job.w[e][1] = weight_of(experts[e].up);
    }
    job.x_ = as<X>(x);
    job.y = as<X>(expert_hidden_.data());
    job.routed = {begin, source};
    job.inputs = whole(emb);
    job.outputs = whole(ffn);
    job.tiles = tiles_of(ffn);
    job.groups = whole(experts.size());
    launch_product("experts_up", job, whole(slots), stream(), ways_);
  });
  by_types(experts[0].down.dtype, round_activations(), [&](auto w, auto type) {
    using X = decltype(type);
    DownJob<decltype(w), X> job{};
    for (size_t e = 0; e < experts.size(); e++) job.w[e] = weight_of(experts[e].down);
    job.x_ = as<X>(expert_hidden_.data());
    job.y = expert_out_.data();
    job.routed = {begin, source};
    job.inputs = whole(ffn);
    job.outputs = whole(emb);
    job.tiles = tiles_of(emb);
    job.groups = whole(experts.size());
    job.round = !peers_;
    launch_product("experts_down", job, whole(slots), stream(), ways_);
  });
}

}  // namespace wisecrack::cuda
