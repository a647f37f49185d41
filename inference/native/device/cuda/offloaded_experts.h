#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "device/cuda/loader.h"
#include "device/device.h"

namespace wisecrack::cuda {

/// Experts that stay in the host's memory. They come through pinned buffers into a few slots of the card as they are asked for, and stay
/// until others need the slots. One thread at a time.
class OffloadedExperts {
 public:
  static constexpr size_t SLOTS = 3;  ///< one computes, one has come, one is on its way

  /// `memory`: the card's; kernels that read experts run on its stream.
  explicit OffloadedExperts(CudaMemory& memory);
  ~OffloadedExperts();
  OffloadedExperts(const OffloadedExperts&) = delete;
  OffloadedExperts& operator=(const OffloadedExperts&) = delete;

  static size_t slot_bytes(const Expert& expert);

  /// Slots that can hold this one, too. None may be in use. Throws std::bad_alloc.
  void make_room(const Expert& expert);

  /// Begins to bring an expert, if it is not there, and keeps it until it is released. False when all slots are kept. Throws what it knows by
  /// now of what take() throws.
  bool ask(const Expert& expert);
  /// The same without keeping it: whoever is asked for may take its slot.
  void expect(const Expert& expert);
  /// Waits until an expert that was asked for has come. Gives it as it lies on the card. Throws what WeightLoader::wait throws.
  Expert take(const Expert& expert);
  /// The last kernel that reads it has been started.
  void release(const Expert& expert);

 private:
  // Copies are no larger: many readers, each with one, are what makes them fast.
  static constexpr size_t SLAB = size_t{16} << 20;
  static constexpr size_t MOST_READERS = 8;

  struct Slot {
    char* data = nullptr;
    std::optional<Expert> holds;   // the host's
    bool kept = false;
    uint64_t used = 0;
    cudaEvent_t read = nullptr;    // by the kernels of whoever was there before
    Arrival arrival;
  };
  Slot* find(const Expert& expert);
  Slot* bring(const Expert& expert);
  void lose(Slot& slot);
  void begin(Slot& slot, const Matrix& matrix, char* to);

  CudaMemory& memory_;
  size_t slot_size_ = 0;
  uint64_t clock_ = 0;
  Slot slots_[SLOTS];
  WeightLoader loader_;  // last: it writes to the slots
};

}  // namespace wisecrack::cuda
