#pragma once
#include <string>

#include "device/cuda/all_reduce.cuh"
#include "device/cuda/cuda_memory.h"
#include "device/team.h"

namespace wisecrack::cuda {

/// Where a card's part of a sum waits for the others. Two sums in a row never use the same room: who is slow may still be reading.
enum class Room { Embedding, Attention, Experts };

/// The cards of a team add up arrays; for each card one of these, all used in step.
class Peers {
 public:
  /// Member i of the team has card i.
  Peers(Member member, CudaMemory& memory);
  ~Peers();
  Peers(const Peers&) = delete;
  Peers& operator=(const Peers&) = delete;

  /// Why cards 0 to count - 1 cannot do it; empty when they can.
  static std::string refusal(int count);

  /// Room for sums of n floats. Every member calls it with the same n, on its own thread. Throws std::bad_alloc, TeamBroken.
  void reserve(size_t n);
  static size_t bytes(size_t n) { return ROOMS * n * sizeof(float); }

  /// This card's part of the next sum; to be filled by what runs before it on the stream.
  float* part(Room room) const { return own_ + static_cast<size_t>(room) * size_; }
  /// y[n] (device) = the sum of all cards' parts, rounded to bf16 when `round`.
  void sum(Room room, float* y, size_t n, bool round);

 private:
  static constexpr size_t ROOMS = 3;

  // What the members show each other.
  struct Shown {
    float* parts;
    PeerFlags* flags;
  };

  const Member member_;
  CudaMemory& memory_;
  float* own_ = nullptr;  // [ROOMS, size_]
  PeerFlags* flags_ = nullptr;
  size_t size_ = 0;
  Shown all_[MAX_PEERS] = {};
};

}  // namespace wisecrack::cuda
