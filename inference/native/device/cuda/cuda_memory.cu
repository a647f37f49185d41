#include "device/cuda/cuda_memory.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "device/cuda/launch.h"

namespace wisecrack::cuda {

CudaMemory::CudaMemory(int device) : device_(device) {
  bind();
  demand(cudaStreamCreate(&stream_), "cudaStreamCreate");
  staging_.at_least(STAGING);
}

CudaMemory::~CudaMemory() { cudaStreamDestroy(stream_); }

void CudaMemory::bind() const { demand(cudaSetDevice(device_), "cudaSetDevice"); }

void* CudaMemory::allocate(size_t bytes) {
  if (bytes == 0) return nullptr;
  void* data = nullptr;
  bind();
  if (cudaMalloc(&data, bytes) != cudaSuccess) {
    cudaGetLastError();  // a failed allocation is no broken device
    throw std::bad_alloc();
  }
  return data;
}

void CudaMemory::release(void* data, size_t) {
  cudaStreamSynchronize(stream_);
  cudaFree(data);
}

void CudaMemory::upload(void* to, const void* from, size_t bytes) {
  for (size_t at = 0; at < bytes; at += STAGING) {
    const size_t n = std::min(STAGING, bytes - at);
    wait();
    std::memcpy(staging_.data(), static_cast<const char*>(from) + at, n);
    demand(cudaMemcpyAsync(static_cast<char*>(to) + at, staging_.data(), n, cudaMemcpyHostToDevice, stream_), "copying to the device");
  }
}

void CudaMemory::download(void* to, const void* from, size_t bytes) {
  bind();
  demand(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream_), "copying from the device");
  wait();
}

void CudaMemory::copy(void* to, const void* from, size_t bytes) {
  bind();
  demand(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream_), "copying on the device");
}

void CudaMemory::fill(void* to, int byte, size_t bytes) {
  bind();
  demand(cudaMemsetAsync(to, byte, bytes, stream_), "filling memory");
}

CudaMemory::Room CudaMemory::room() const {
  Room room;
  bind();
  demand(cudaMemGetInfo(&room.available, &room.total), "cudaMemGetInfo");
  return room;
}

size_t CudaMemory::available() const { return room().available; }

size_t CudaMemory::total() const { return room().total; }

void CudaMemory::wait() { demand(cudaStreamSynchronize(stream_), "a kernel"); }

}  // namespace wisecrack::cuda
