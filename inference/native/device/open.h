#pragma once
#include <memory>
#include <stdexcept>
#include <vector>

#include "device/device.h"

namespace wisecrack {

enum class DeviceKind { Auto, Cpu, Cuda };

/// The wanted device is not there, or cannot do the model.
class DeviceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One device, or a team.
using Devices = std::vector<std::unique_ptr<Device>>;

/// The same for those who do not own them.
std::vector<Device*> pointers(const Devices& devices);

/// Opens the devices for a model of this shape that is split into `shards`. Auto takes CUDA cards where there are as many that can do it, else
/// the processor, whose `threads` (>= 1) the shards share. Throws DeviceError for Cuda.
Devices open_devices(DeviceKind kind, bool round_activations, int threads, const Shape& shape, size_t shards);

}  // namespace wisecrack
