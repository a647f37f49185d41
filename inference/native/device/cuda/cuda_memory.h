#pragma once
#include <cuda_runtime.h>

#include "device/memory.h"

namespace wisecrack::cuda {

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

  /// Sets bytes.
  void fill(void* to, int byte, size_t bytes);
  /// Memory of the host that copies need not pass through another buffer to leave; `wait` before it is changed.
  void* staging() { return staging_; }
  void upload_staged(void* to, size_t bytes);
  void wait();

  /// Makes this the card of the calling thread.
  void bind() const;

  static constexpr size_t STAGING = size_t{16} << 20;
  cudaStream_t stream() const { return stream_; }

 private:
  int device_;
  cudaStream_t stream_ = nullptr;
  void* staging_ = nullptr;
};

}  // namespace wisecrack::cuda
