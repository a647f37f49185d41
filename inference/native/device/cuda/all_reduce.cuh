#pragma once
// The sum of all cards' parts, read from their memories: for the few rows of a decode step the way there and back is what takes time, and
// this is one of each. Every card reads all parts and adds them up in the same order, so all have the same bits.
#include "device/cuda/jobs.cuh"

namespace wisecrack::cuda {

constexpr int MAX_PEERS = 8;
constexpr int REDUCE_THREADS = 256;
constexpr int REDUCE_BLOCKS = 32;  // enough loads under way for a link; fewer than any card has multiprocessors

/// A card's words that peers write to and read.
struct PeerFlags {
  uint32_t seen[MAX_PEERS];  // how many sums each card has begun
  uint32_t done;             // how many this one has completed
  uint32_t ticket;           // blocks that have left the one that runs
};

struct ReduceJob {
  const float* part[MAX_PEERS];
  PeerFlags* flags[MAX_PEERS];
  int count, rank;
  float* y;
  size_t n;
};

/// y[n] = the sum of part[0 .. count)[n]. A card's part is complete when its kernel starts. Each block tells all peers so, whichever is first:
/// blocks need not run at once.
template <class X>
__global__ void __launch_bounds__(REDUCE_THREADS) all_reduce(const __grid_constant__ ReduceJob job) {
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
  for (size_t i = blockIdx.x * static_cast<size_t>(REDUCE_THREADS) + threadIdx.x; i < job.n; i += static_cast<size_t>(gridDim.x) * REDUCE_THREADS) {
    float sum = 0;
    for (int p = 0; p < job.count; p++) sum += job.part[p][i];
    job.y[i] = stored<EXACT<X>>(sum);
  }
  __syncthreads();
  if (threadIdx.x > 0) return;
  if (atomicAdd(&own->ticket, 1u) + 1 < gridDim.x) return;
  own->ticket = 0;  // the last block: all have read `done`
  store_release(&own->done, turn);
}

}  // namespace wisecrack::cuda
