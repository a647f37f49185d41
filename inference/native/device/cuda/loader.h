#pragma once
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "device/cuda/cuda_memory.h"
#include "device/device.h"

namespace wisecrack::cuda {

/// Slabs that are waited for together (WeightLoader).
class Arrival {
  friend class WeightLoader;
  size_t pending_ = 0;
  std::exception_ptr error_;
};

/// Brings weights to a card: readers, a thread each, fill a pinned buffer and copy it on a stream of their own, while others fill
/// theirs. So disk, processor and bus work at once.
class WeightLoader {
 public:
  static constexpr size_t SLAB = size_t{64} << 20, READERS = 3;

  /// `slab`: bytes of a buffer. `queue`: slabs that may wait for a reader; add() waits when there are more. `memory` must outlive this object.
  explicit WeightLoader(const CudaMemory& memory, size_t slab = SLAB, size_t readers = READERS, size_t queue = READERS);
  /// What waits for a reader is dropped.
  ~WeightLoader();
  WeightLoader(const WeightLoader&) = delete;
  WeightLoader& operator=(const WeightLoader&) = delete;

  size_t slab() const { return slab_; }

  /// Copies what `fill` writes to its argument, at most a slab, to `to` (device). Returns before that has happened; what `fill` reads
  /// must stay until finish(). Throws what an earlier slab has thrown.
  void add(void* to, size_t bytes, std::function<void(char*)> fill);
  /// A matrix as it lies on the card (layout.h), slab by slab, its rows to `data`, the scales of an I8 one to `scales`.
  void add(const Matrix& matrix, void* data, void* scales) { add(all_, matrix, data, scales); }
  /// Waits until all that was added so is there. Throws CudaError, std::bad_alloc, and what `fill` has thrown.
  void finish();

  /// The same for slabs with an arrival of their own, which must live until wait() has returned. They are not copied before `after`, an
  /// event that was recorded (null: at once), has come to pass.
  void add(Arrival& arrival, void* to, size_t bytes, std::function<void(char*)> fill, cudaEvent_t after = nullptr);
  void add(Arrival& arrival, const Matrix& matrix, void* data, void* scales, cudaEvent_t after = nullptr);
  void wait(Arrival& arrival);

 private:
  struct Slab {
    Arrival* arrival;
    void* to;
    size_t bytes;
    std::function<void(char*)> fill;
    cudaEvent_t after;
  };
  struct Reader;

  void read();

  const CudaMemory& memory_;
  const size_t slab_, most_readers_, most_queued_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Slab> queue_;  // under the mutex, like all of this
  size_t busy_ = 0;
  bool ended_ = false;
  Arrival all_;
  std::vector<std::thread> readers_;
};

}  // namespace wisecrack::cuda
