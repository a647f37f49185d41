#pragma once
// A card with random weights on it, a clock, and rows of figures: one JSON object a line.
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "bench/shape.h"
#include "device/cuda/cuda_device.h"
#include "model/kv_pool.h"

namespace bench {

/// A figure beside what bounds it.
struct Row {
  std::string name;
  const char* weights = "-";
  size_t rows = 0;
  double seconds = 0;
  double bytes = 0, flops = 0;  ///< the least that must be read, and computed
  double ratio = 0;             ///< of the limit; 0: of the copy bandwidth
  double bar = 0;               ///< that must be reached; 0: none
};

class Card {
 public:
  explicit Card(const Sizes& sizes);
  ~Card();
  Card(const Card&) = delete;
  Card& operator=(const Card&) = delete;

  cuda::CudaDevice device{true, 0};
  cuda::CudaMemory& memory = device.memory();
  const Sizes sizes;
  double bandwidth = 0;  ///< bytes a second that a copy reads and writes

  /// Random bytes make fair int8 weights, and bf16 ones of a sane size.
  Matrix matrix(DType dtype, size_t rows, size_t cols);
  float* noise(size_t n);
  template <class T>
  T* take(size_t n) {
    return static_cast<T*>(take_bytes(n * sizeof(T)));
  }

  /// Seconds of one call that starts kernels on the stream of `device`, or on another: the median of several, after one that does not count.
  double seconds(const std::function<void()>& work) { return seconds(work, memory.stream()); }
  double seconds(const std::function<void()>& work, cudaStream_t stream);
  void print(const Row& row) const;

 private:
  void* take_bytes(size_t bytes);
  void fill(void* to, size_t bytes, uint32_t seed);

  std::vector<std::pair<void*, size_t>> held_;
};

/// Rows of a step: each the last position of a sequence of its own, or all of one sequence. All see `length` positions at most.
class Rows {
 public:
  Rows(size_t n, size_t length, bool one_sequence);
  void begin(Device& device, bool want_logits = false) const;

 private:
  std::vector<int32_t> tokens_, positions_, wanted_;
  std::vector<std::vector<int32_t>> blocks_;
  std::vector<const int32_t*> tables_;
};

/// How many experts were chosen by anybody.
double distinct(cuda::CudaMemory& memory, const int32_t* chosen, size_t slots);

}  // namespace bench
