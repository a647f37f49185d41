// The small files of this folder as one: reading their headers takes longer than compiling them, above all for nvcc, which reads them
// several times for each architecture.
#include "device/cuda/cuda_device.cu"
#include "device/cuda/cuda_memory.cu"
#include "device/cuda/export.cu"
#include "device/cuda/graphs.cu"
#include "device/cuda/load.cu"
#include "device/cuda/loader.cu"
#include "device/cuda/logits.cu"
#include "device/cuda/offloaded_experts.cu"
#include "device/cuda/peers.cu"
#include "device/cuda/rows.cu"
#include "device/cuda/work.cu"
