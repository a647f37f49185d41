#pragma once
#include "device/cuda/intrinsics.cuh"

namespace wisecrack::cuda {

constexpr int BLOCK_POSITIONS = 16;  // device.h: KV_BLOCK

/// The rows of a step, on the device.
struct StepView {
  const int32_t* tokens;     // [rows]
  const int32_t* positions;  // [rows]
  const int32_t* sequence;   // [rows]: which of the tables is a row's
  const int32_t* tables;     // [sequences, width]
  int width;

  /// The block of a position of a row's sequence.
  __device__ __forceinline__ int block(int row, int position) const {
    return tables[static_cast<size_t>(sequence[row]) * width + position / BLOCK_POSITIONS];
  }
};

/// Keys and values of one layer (device.h: KvLayer), of float or bf16.
template <class X>
struct KvView {
  X *k, *v;
  size_t stride;  // elements from block to block
  int key_size;

  /// A position's vector of one head.
  __device__ __forceinline__ X* at(X* base, int block, int head, int position) const {
    return base + block * stride + static_cast<size_t>(head * BLOCK_POSITIONS + position % BLOCK_POSITIONS) * key_size;
  }
};

}  // namespace wisecrack::cuda
