// What libkern_cuda.so shows to library.cpp.
#include "device/cuda/cuda_device.h"
#include "device/cuda/library.h"

extern "C" __attribute__((visibility("default"))) const wisecrack::CudaLibrary* wisecrack_cuda() {
  static const wisecrack::CudaLibrary library{
      [](bool round_activations, int device, const wisecrack::Member& member) -> wisecrack::Device* {
        return new wisecrack::cuda::CudaDevice(round_activations, device, wisecrack::cuda::Way::Auto, member);
      },
      wisecrack::cuda::Peers::refusal,
      wisecrack::cuda::CudaDevice::refusal};
  return &library;
}
