#pragma once
// Attention in float32, for activations that are not rounded: what the others are checked with. One warp has a row's query head; its
// lanes have a position each for the logits, then a few dimensions each for the values.
#include "device/cuda/attention.cuh"

namespace wisecrack::cuda {

struct ExactShared {
  float q[MAX_KEY];
  float weight[WARP];
};

__global__ void __launch_bounds__(WARP) attention_exact(const float* q, const __grid_constant__ KvView<float> cache,
                                                        const __grid_constant__ StepView step, int q_heads, int kv_heads,
                                                        float multiplier, float* y) {
  auto& shared = shared_memory<ExactShared>();
  const int lane = threadIdx.x, row = blockIdx.x, head = blockIdx.y, kv = head / (q_heads / kv_heads), key = cache.key_size;
  const int count = step.positions[row] + 1;
  const size_t at = (static_cast<size_t>(row) * q_heads + head) * key;
  for (int i = lane; i < key; i += WARP) shared.q[i] = q[at + i];
  __syncwarp();
  float acc[MAX_KEY / WARP] = {}, sum = 0;
  for (int first = 0; first < count; first += WARP) {
    const int position = first + lane;
    float weight = 0;
    if (position < count) {
      const float* k = cache.at(cache.k, step.block(row, position), kv, position);
      float dot = 0;
      for (int i = 0; i < key; i++) dot += shared.q[i] * k[i];
      weight = expf(CAP * tanhf(dot * multiplier / CAP));
    }
    sum += weight;
    shared.weight[lane] = weight;
    __syncwarp();
    for (int j = 0; j < WARP && first + j < count; j++) {
      const float* v = cache.at(cache.v, step.block(row, first + j), kv, first + j);
#pragma unroll
      for (int d = 0; d < MAX_KEY / WARP; d++)
        if (lane + d * WARP < key) acc[d] += shared.weight[j] * v[lane + d * WARP];
    }
    __syncwarp();
  }
  sum = warp_sum(sum);
#pragma unroll
  for (int d = 0; d < MAX_KEY / WARP; d++)
    if (lane + d * WARP < key) y[at + lane + d * WARP] = acc[d] / sum;
}

}  // namespace wisecrack::cuda
