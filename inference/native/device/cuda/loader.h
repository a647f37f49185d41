#pragma once
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "device/cuda/cuda_memory.h"

namespace wisecrack::cuda {

/// Brings weights to a card: readers fill pinned buffers, a thread each, while a stream of its own copies those that are full. So disk,
/// processor and bus work at once. One thread at a time calls it; that thread alone speaks to CUDA.
class WeightLoader {
 public:
  static constexpr size_t SLAB = size_t{64} << 20, BUFFERS = 3;

  /// `slab`: bytes of a buffer.
  explicit WeightLoader(const CudaMemory& memory, size_t slab = SLAB);
  ~WeightLoader();
  WeightLoader(const WeightLoader&) = delete;
  WeightLoader& operator=(const WeightLoader&) = delete;

  size_t slab() const { return slab_; }

  /// Copies what `fill` writes to its argument, at most a slab, to `to` (device). Returns before that has happened; what `fill` reads
  /// must stay until finish(). Throws CudaError, and what an earlier `fill` has thrown.
  void add(void* to, size_t bytes, std::function<void(char*)> fill);

  /// Waits until all is there. Throws as add() does.
  void finish();

 private:
  struct Buffer;
  void ship(Buffer& buffer);

  const size_t slab_;
  cudaStream_t stream_ = nullptr;
  std::vector<std::unique_ptr<Buffer>> buffers_;
  size_t next_ = 0;
};

}  // namespace wisecrack::cuda
