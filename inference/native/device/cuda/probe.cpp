#include "device/cuda/probe.h"

#include <dlfcn.h>

namespace wisecrack {
namespace {

// The driver's functions that a look around needs (cuda.h: CUresult is an int, 0 is success).
struct Driver {
  int (*init)(unsigned flags);
  int (*version)(int* version);
  int (*count)(int* count);
  int (*name)(char* name, int size, int device);
};

template <class Function>
bool load(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

}  // namespace

CudaProbe probe_cuda() {
  CudaProbe probe;
  void* library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);  // stays open: drivers do not like to be unloaded
  if (!library) {
    probe.reason = "no CUDA driver (libcuda.so.1 is not installed)";
    return probe;
  }
  Driver driver{};
  if (!load(library, "cuInit", driver.init) || !load(library, "cuDriverGetVersion", driver.version) ||
      !load(library, "cuDeviceGetCount", driver.count) || !load(library, "cuDeviceGetName", driver.name)) {
    probe.reason = "libcuda.so.1 lacks a function";
    return probe;
  }
  int version = 0, count = 0;
  if (const int error = driver.init(0); error != 0) {
    probe.reason = "the CUDA driver does not start (cuInit: error " + std::to_string(error) + ")";
    return probe;
  }
  if (driver.version(&version) == 0) probe.driver = std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
  if (driver.count(&count) != 0 || count == 0) {
    probe.reason = "the CUDA driver finds no device";
    return probe;
  }
  for (int i = 0; i < count; i++) {
    char name[256] = {};
    probe.devices.emplace_back(driver.name(name, sizeof name - 1, i) == 0 ? name : "unknown device");
  }
  probe.reason = "this build has no CUDA kernels yet";
  return probe;
}

}  // namespace wisecrack
