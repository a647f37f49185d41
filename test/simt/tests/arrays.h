#pragma once
// Arrays in the emulated device's memory, noise, and comparisons.
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "device/bf16.h"
#include "device/cuda/cuda_memory.h"

/// Device memory with contents; red zones around it are looked at when it goes.
template <class T>
struct There {
  wisecrack::cuda::CudaMemory& memory;
  T* p;
  size_t n;

  There(wisecrack::cuda::CudaMemory& memory, size_t n) : memory(memory), p(static_cast<T*>(memory.allocate(n * sizeof(T)))), n(n) {}
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
