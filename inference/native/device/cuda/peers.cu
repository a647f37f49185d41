#include "device/cuda/peers.h"

#include <algorithm>

#include "device/cuda/all_reduce.cuh"
#include "device/cuda/launch.h"

namespace wisecrack::cuda {

namespace {

// About what a link carries while one more kernel starts and the cards tell each other.
constexpr double SECOND_TRIP_BYTES = 1 << 20;
// Enough loads under way for a trip's time, and for a link's bandwidth.
constexpr size_t FEW_BLOCKS = 32, MANY_BLOCKS = 256;

dim3 blocks(size_t n, size_t most) {
  return dim3(static_cast<unsigned>(std::clamp<size_t>((n + REDUCE_THREADS - 1) / REDUCE_THREADS, 1, most)));
}

}  // namespace

Peers::Peers(Member member, CudaMemory& memory) : member_(std::move(member)), memory_(memory) {
  memory_.bind();
  for (size_t peer = 0; peer < member_.count(); peer++) {
    if (peer == member_.index) continue;
    const cudaError_t error = cudaDeviceEnablePeerAccess(static_cast<int>(peer), 0);
    if (error == cudaErrorPeerAccessAlreadyEnabled) cudaGetLastError();
    else demand(error, "peer access");
  }
  flags_ = static_cast<PeerFlags*>(memory_.allocate(sizeof(PeerFlags)));
  show_to_peers(flags_);
  memory_.fill(flags_, 0, sizeof(PeerFlags));
  memory_.wait();
}

Peers::~Peers() {
  memory_.release(own_, 0);
  memory_.release(flags_, 0);
}

std::string Peers::refusal(int count) {
  for (int a = 0; a < count; a++) {
    for (int b = 0; b < count; b++) {
      int can = a == b;
      if (a != b) demand(cudaDeviceCanAccessPeer(&can, a, b), "cudaDeviceCanAccessPeer");
      if (!can) return "card " + std::to_string(a) + " cannot read the memory of card " + std::to_string(b);
    }
  }
  return {};
}

// The old room is given back when nobody reads it any more, and all have the new one.
void Peers::reserve(size_t n) {
  if (n <= size_) return;
  Team& team = *member_.team;
  float* room = static_cast<float*>(memory_.allocate(bytes(n)));
  try {
    show_to_peers(room);
    memory_.wait();
    Shown shown{room, flags_};
    team.show(member_.index, &shown);
    team.meet();
    for (size_t peer = 0; peer < member_.count(); peer++) all_[peer] = *static_cast<const Shown*>(team.shown(peer));
    team.meet();
  } catch (...) {
    memory_.release(room, 0);
    throw;
  }
  memory_.release(std::exchange(own_, room), 0);
  size_ = n;
}

void Peers::sum(Room room, float* y, size_t n, bool round) {
  const double count = static_cast<double>(member_.count());
  const double saved = (count - 1) * (count - 2) / count * static_cast<double>(n * sizeof(float));
  if (saved > SECOND_TRIP_BYTES) in_two_trips(room, y, n, round);
  else in_one_trip(room, y, n, round);
}

void Peers::in_one_trip(Room room, float* y, size_t n, bool round) {
  const ReduceJob job = job_of(room, y, n);
  const dim3 grid = blocks(n, FEW_BLOCKS);
  if (round) launch("all_reduce", all_reduce<bf16>, grid, REDUCE_THREADS, 0, memory_.stream(), job);
  else launch("all_reduce", all_reduce<float>, grid, REDUCE_THREADS, 0, memory_.stream(), job);
}

void Peers::in_two_trips(Room room, float* y, size_t n, bool round) {
  const ReduceJob job = job_of(room, y, n);
  const dim3 grid = blocks(job.stretch, MANY_BLOCKS);
  if (round) launch("reduce_scatter", reduce_scatter<bf16>, grid, REDUCE_THREADS, 0, memory_.stream(), job);
  else launch("reduce_scatter", reduce_scatter<float>, grid, REDUCE_THREADS, 0, memory_.stream(), job);
  launch("all_gather", all_gather, blocks(n, MANY_BLOCKS), REDUCE_THREADS, 0, memory_.stream(), job);
}

ReduceJob Peers::job_of(Room room, float* y, size_t n) const {
  ReduceJob job{};
  for (size_t peer = 0; peer < member_.count(); peer++) {
    job.part[peer] = all_[peer].parts + static_cast<size_t>(room) * size_;
    job.flags[peer] = all_[peer].flags;
  }
  job.count = static_cast<int>(member_.count());
  job.rank = static_cast<int>(member_.index);
  job.y = y;
  job.n = n;
  job.stretch = (n + member_.count() - 1) / member_.count();
  return job;
}

}  // namespace wisecrack::cuda
