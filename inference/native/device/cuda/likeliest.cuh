#pragma once
// The likeliest tokens, so that the scheduler's sampler need not have all logits: where they decide, a reply is the same as with all of
// them (scheduler/sampler.h), and some kilobytes a row cross the bus instead of half a megabyte.
//
// A block looks through a part of a row. Its floor is found a byte at a time, from the highest: how many keys begin with each value.
#include "device/cuda/intrinsics.cuh"
#include "device/cuda/likeliest.h"

namespace wisecrack::cuda {

constexpr int LIKELIEST_THREADS = 256, LIKELIEST_WARPS = LIKELIEST_THREADS / WARP, BINS = 256;
static_assert(BINS == LIKELIEST_THREADS && LIKELIEST_PART % LIKELIEST_WARPS == 0);

struct LikeliestShared {
  uint32_t key[LIKELIEST_PART];
  int32_t bins[BINS];
  int32_t counts[LIKELIEST_WARPS];
  uint32_t prefix;   // bytes of the floor that are known
  int32_t place;     // of the floor among the keys that begin so, from the largest
  int32_t infinite;
};

/// A whole number that is larger where the float is.
__device__ __forceinline__ uint32_t key_of(float value) {
  const uint32_t bits = __float_as_uint(value);
  return bits ^ (bits >> 31 ? 0xFFFFFFFF : 0x80000000);
}
__device__ __forceinline__ float value_of_key(uint32_t key) { return __uint_as_float(key ^ (key >> 31 ? 0x80000000 : 0xFFFFFFFF)); }

/// Walks down the bins, by one warp; each lane has eight of them.
__device__ inline void next_byte(LikeliestShared& shared) {
  constexpr int OWN = BINS / WARP;
  const int lane = threadIdx.x % WARP, top = BINS - 1 - lane * OWN, place = shared.place;
  const uint32_t prefix = shared.prefix;
  int sum = 0;
  for (int i = 0; i < OWN; i++) sum += shared.bins[top - i];
  int before = sum;  // keys of this lane's bins and of those above
  for (int step = 1; step < WARP; step *= 2) {
    const int above = __shfl_sync(ALL_LANES, before, lane >= step ? lane - step : lane);
    if (lane >= step) before += above;
  }
  before -= sum;
  __syncwarp();  // all have read what one of them changes
  if (before >= place || before + sum < place) return;
  int bin = top;
  for (; before + shared.bins[bin] < place; bin--) before += shared.bins[bin];
  shared.prefix = prefix << 8 | static_cast<uint32_t>(bin);
  shared.place = place - before;
}

/// The grid is (parts, rows).
__global__ void __launch_bounds__(LIKELIEST_THREADS) find_likeliest(const float* logits, int vocab, Likeliest* found) {
  auto& shared = shared_memory<LikeliestShared>();
  const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
  const int first = blockIdx.x * LIKELIEST_PART, n = min(LIKELIEST_PART, vocab - first);
  const float* own = logits + static_cast<size_t>(blockIdx.y) * vocab + first;
  Likeliest& result = found[static_cast<size_t>(blockIdx.y) * gridDim.x + blockIdx.x];
  if (threadIdx.x == 0) {
    shared.prefix = 0;
    shared.place = LIKELIEST_KEPT;
    shared.infinite = 0;
  }
  __syncthreads();
  bool infinite = false;
  for (int i = threadIdx.x; i < n; i += LIKELIEST_THREADS) {
    const float value = own[i];
    infinite |= (__float_as_uint(value) & 0x7F800000) == 0x7F800000;
    shared.key[i] = key_of(value);
  }
  if (__any_sync(ALL_LANES, infinite) && lane == 0) atomicMax(&shared.infinite, 1);
  const bool all = n < LIKELIEST_KEPT;
  for (int shift = 24; shift >= 0 && !all; shift -= 8) {
    shared.bins[threadIdx.x] = 0;
    __syncthreads();
    const uint32_t prefix = shared.prefix;
    for (int i = threadIdx.x; i < n; i += LIKELIEST_THREADS) {
      const uint32_t key = shared.key[i];
      if (shift == 24 || key >> (shift + 8) == prefix) atomicAdd(&shared.bins[key >> shift & (BINS - 1)], 1);
    }
    __syncthreads();
    if (warp == 0) next_byte(shared);
    __syncthreads();
  }
  __syncthreads();
  const uint32_t floor = shared.prefix;
  const int begin = warp * LIKELIEST_PART / LIKELIEST_WARPS, end = min(begin + LIKELIEST_PART / LIKELIEST_WARPS, n);
  int count = 0;
  for (int i = begin + lane; i - lane < end; i += WARP) count += __popc(__ballot_sync(ALL_LANES, i < end && (all || shared.key[i] > floor)));
  if (lane == 0) shared.counts[warp] = count;
  __syncthreads();
  int at = 0;
  for (int w = 0; w < warp; w++) at += shared.counts[w];
  for (int i = begin + lane; i - lane < end; i += WARP) {
    const bool here = i < end && (all || shared.key[i] > floor);
    const uint32_t lanes = __ballot_sync(ALL_LANES, here);
    const int place = at + __popc(lanes & ((1u << lane) - 1));
    if (here) {
      result.token[place] = first + i;
      result.logit[place] = value_of_key(shared.key[i]);
    }
    at += __popc(lanes);
  }
  if (threadIdx.x == LIKELIEST_THREADS - 1) result.count = at;  // the last warp's last lane knows of all
  if (threadIdx.x == 0) {
    result.floor = all ? __uint_as_float(0xFF800000) : value_of_key(floor);
    result.finite = !shared.infinite;
  }
}

}  // namespace wisecrack::cuda
