#include "device/open.h"

#include <algorithm>

#include "device/cpu/cpu_device.h"
#include "device/cuda/library.h"
#include "device/cuda/probe.h"

namespace wisecrack {
namespace {

Devices open_cuda(bool round_activations, const Shape& shape, size_t shards) {
  const CudaProbe probe = probe_cuda();
  if (!probe.available) throw DeviceError(probe.reason);
  if (probe.devices.size() < shards)
    throw DeviceError("the model is to be shared by " + std::to_string(shards) + " cards, and there are " + std::to_string(probe.devices.size()));
  std::string reason;
  const CudaLibrary* library = cuda_library(reason);
  if (!library) throw DeviceError(reason);
  if (const std::string refusal = library->refusal(shape); !refusal.empty()) throw DeviceError(refusal);
  try {
    if (const std::string refusal = library->team_refusal(static_cast<int>(shards)); !refusal.empty()) throw DeviceError(refusal);
    const auto team = shards > 1 ? std::make_shared<Team>(shards) : nullptr;
    Devices devices;
    for (size_t s = 0; s < shards; s++) devices.emplace_back(library->open(round_activations, static_cast<int>(s), Member{team, s}));
    return devices;
  } catch (const DeviceError&) {
    throw;
  } catch (const std::exception& error) {
    throw DeviceError(error.what());
  }
}

Devices open_cpu(bool round_activations, int threads, size_t shards) {
  const auto count = static_cast<int>(shards);
  const auto team = shards > 1 ? std::make_shared<Team>(shards) : nullptr;
  Devices devices;
  for (int s = 0; s < count; s++) {
    const int own = std::max(threads * (s + 1) / count - threads * s / count, 1);
    devices.push_back(std::make_unique<CpuDevice>(round_activations, own, best_kernels(), Member{team, static_cast<size_t>(s)}));
  }
  return devices;
}

}  // namespace

std::vector<Device*> pointers(const Devices& devices) {
  std::vector<Device*> all;
  for (const auto& device : devices) all.push_back(device.get());
  return all;
}

Devices open_devices(DeviceKind kind, bool round_activations, int threads, const Shape& shape, size_t shards) {
  try {
    if (kind != DeviceKind::Cpu) return open_cuda(round_activations, shape, shards);
  } catch (const DeviceError&) {
    if (kind == DeviceKind::Cuda) throw;
  }
  return open_cpu(round_activations, threads, shards);
}

}  // namespace wisecrack
