#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace wisecrack {

/// What there is of CUDA, and why it is not used.
struct CudaProbe {
  bool available = false;
  std::string reason;
  std::string driver;  ///< the CUDA version that the driver supports, "12.4"; empty without a driver
  std::vector<std::string> devices;
  std::vector<size_t> memory;  ///< bytes that each has
};

/// Asks the driver library, without linking against it. Never throws for a missing or broken driver.
CudaProbe probe_cuda();

}  // namespace wisecrack
