#pragma once
#include <cstdint>
#include <string>

#include "device/cuda/cuda_memory.h"
#include "device/team.h"

namespace wisecrack::cuda {

constexpr int MAX_PEERS = 8;

/// A card's words that peers write to and read.
struct PeerFlags {
  uint32_t seen[MAX_PEERS];  // how many of these kernels each card has begun
  uint32_t done;             // how many this one has completed
  uint32_t ticket;           // blocks that have left the one that runs
};

struct ReduceJob {
  float* part[MAX_PEERS];
  PeerFlags* flags[MAX_PEERS];
  int count, rank;
  float* y;
  size_t n;
  size_t stretch;  // card p adds up [p * stretch, (p + 1) * stretch) where there are two trips
};

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
  /// y[n] (device) = the sum of all cards' parts, rounded to bf16 when `round`: the faster of the two ways below, which give the same bits.
  void sum(Room room, float* y, size_t n, bool round);
  /// Every card reads all parts: (count - 1) * n floats over its link.
  void in_one_trip(Room room, float* y, size_t n, bool round);
  /// Every card adds up a stretch and reads the others' sums: 2 * (count - 1) / count * n floats. The parts are used up.
  void in_two_trips(Room room, float* y, size_t n, bool round);

 private:
  static constexpr size_t ROOMS = 3;

  // What the members show each other.
  struct Shown {
    float* parts;
    PeerFlags* flags;
  };

  ReduceJob job_of(Room room, float* y, size_t n) const;

  const Member member_;
  CudaMemory& memory_;
  float* own_ = nullptr;  // [ROOMS, size_]
  PeerFlags* flags_ = nullptr;
  size_t size_ = 0;
  Shown all_[MAX_PEERS] = {};
};

}  // namespace wisecrack::cuda
