#pragma once
#include <cuda_runtime.h>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace wisecrack::cuda {

/// Something that the CUDA runtime refused; the message says what was asked.
class CudaError : public std::runtime_error {
 public:
  CudaError(const char* what, cudaError_t error) : std::runtime_error(std::string(what) + ": " + cudaGetErrorString(error)) {}
};

inline void demand(cudaError_t error, const char* what) {
  if (error != cudaSuccess) throw CudaError(what, error);
}

/// Memory of this card that others read and write; the emulator lets nobody else.
inline void show_to_peers(void* data) {
#ifdef __CUDACC__
  static_cast<void>(data);  // peer access is between cards
#else
  simt::share(data);
#endif
}

constexpr size_t DEFAULT_SHARED = 48 << 10;  // what a block may have without asking (CUDA programming guide)

/// Starts kernel(arguments...) on a stream. Throws CudaError.
template <class... Parameters, class... Arguments>
void launch(const char* name, void (*kernel)(Parameters...), dim3 grid, dim3 block, size_t shared, cudaStream_t stream,
            const Arguments&... arguments) {
#ifdef __CUDACC__
  if (shared > DEFAULT_SHARED)
    demand(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(shared)), name);
  kernel<<<grid, block, shared, stream>>>(arguments...);
  demand(cudaGetLastError(), name);
#else
  simt::launch(stream, {name, grid, block, shared}, [=] { kernel(arguments...); });
#endif
}

}  // namespace wisecrack::cuda
