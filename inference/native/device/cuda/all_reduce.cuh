#pragma once
// The sum of all cards' parts, read from their memories. For the few rows of a decode step the way there and back is what takes time, and
// all_reduce is one of each: every card reads all parts. For a long prompt it is the bytes: reduce_scatter lets each card add up one stretch,
// and all_gather fetches the others' sums, 2 / count of the bytes. Both add in the order of the cards, so all ways give the same bits.
#include "device/cuda/jobs.cuh"
#include "device/cuda/peers.h"

namespace wisecrack::cuda {

constexpr int REDUCE_THREADS = 256;

/// Waits until all cards have begun this kernel, and so completed what comes before it. Each block tells all peers so, whichever is first: blocks
/// need not run at once. @returns what depart() wants.
__device__ __forceinline__ uint32_t meet_peers(const ReduceJob& job) {
  PeerFlags* own = job.flags[job.rank];
  const uint32_t turn = load_acquire(&own->done) + 1;
  const bool has_peer = threadIdx.x < static_cast<unsigned>(job.count);
  if (has_peer) store_release(&job.flags[threadIdx.x]->seen[job.rank], turn);
  __syncthreads();  // all are told before anybody waits
  if (has_peer) {
    const uint64_t begin = clock_ns();
    while (static_cast<int32_t>(load_acquire(&own->seen[threadIdx.x]) - turn) < 0) wait_for_peer(begin);
  }
  __syncthreads();
  return turn;
}

__device__ __forceinline__ void depart(const ReduceJob& job, uint32_t turn) {
  PeerFlags* own = job.flags[job.rank];
  __syncthreads();
  if (threadIdx.x > 0) return;
  if (atomicAdd(&own->ticket, 1u) + 1 < gridDim.x) return;
  own->ticket = 0;  // the last block: all have read `done`
  store_release(&own->done, turn);
}

/// y[begin .. end) = the sum of all parts there.
template <class X>
__device__ __forceinline__ void add_up(const ReduceJob& job, float* y, size_t begin, size_t end) {
  for (size_t i = begin + blockIdx.x * static_cast<size_t>(REDUCE_THREADS) + threadIdx.x; i < end; i += static_cast<size_t>(gridDim.x) * REDUCE_THREADS) {
    float sum = 0;
    for (int p = 0; p < job.count; p++) sum += job.part[p][i];
    y[i] = stored<EXACT<X>>(sum);
  }
}

/// y[n] = the sum of part[0 .. count)[n]. A card's part is complete when its kernel starts.
template <class X>
__global__ void __launch_bounds__(REDUCE_THREADS) all_reduce(const __grid_constant__ ReduceJob job) {
  const uint32_t turn = meet_peers(job);
  add_up<X>(job, job.y, 0, job.n);
  depart(job, turn);
}

/// This card's stretch of its own part becomes the sum: nobody else reads it there before all_gather.
template <class X>
__global__ void __launch_bounds__(REDUCE_THREADS) reduce_scatter(const __grid_constant__ ReduceJob job) {
  const uint32_t turn = meet_peers(job);
  const size_t begin = job.rank * job.stretch;
  add_up<X>(job, job.part[job.rank], begin, begin + job.stretch < job.n ? begin + job.stretch : job.n);
  depart(job, turn);
}

/// y[n]: each stretch from the card that has added it up.
__global__ void __launch_bounds__(REDUCE_THREADS) all_gather(const __grid_constant__ ReduceJob job) {
  const uint32_t turn = meet_peers(job);
  for (size_t i = blockIdx.x * static_cast<size_t>(REDUCE_THREADS) + threadIdx.x; i < job.n; i += static_cast<size_t>(gridDim.x) * REDUCE_THREADS)
    job.y[i] = job.part[i / job.stretch][i];
  depart(job, turn);
}

}  // namespace wisecrack::cuda
