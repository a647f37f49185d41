#pragma once
#include <cuda_runtime.h>

#include <new>

#include "device/memory.h"

namespace wisecrack::cuda {

/// Numbers in the host's memory that copies from the card go to without a detour.
template <class T>
class Pinned {
 public:
  Pinned() = default;
  ~Pinned() { cudaFreeHost(data_); }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

  /// Room for n; contents are lost when it grows. Throws std::bad_alloc.
  void at_least(size_t n) {
    if (n <= size_) return;
    cudaFreeHost(data_);
    data_ = nullptr;
    size_ = 0;
    void* data = nullptr;
    if (cudaMallocHost(&data, n * sizeof(T)) != cudaSuccess) throw std::bad_alloc();
    data_ = static_cast<T*>(data);
    size_ = n;
  }
  T* data() { return data_; }
  size_t size() const { return size_; }

 private:
  T* data_ = nullptr;
  size_t size_ = 0;
};

/// A card's memory, and the stream in whose order copies and kernels run. Throws CudaError.
class CudaMemory final : public Memory {
 public:
  explicit CudaMemory(int device);
  ~CudaMemory() override;
  CudaMemory(const CudaMemory&) = delete;
  CudaMemory& operator=(const CudaMemory&) = delete;

  void* allocate(size_t bytes) override;
  void release(void* data, size_t bytes) override;
  void upload(void* to, const void* from, size_t bytes) override;
  void download(void* to, const void* from, size_t bytes) override;
  void copy(void* to, const void* from, size_t bytes) override;
  size_t available() const override;
  size_t total() const override;

  /// Sets bytes.
  void fill(void* to, int byte, size_t bytes);
  /// Until all that the stream was given has been done.
  void wait();

  /// Makes this the card of the calling thread.
  void bind() const;

  cudaStream_t stream() const { return stream_; }

 private:
  struct Room {
    size_t available = 0, total = 0;
  };
  Room room() const;

  static constexpr size_t STAGING = size_t{4} << 20;

  int device_;
  cudaStream_t stream_ = nullptr;
  Pinned<char> staging_;  // what is uploaded goes through it
};

}  // namespace wisecrack::cuda
