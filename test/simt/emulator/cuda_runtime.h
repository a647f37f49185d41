#pragma once
// Stands in for CUDA's own header when kernels are compiled for the emulator: the words of the language, its built-in functions, and
// the part of the runtime that our host code uses, with ordinary memory as the device's.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <source_location>
#include <type_traits>

#include "emulator/async.h"
#include "emulator/block.h"
#include "emulator/memory.h"
#include "emulator/runtime.h"
#include "emulator/vectors.h"

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __grid_constant__
#define __restrict__ __restrict

#define threadIdx (::simt::current()->index)
#define blockIdx (::simt::block_index())
#define blockDim (::simt::block_size())
#define gridDim (::simt::grid_size())

inline void __syncthreads(std::source_location at = std::source_location::current()) { simt::barrier(at); }

inline void __syncwarp(uint32_t mask = ~0u, std::source_location at = std::source_location::current()) {
  simt::current()->call = {.kind = simt::Collective::Sync, .mask = mask};
  simt::collective(at);
}

template <class T>
T __shfl_sync(uint32_t mask, T value, int lane, std::source_location at = std::source_location::current()) {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 8);
  simt::Collective& call = simt::current()->call;
  call = {.kind = simt::Collective::Exchange, .mask = mask, .source = lane % simt::WARP};
  std::memcpy(&call.in, &value, sizeof value);
  simt::collective(at);
  std::memcpy(&value, &simt::current()->call.out, sizeof value);
  return value;
}
template <class T>
T __shfl_xor_sync(uint32_t mask, T value, int flip, std::source_location at = std::source_location::current()) {
  return __shfl_sync(mask, value, simt::current()->lane ^ flip, at);
}
template <class T>
T __shfl_down_sync(uint32_t mask, T value, int by, std::source_location at = std::source_location::current()) {
  const int lane = simt::current()->lane;
  return __shfl_sync(mask, value, lane + by < simt::WARP ? lane + by : lane, at);
}
inline uint32_t __ballot_sync(uint32_t mask, int vote, std::source_location at = std::source_location::current()) {
  simt::current()->call = {.kind = simt::Collective::Ballot, .mask = mask, .in = vote != 0};
  simt::collective(at);
  return static_cast<uint32_t>(simt::current()->call.out);
}
inline int __any_sync(uint32_t mask, int vote, std::source_location at = std::source_location::current()) {
  return __ballot_sync(mask, vote, at) != 0;
}
inline int __all_sync(uint32_t mask, int vote, std::source_location at = std::source_location::current()) {
  return __ballot_sync(mask, vote, at) == mask;
}

// One thread runs at a time, so plain operations are atomic.
template <class T>
T atomicAdd(T* address, T value) {
  const T old = *address;
  *address += value;
  return old;
}
template <class T>
T atomicMax(T* address, T value) {
  const T old = *address;
  if (value > old) *address = value;
  return old;
}
template <class T>
T atomicExch(T* address, T value) {
  const T old = *address;
  *address = value;
  return old;
}
template <class T>
T atomicCAS(T* address, T expected, T value) {
  const T old = *address;
  if (old == expected) *address = value;
  return old;
}
inline void __threadfence() {}

inline float __uint_as_float(uint32_t bits) {
  float f;
  std::memcpy(&f, &bits, sizeof f);
  return f;
}
inline uint32_t __float_as_uint(float f) {
  uint32_t bits;
  std::memcpy(&bits, &f, sizeof bits);
  return bits;
}
inline int __popc(uint32_t bits) { return __builtin_popcount(bits); }
inline float __fdividef(float a, float b) { return a / b; }
inline float __expf(float x) { return std::exp(x); }
using std::max;
using std::min;
