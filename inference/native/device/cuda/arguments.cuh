#pragma once
// What the host's types are as arguments of kernels.
#include <climits>
#include <stdexcept>

#include "device/cuda/step.cuh"
#include "device/cuda/operand.cuh"
#include "device/device.h"

namespace wisecrack::cuda {

inline int whole(size_t n) { return static_cast<int>(n); }
inline int tiles_of(size_t rows) { return whole((rows + TILE_ROWS - 1) / TILE_ROWS); }

/// A loaded matrix as kernels see it (layout.h).
inline Weight weight_of(const Matrix& m) {
  const int chunks = whole((m.cols + CHUNK - 1) / CHUNK);
  const int group_chunks = m.groups > 1 ? whole(m.cols / m.groups / CHUNK) : INT_MAX;
  return {m.data, static_cast<const bf16*>(m.scales), chunks * CHUNK, tiles_of(m.rows) * TILE_ROWS, group_chunks};
}

/// Calls work(W{}, X{}) with the types of weights and activations.
template <class Work>
void by_types(DType dtype, bool round_activations, const Work& work) {
  const auto with = [&](auto w) { round_activations ? work(w, bf16{}) : work(w, float{}); };
  switch (dtype) {
    case DType::F32: return with(float{});
    case DType::BF16: return with(bf16{});
    case DType::I8: return with(int8_t{});
  }
}

/// An array of activations by its real type.
template <class X>
const X* as(const float* x) {
  return reinterpret_cast<const X*>(x);
}
template <class X>
X* as(float* x) {
  return reinterpret_cast<X*>(x);
}

static_assert(BLOCK_POSITIONS == KV_BLOCK);
template <class X>
KvView<X> view_of(const KvLayer& cache, size_t key_size) {
  return {reinterpret_cast<X*>(cache.k), reinterpret_cast<X*>(cache.v), cache.stride / sizeof(X), whole(key_size)};
}

inline void same_type(const Matrix& a, const Matrix& b) {
  if (a.dtype != b.dtype) throw std::runtime_error("matrices that are read together must have one type of weights");
}

}  // namespace wisecrack::cuda
