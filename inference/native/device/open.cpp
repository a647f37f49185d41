#include "device/open.h"

#include "device/cpu/cpu_device.h"
#include "device/cuda/library.h"
#include "device/cuda/probe.h"

namespace wisecrack {
namespace {

std::unique_ptr<Device> open_cuda(bool round_activations, const Shape& shape) {
  const CudaProbe probe = probe_cuda();
  if (!probe.available) throw DeviceError(probe.reason);
  std::string reason;
  const CudaLibrary* library = cuda_library(reason);
  if (!library) throw DeviceError(reason);
  if (const std::string refusal = library->refusal(shape); !refusal.empty()) throw DeviceError(refusal);
  try {
    return std::unique_ptr<Device>(library->open(round_activations, 0));
  } catch (const std::exception& error) {
    throw DeviceError(error.what());
  }
}

}  // namespace

std::unique_ptr<Device> open_device(DeviceKind kind, bool round_activations, int threads, const Shape& shape) {
  try {
    if (kind != DeviceKind::Cpu) return open_cuda(round_activations, shape);
  } catch (const DeviceError&) {
    if (kind == DeviceKind::Cuda) throw;
  }
  return std::make_unique<CpuDevice>(round_activations, threads);
}

}  // namespace wisecrack
