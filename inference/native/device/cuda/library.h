#pragma once
#include <memory>
#include <string>

#include "device/device.h"

namespace wisecrack {

/// What libkern_cuda.so gives; a struct of functions, so that one name is looked up.
struct CudaLibrary {
  /// Throws std::exception for a broken device, std::bad_alloc.
  Device* (*open)(bool round_activations, int device, const Member& member);
  /// Why so many cards cannot share a model; empty when they can. Throws what open throws.
  std::string (*team_refusal)(int count);
  /// Why the kernels cannot do a model of this shape; empty when they can.
  std::string (*refusal)(const Shape& shape);
};

/// The library beside this code, opened once and kept; null with a reason when it is not there or does not load.
const CudaLibrary* cuda_library(std::string& reason);

}  // namespace wisecrack
