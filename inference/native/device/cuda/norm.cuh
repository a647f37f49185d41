#pragma once
// RMSNorm, alone and between two sublayers together with the residual stream. One block a row; a row's sums are built the same way
// whatever the batch.
#include "device/cuda/jobs.cuh"

namespace wisecrack::cuda {

constexpr int NORM_THREADS = 256;

struct NormShared {
  float part[NORM_THREADS / WARP];
};

__device__ __forceinline__ float block_sum(NormShared& shared, float value) {
  value = warp_sum(value);
  __syncthreads();  // the sum before this one has been read
  if (threadIdx.x % WARP == 0) shared.part[threadIdx.x / WARP] = value;
  __syncthreads();
  float sum = 0;
#pragma unroll
  for (int w = 0; w < NORM_THREADS / WARP; w++) sum += shared.part[w];
  return sum;
}

/// 1 / sqrt(mean + eps) as model.py: RMSNorm has it.
__device__ __forceinline__ float inverse_rms(float sum_squares, int n, float eps) {
  return 1.0f / sqrtf(sum_squares / static_cast<float>(n) + eps);
}

/// x[r] = norm(h[index ? index[r] : r]) * scale
template <class X>
__global__ void __launch_bounds__(NORM_THREADS) norm(const float* h, const int32_t* index, const float* scale, int n, float eps, X* x) {
  auto& shared = shared_memory<NormShared>();
  const int row = blockIdx.x;
  const float* from = h + static_cast<size_t>(index ? index[row] : row) * n;
  float sum = 0;
  for (int i = threadIdx.x; i < n; i += NORM_THREADS) sum += from[i] * from[i];
  const float factor = inverse_rms(block_sum(shared, sum), n, eps);
  for (int i = threadIdx.x; i < n; i += NORM_THREADS) store(x + static_cast<size_t>(row) * n + i, from[i] * factor * scale[i]);
}

/// What a sublayer has given: [rows, n], or the experts' outputs [slots, n] with their gates.
struct Outcome {
  const float* y;
  const int32_t* place;   // [rows, selected]; null when y is a row's own
  const int32_t* chosen;  // [rows, selected]
  const float* probs;     // [rows, experts]
  int experts, selected;
};

__device__ __forceinline__ float combined(const Outcome& o, int row, int n, int i) {
  float sum = 0;
  for (int j = 0; j < o.selected; j++) {
    const int slot = row * o.selected + j;
    sum += o.probs[row * o.experts + o.chosen[slot]] * o.y[static_cast<size_t>(o.place[slot]) * n + i];
  }
  return sum;
}

template <bool EXACT_>
__device__ __forceinline__ float outcome_at(const Outcome& o, int row, int n, int i) {
  return o.place ? stored<EXACT_>(combined(o, row, n, i)) : o.y[static_cast<size_t>(row) * n + i];
}

/// h += norm(outcome) * post; then x = norm(h) * next, when there is a next.
template <class X>
__global__ void __launch_bounds__(NORM_THREADS) sandwich(const __grid_constant__ Outcome outcome, const float* post, float* h,
                                                         const float* next, int n, float eps, X* x) {
  auto& shared = shared_memory<NormShared>();
  const int row = blockIdx.x;
  float* own = h + static_cast<size_t>(row) * n;
  float sum = 0;
  for (int i = threadIdx.x; i < n; i += NORM_THREADS) {
    const float y = outcome_at<EXACT<X>>(outcome, row, n, i);
    sum += y * y;
  }
  const float factor = inverse_rms(block_sum(shared, sum), n, eps);
  float squares = 0;
  for (int i = threadIdx.x; i < n; i += NORM_THREADS) {
    const float y = outcome_at<EXACT<X>>(outcome, row, n, i);
    const float value = stored<EXACT<X>>(own[i] + stored<EXACT<X>>(y * factor * post[i]));
    own[i] = value;
    squares += value * value;
  }
  if (!next) return;
  const float again = inverse_rms(block_sum(shared, squares), n, eps);
  for (int i = threadIdx.x; i < n; i += NORM_THREADS) store(x + static_cast<size_t>(row) * n + i, own[i] * again * next[i]);
}

/// h[row] = table[token - first] * scale; 0 for tokens that are not among the table's `count`
template <class W, class X>
__global__ void __launch_bounds__(NORM_THREADS) embed(const __grid_constant__ Weight table, const int32_t* tokens, int first, int count, int n,
                                                      float scale, float* h) {
  const int row = blockIdx.x, token = tokens[row] - first;
  if (token < 0 || token >= count) {
    for (int i = threadIdx.x; i < n; i += NORM_THREADS) h[static_cast<size_t>(row) * n + i] = 0;
    return;
  }
  const W* from = static_cast<const W*>(table.data) + static_cast<size_t>(token) * table.pitch;
  for (int i = threadIdx.x; i < n; i += NORM_THREADS) {
    float value;
    if constexpr (sizeof(W) == 4) value = from[i];
    else if constexpr (sizeof(W) == 2) value = widen(from[i]);
    else
      value = rounded(static_cast<float>(from[i]) *
                      widen(table.scales[static_cast<size_t>(i / CHUNK / table.group_chunks) * table.rows + token]));
    h[static_cast<size_t>(row) * n + i] = stored<EXACT<X>>(value * scale);
  }
}

}  // namespace wisecrack::cuda
