#pragma once
// The CUDA runtime as our host code uses it (stream.h says when things happen).
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "emulator/memory.h"
#include "emulator/stream.h"
#include "emulator/turn.h"

using cudaError_t = int;
constexpr cudaError_t cudaSuccess = 0, cudaErrorMemoryAllocation = 2, cudaErrorIllegalAddress = 700, cudaErrorPeerAccessAlreadyEnabled = 704,
                      cudaErrorStreamCaptureUnsupported = 900;
using cudaStream_t = simt::Stream*;
using cudaGraph_t = simt::Graph*;
using cudaGraphExec_t = simt::Graph*;
struct simtEvent {
  cudaStream_t stream = nullptr;
  uint64_t place = 0;
  std::chrono::steady_clock::time_point at{};  // the host's: the emulator has no other
};
using cudaEvent_t = simtEvent*;
enum cudaMemcpyKind { cudaMemcpyHostToDevice = 1, cudaMemcpyDeviceToHost = 2, cudaMemcpyDeviceToDevice = 3 };
enum cudaStreamCaptureMode { cudaStreamCaptureModeGlobal = 0, cudaStreamCaptureModeThreadLocal = 1, cudaStreamCaptureModeRelaxed = 2 };
constexpr unsigned cudaEventDisableTiming = 2;
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

inline const char* cudaGetErrorString(cudaError_t error) {
  switch (error) {
    case cudaSuccess: return "no error";
    case cudaErrorMemoryAllocation: return "out of memory";
    case cudaErrorIllegalAddress: return "an illegal memory access was encountered";
    default: return "operation not permitted when stream is capturing";
  }
}
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
  if (simt::records()) return cudaErrorStreamCaptureUnsupported;
  if (simt::allocated() + bytes > simt::device_memory()) return cudaErrorMemoryAllocation;
  return *memory = simt::allocate(bytes), cudaSuccess;
}
inline cudaError_t cudaFree(void* memory) {
  if (simt::records()) return cudaErrorStreamCaptureUnsupported;
  simt::settle_all();
  return simt::release(memory), cudaSuccess;
}
inline cudaError_t cudaMallocHost(void** memory, size_t bytes) {
  if (simt::records()) return cudaErrorStreamCaptureUnsupported;
  *memory = std::malloc(bytes);
  return *memory ? cudaSuccess : cudaErrorMemoryAllocation;
}
inline cudaError_t cudaFreeHost(void* memory) {
  simt::settle_all();
  return std::free(memory), cudaSuccess;
}
inline cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  if (simt::copies_until_failure() >= 0 && simt::copies_until_failure()-- == 0) return cudaErrorIllegalAddress;
  const auto copy = [=] {
    const simt::Turn turn;
    std::memmove(to, from, bytes);
    if (kind == cudaMemcpyHostToDevice) simt::counters().copied_in += bytes;
  };
  if (kind == cudaMemcpyHostToDevice) simt::enqueue_copy_in(stream, copy);
  else simt::enqueue(stream, copy);
  return cudaSuccess;
}
inline cudaError_t cudaMemsetAsync(void* to, int value, size_t bytes, cudaStream_t stream) {
  simt::enqueue(stream, [=] {
    const simt::Turn turn;
    std::memset(to, value, bytes);
  });
  return cudaSuccess;
}
inline cudaError_t cudaStreamCreate(cudaStream_t* stream) { return *stream = simt::make_stream(), cudaSuccess; }
inline cudaError_t cudaStreamDestroy(cudaStream_t stream) { return simt::end_stream(stream), cudaSuccess; }
inline cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  if (stream->recording) return cudaErrorStreamCaptureUnsupported;
  return simt::settle(stream), cudaSuccess;
}

inline cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) { return *event = new simtEvent, cudaSuccess; }
inline cudaError_t cudaEventCreate(cudaEvent_t* event) { return cudaEventCreateWithFlags(event, 0); }
inline cudaError_t cudaEventDestroy(cudaEvent_t event) { return delete event, cudaSuccess; }
inline cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  const simt::Turn turn;
  event->stream = stream;
  event->place = stream->asked();
  event->at = std::chrono::steady_clock::now();
  return cudaSuccess;
}
inline cudaError_t cudaEventElapsedTime(float* ms, cudaEvent_t begin, cudaEvent_t end) {
  return *ms = std::chrono::duration<float, std::milli>(end->at - begin->at).count(), cudaSuccess;
}
inline cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  if (event->stream) simt::settle(event->stream, event->place);
  return cudaSuccess;
}
inline cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  const simt::Turn turn;
  if (event->stream) simt::enqueue(stream, [from = event->stream, place = event->place] { simt::settle(from, place); });
  return cudaSuccess;
}

inline cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  simt::settle(stream);
  return stream->recording = new simt::Graph, cudaSuccess;
}
inline cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  *graph = stream->recording;
  stream->recording = nullptr;
  return cudaSuccess;
}
inline cudaError_t cudaGraphInstantiate(cudaGraphExec_t* made, cudaGraph_t graph, unsigned long long) {
  return *made = new simt::Graph(*graph), cudaSuccess;
}
inline cudaError_t cudaGraphLaunch(cudaGraphExec_t graph, cudaStream_t stream) {
  simt::counters().replays++;
  for (const auto& node : graph->nodes) simt::enqueue(stream, node);
  return cudaSuccess;
}
inline cudaError_t cudaGraphDestroy(cudaGraph_t graph) { return delete graph, cudaSuccess; }
inline cudaError_t cudaGraphExecDestroy(cudaGraphExec_t graph) { return delete graph, cudaSuccess; }
