#include "device/cuda/probe.h"

#include <dlfcn.h>

#include "device/cuda/library.h"

namespace wisecrack {
namespace {

// The driver's functions that a look around needs (cuda.h: CUresult is an int, 0 is success).
struct Driver {
  int (*init)(unsigned flags);
  int (*version)(int* version);
  int (*count)(int* count);
  int (*name)(char* name, int size, int device);
  int (*attribute)(int* value, int attribute, int device);
  int (*memory)(size_t* bytes, int device);
};

constexpr int COMPUTE_CAPABILITY_MAJOR = 75;  // cuda.h: CUdevice_attribute
constexpr int NEEDED_MAJOR = 8;               // bf16 on tensor cores, asynchronous copies

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
      !load(library, "cuDeviceGetCount", driver.count) || !load(library, "cuDeviceGetName", driver.name) ||
      !load(library, "cuDeviceGetAttribute", driver.attribute) || !load(library, "cuDeviceTotalMem_v2", driver.memory)) {
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
    size_t bytes = 0;
    driver.memory(&bytes, i);
    probe.memory.push_back(bytes);
  }
  int major = 0;
  if (driver.attribute(&major, COMPUTE_CAPABILITY_MAJOR, 0) != 0 || major < NEEDED_MAJOR) {
    probe.reason = "the first card is of compute capability " + std::to_string(major) + ", the kernels need 8.0";
    return probe;
  }
  probe.available = cuda_library(probe.reason) != nullptr;
  return probe;
}

}  // namespace wisecrack
