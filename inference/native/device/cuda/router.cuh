#pragma once
// The router: logits, softmax over all experts, the largest chosen, and the order of the tokens by expert, in one launch.
#include "device/cuda/jobs.cuh"

namespace wisecrack::cuda {

constexpr int ROUTER_THREADS = 256, ROUTER_WARPS = ROUTER_THREADS / WARP;

struct RouterShared {
  float logits[MAX_EXPERTS];
  int counts[MAX_EXPERTS], begins[MAX_EXPERTS];
  bool last;
};

struct RouterJob {
  Weight w;  // [experts, inputs]
  int inputs, experts, selected, rows;
  float* probs;      // [rows, experts]
  int32_t* chosen;   // [rows, selected]
  int32_t* begin;    // [experts + 1]
  int32_t* source;   // [rows * selected]
  int32_t* place;    // [rows * selected]
  int32_t* arrived;  // a counter, 0 between launches
};

__device__ __forceinline__ float value_of(float x) { return x; }
__device__ __forceinline__ float value_of(bf16 x) { return widen(x); }

/// Ties go to the lower index; so it is also when all are NaN.
__device__ inline void choose(const RouterJob& job, const float* logits, float* probs, int32_t* chosen) {
  float most = logits[0], sum = 0;
  for (int e = 1; e < job.experts; e++) most = fmaxf(most, logits[e]);
  for (int e = 0; e < job.experts; e++) sum += expf(logits[e] - most);
  for (int e = 0; e < job.experts; e++) probs[e] = expf(logits[e] - most) / sum;
  uint32_t taken = 0;
  for (int j = 0; j < job.selected; j++) {
    int best = -1;
    for (int e = 0; e < job.experts; e++) {
      if (taken >> e & 1) continue;
      if (best < 0 || probs[e] > probs[best]) best = e;
    }
    taken |= 1u << best;
    chosen[j] = best;
  }
}

/// Slots in the order of their experts, those of an expert in the order of their rows.
__device__ inline void sort_slots(const RouterJob& job, RouterShared& shared) {
  const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP, slots = job.rows * job.selected;
  for (int e = warp; e < job.experts; e += ROUTER_WARPS) {
    int count = 0;
    for (int s = lane; s - lane < slots; s += WARP) count += __popc(__ballot_sync(ALL_LANES, s < slots && job.chosen[s] == e));
    if (lane == 0) shared.counts[e] = count;
  }
  __syncthreads();
  if (threadIdx.x == 0) {
    int at = 0;
    for (int e = 0; e < job.experts; e++) {
      shared.begins[e] = job.begin[e] = at;
      at += shared.counts[e];
    }
    job.begin[job.experts] = at;
  }
  __syncthreads();
  for (int e = warp; e < job.experts; e += ROUTER_WARPS) {
    int at = shared.begins[e];
    for (int s = lane; s - lane < slots; s += WARP) {
      const bool here = s < slots && job.chosen[s] == e;
      const uint32_t all = __ballot_sync(ALL_LANES, here);
      const int own = at + __popc(all & ((1u << lane) - 1));
      if (here) {
        job.source[own] = s / job.selected;
        job.place[s] = own;
      }
      at += __popc(all);
    }
  }
}

/// One block a row; the last to be ready sorts.
template <class W, class X>
__global__ void __launch_bounds__(ROUTER_THREADS) route(const X* x, const __grid_constant__ RouterJob job) {
  auto& shared = shared_memory<RouterShared>();
  const int row = blockIdx.x, lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
  const X* own = x + static_cast<size_t>(row) * job.inputs;
  for (int e = warp; e < job.experts; e += ROUTER_WARPS) {
    float sum = 0;
    const W* w = static_cast<const W*>(job.w.data) + static_cast<size_t>(e) * job.w.pitch;
    for (int i = lane; i < job.inputs; i += WARP) sum += value_of(own[i]) * value_of(w[i]);
    sum = warp_sum(sum);
    if (lane == 0) shared.logits[e] = sum;
  }
  __syncthreads();
  if (threadIdx.x == 0) {
    choose(job, shared.logits, job.probs + row * job.experts, job.chosen + row * job.selected);
    __threadfence();
    shared.last = atomicAdd(job.arrived, 1) == job.rows - 1;
    if (shared.last) *job.arrived = 0;
    __threadfence();
  }
  __syncthreads();
  if (shared.last) sort_slots(job, shared);
}

}  // namespace wisecrack::cuda
