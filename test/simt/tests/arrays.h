#pragma once
// Arrays in the device's memory, noise, and comparisons. The tests that use it run on the emulator and on a card.
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "device/bf16.h"
#include "device/cuda/cuda_memory.h"

/// Another order of threads, where there is a choice.
inline void set_seed(uint64_t seed) {
#ifdef __CUDACC__
  static_cast<void>(seed);
#else
  simt::set_seed(seed);
#endif
}

/// Bytes that weights were read in while `work` ran; `wanted` on a card, which does not count.
template <class Work>
uint64_t streamed_by(const Work& work, uint64_t wanted) {
#ifdef __CUDACC__
  work();
  return wanted;
#else
  static_cast<void>(wanted);
  const uint64_t before = simt::counters().streamed;
  work();
  return simt::counters().streamed - before;
#endif
}

/// Graphs that were started so far; `wanted` on a card, which does not count.
inline uint64_t replays_of_graphs(uint64_t wanted = 0) {
#ifdef __CUDACC__
  return wanted;
#else
  static_cast<void>(wanted);
  return simt::counters().replays;
#endif
}

/// Kernels and copies run as late as they may, while this lives; a card does as it likes.
struct Late {
  Late() { set(true); }
  ~Late() { set(false); }
  Late(const Late&) = delete;

 private:
  static void set(bool late) {
#ifdef __CUDACC__
    static_cast<void>(late);
#else
    simt::everything_late() = late;
#endif
  }
};

/// Device memory with contents, NaN where there are none.
template <class T>
struct There {
  wisecrack::cuda::CudaMemory& memory;
  T* p;
  size_t n;

  There(wisecrack::cuda::CudaMemory& memory, size_t n) : memory(memory), p(static_cast<T*>(memory.allocate(n * sizeof(T)))), n(n) {
    memory.fill(p, 0xFF, n * sizeof(T));
  }
  There(wisecrack::cuda::CudaMemory& memory, const std::vector<T>& values) : There(memory, values.size()) {
    memory.upload(p, values.data(), n * sizeof(T));
  }
  ~There() { memory.release(p, n * sizeof(T)); }
  There(const There&) = delete;
  There& operator=(const There&) = delete;
  std::vector<T> get() const {
    std::vector<T> values(n);
    memory.download(values.data(), p, n * sizeof(T));
    return values;
  }
};

inline std::vector<float> noise(size_t n, unsigned seed, float size = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, size);
  std::vector<float> out(n);
  for (float& x : out) x = normal(random);
  return out;
}

inline std::vector<uint16_t> halves(const std::vector<float>& values) {
  std::vector<uint16_t> out;
  for (const float v : values) out.push_back(wisecrack::to_bf16(v));
  return out;
}
inline std::vector<float> rounded(std::vector<float> values) {
  for (float& v : values) v = wisecrack::round_bf16(v);
  return values;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

/// max |a - b| / max |b|; infinite when a holds a NaN.
inline double distance(const std::vector<float>& a, const std::vector<float>& b) {
  double difference = a.size() == b.size() ? 0 : INFINITY, size = 1e-30;
  for (size_t i = 0; i < a.size(); i++) {
    const double d = std::abs(double{a[i]} - b[i]);
    difference = std::isnan(d) ? INFINITY : std::max(difference, d);
    size = std::max(size, std::abs(double{b[i]}));
  }
  return difference / size;
}
