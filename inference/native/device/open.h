#pragma once
#include <memory>
#include <stdexcept>

#include "device/device.h"

namespace wisecrack {

enum class DeviceKind { Auto, Cpu, Cuda };

/// The wanted device is not there, or cannot do the model.
class DeviceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Opens a device for a model of this shape. Auto takes the first CUDA card where there is one that can do it, else the processor with
/// `threads` threads (>= 1). Throws DeviceError for Cuda.
std::unique_ptr<Device> open_device(DeviceKind kind, bool round_activations, int threads, const Shape& shape);

}  // namespace wisecrack
