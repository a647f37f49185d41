#pragma once
// The CUDA runtime as our host code uses it. Streams run at once: a launch has ended when it returns.
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "emulator/memory.h"
#include "emulator/turn.h"

using cudaError_t = int;
constexpr cudaError_t cudaSuccess = 0, cudaErrorMemoryAllocation = 2, cudaErrorPeerAccessAlreadyEnabled = 704;
using cudaStream_t = void*;
enum cudaMemcpyKind { cudaMemcpyHostToDevice = 1, cudaMemcpyDeviceToHost = 2, cudaMemcpyDeviceToDevice = 3 };
struct cudaDeviceProp {
  char name[256] = "emulated device";
  int major = 9, minor = 0, multiProcessorCount = 4;
};

namespace simt {
/// Bytes that an emulated device has.
inline size_t& device_memory() {
  static size_t bytes = size_t{1} << 30;
  return bytes;
}
constexpr int DEVICES = 8;
}  // namespace simt

inline const char* cudaGetErrorString(cudaError_t error) { return error == cudaSuccess ? "no error" : "out of memory"; }
inline cudaError_t cudaGetLastError() { return cudaSuccess; }
inline cudaError_t cudaGetDeviceCount(int* count) { return *count = simt::DEVICES, cudaSuccess; }
inline cudaError_t cudaSetDevice(int device) { return simt::this_device() = device, cudaSuccess; }
inline cudaError_t cudaDeviceCanAccessPeer(int* can, int, int) { return *can = 1, cudaSuccess; }
inline cudaError_t cudaDeviceEnablePeerAccess(int, unsigned) { return cudaSuccess; }
inline cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int) { return *properties = {}, cudaSuccess; }
inline cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  *total = simt::device_memory();
  *free = *total - std::min(*total, simt::allocated());
  return cudaSuccess;
}
inline cudaError_t cudaMalloc(void** memory, size_t bytes) {
  if (simt::allocated() + bytes > simt::device_memory()) return cudaErrorMemoryAllocation;
  return *memory = simt::allocate(bytes), cudaSuccess;
}
inline cudaError_t cudaFree(void* memory) { return simt::release(memory), cudaSuccess; }
inline cudaError_t cudaMallocHost(void** memory, size_t bytes) {
  *memory = std::malloc(bytes);
  return *memory ? cudaSuccess : cudaErrorMemoryAllocation;
}
inline cudaError_t cudaFreeHost(void* memory) { return std::free(memory), cudaSuccess; }
inline cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind, cudaStream_t) {
  const simt::Turn turn;
  return std::memmove(to, from, bytes), cudaSuccess;
}
inline cudaError_t cudaMemsetAsync(void* to, int value, size_t bytes, cudaStream_t) {
  const simt::Turn turn;
  return std::memset(to, value, bytes), cudaSuccess;
}
inline cudaError_t cudaStreamCreate(cudaStream_t* stream) { return *stream = nullptr, cudaSuccess; }
inline cudaError_t cudaStreamDestroy(cudaStream_t) { return cudaSuccess; }
inline cudaError_t cudaStreamSynchronize(cudaStream_t) { return cudaSuccess; }
