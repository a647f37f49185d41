#include "device/cuda/peers.h"

#include <algorithm>

#include "device/cuda/launch.h"

namespace wisecrack::cuda {

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
  ReduceJob job{};
  for (size_t peer = 0; peer < member_.count(); peer++) {
    job.part[peer] = all_[peer].parts + static_cast<size_t>(room) * size_;
    job.flags[peer] = all_[peer].flags;
  }
  job.count = static_cast<int>(member_.count());
  job.rank = static_cast<int>(member_.index);
  job.y = y;
  job.n = n;
  const size_t blocks = std::clamp<size_t>((n + REDUCE_THREADS - 1) / REDUCE_THREADS, 1, REDUCE_BLOCKS);
  const dim3 grid(static_cast<unsigned>(blocks));
  if (round) launch("all_reduce", all_reduce<bf16>, grid, REDUCE_THREADS, 0, memory_.stream(), job);
  else launch("all_reduce", all_reduce<float>, grid, REDUCE_THREADS, 0, memory_.stream(), job);
}

}  // namespace wisecrack::cuda
