#include "device/cuda/library.h"

#include <dlfcn.h>

namespace wisecrack {
namespace {

struct Opened {
  const CudaLibrary* library = nullptr;
  std::string reason;
};

Opened open_library() {
  Dl_info here{};
  if (!dladdr(reinterpret_cast<const void*>(&open_library), &here) || !here.dli_fname) return {nullptr, "the addon does not know where it lies"};
  std::string path = here.dli_fname;
  path = path.substr(0, path.rfind('/') + 1) + "libkern_cuda.so";
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);  // stays open, as the driver does
  if (!handle) return {nullptr, "this build has no CUDA kernels (nvcc was not there when it was made)"};
  const auto get = reinterpret_cast<const CudaLibrary* (*)()>(dlsym(handle, "wisecrack_cuda"));
  if (!get) return {nullptr, path + " is of another version"};
  return {get(), {}};
}

}  // namespace

const CudaLibrary* cuda_library(std::string& reason) {
  static const Opened opened = open_library();
  reason = opened.reason;
  return opened.library;
}

}  // namespace wisecrack
