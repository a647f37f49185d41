#pragma once
// The products of the forward pass, as jobs for skinny.cuh and tiled.cuh. X is bf16, or float when activations are not rounded
// (EXACT).
#include <type_traits>

#include "device/cuda/skinny.cuh"
#include "device/cuda/step.cuh"

namespace wisecrack::cuda {

template <class X>
constexpr bool EXACT = sizeof(X) == 4;

__device__ __forceinline__ void store(float* to, float value) { *to = value; }
__device__ __forceinline__ void store(bf16* to, float value) { *to = narrow(value); }

/// y[slot, rows] = scale * x . w^T, in float32; rounded to bf16 when `round`.
template <class W_, class X_>
struct DenseJob {
  using W = W_;
  using X = X_;
  static constexpr int MATS = 1;
  Weight w;
  const X* x_;
  float* y;
  int inputs, outputs, tiles, count;
  float scale;
  bool round;
  static constexpr int groups = 1;

  __device__ Slots slots(int) const { return {0, count}; }
  __device__ const X* x(int slot) const { return x_ + static_cast<size_t>(slot) * inputs; }
  __device__ const Weight& weight(int, int, int) const { return w; }
  __device__ int row(int tile, int r) const { return tile * TILE_ROWS + r; }
  __device__ void finish(int, int tile, int r, int slot, const float (&v)[1][2]) const {
#pragma unroll
    for (int h = 0; h < 2; h++) {
      const int o = row(tile, r + 8 * h);
      const float sum = v[0][h] * scale;
      if (o < outputs) y[static_cast<size_t>(slot) * outputs + o] = round ? rounded(sum) : sum;
    }
  }
};

/// Queries, keys and values at once, with RoPE, keys and values into their blocks. A tile has eight rows of the lower half of a head
/// and their partners in the upper half, so that a thread turns what it has.
template <class W_, class X_>
struct QkvJob {
  using W = W_;
  using X = X_;
  static constexpr int MATS = 1;
  Weight w[3];  // q, k, v
  const X* x_;
  X* q;         // [rows, q_heads, key_size]
  KvView<X> cache;
  StepView step;
  const float *cosine, *sine;  // [positions, key_size / 2]
  int inputs, tiles, q_tiles, kv_tiles, key_size, count;
  static constexpr int groups = 1;

  __device__ Slots slots(int) const { return {0, count}; }
  __device__ const X* x(int slot) const { return x_ + static_cast<size_t>(slot) * inputs; }
  __device__ int part(int tile) const { return tile < q_tiles ? 0 : tile < q_tiles + kv_tiles ? 1 : 2; }
  __device__ int local(int tile) const { return tile < q_tiles ? tile : (tile - q_tiles) % kv_tiles; }
  __device__ const Weight& weight(int, int, int tile) const { return w[part(tile)]; }
  __device__ int row(int tile, int r) const {
    const int head_tiles = key_size / TILE_ROWS, head = local(tile) / head_tiles, in_head = local(tile) % head_tiles;
    return head * key_size + r / 8 * (key_size / 2) + in_head * 8 + r % 8;
  }
  __device__ void finish(int, int tile, int r, int slot, const float (&v)[1][2]) const {
    const int low = row(tile, r), head = low / key_size, i = low % key_size, half = key_size / 2;
    const int position = step.positions[slot];
    float a = stored<EXACT<X>>(v[0][0]), b = stored<EXACT<X>>(v[0][1]);
    if (part(tile) < 2) {
      const float c = cosine[static_cast<size_t>(position) * half + i], s = sine[static_cast<size_t>(position) * half + i];
      const float turned = a * c - b * s;
      b = b * c + a * s;
      a = turned;
    }
    X* to = part(tile) == 0 ? q + static_cast<size_t>(slot) * q_tiles * TILE_ROWS + head * key_size
                            : cache.at(part(tile) == 1 ? cache.k : cache.v, step.block(slot, position), head, position);
    store(to + i, a);
    store(to + i + half, b);
  }
};

constexpr int MAX_EXPERTS = 16;

/// Where the router has sent the tokens: slots sorted by expert.
struct Routed {
  const int32_t* begin;   // [experts + 1]
  const int32_t* source;  // [slots]: the slot's row
  __device__ Slots slots(int expert) const { return {begin[expert], begin[expert + 1] - begin[expert]}; }
};

/// y[slot, ffn] = gelu(x[source] . gate^T) * (x[source] . up^T).
template <class W_, class X_>
struct UpJob {
  using W = W_;
  using X = X_;
  static constexpr int MATS = 2;
  Weight w[MAX_EXPERTS][2];
  const X* x_;
  X* y;
  Routed routed;
  int inputs, outputs, tiles, groups;

  __device__ Slots slots(int group) const { return routed.slots(group); }
  __device__ const X* x(int slot) const { return x_ + static_cast<size_t>(routed.source[slot]) * inputs; }
  __device__ const Weight& weight(int group, int mat, int) const { return w[group][mat]; }
  __device__ int row(int tile, int r) const { return tile * TILE_ROWS + r; }
  __device__ void finish(int, int tile, int r, int slot, const float (&v)[2][2]) const {
#pragma unroll
    for (int h = 0; h < 2; h++) finish_one(row(tile, r + 8 * h), slot, v[0][h], v[1][h]);
  }
  __device__ void finish_one(int o, int slot, float gate, float up) const {
    gate = stored<EXACT<X>>(gate);
    up = stored<EXACT<X>>(up);
    const float gelu = 0.5f * gate * (1 + tanhf(0.7978845608028654f * (gate + 0.044715f * gate * gate * gate)));
    if (o < outputs) store(y + static_cast<size_t>(slot) * outputs + o, stored<EXACT<X>>(gelu) * up);
  }
};

/// y[slot, emb] = x . down^T, in float32; rounded as the reference's array is when `round`.
template <class W_, class X_>
struct DownJob {
  using W = W_;
  using X = X_;
  static constexpr int MATS = 1;
  Weight w[MAX_EXPERTS];
  const X* x_;
  float* y;
  Routed routed;
  int inputs, outputs, tiles, groups;
  bool round;

  __device__ Slots slots(int group) const { return routed.slots(group); }
  __device__ const X* x(int slot) const { return x_ + static_cast<size_t>(slot) * inputs; }
  __device__ const Weight& weight(int group, int, int) const { return w[group]; }
  __device__ int row(int tile, int r) const { return tile * TILE_ROWS + r; }
  __device__ void finish(int, int tile, int r, int slot, const float (&v)[1][2]) const {
#pragma unroll
    for (int h = 0; h < 2; h++) {
      const int o = row(tile, r + 8 * h);
      if (o < outputs) y[static_cast<size_t>(slot) * outputs + o] = round ? stored<EXACT<X>>(v[0][h]) : v[0][h];
    }
  }
};

}  // namespace wisecrack::cuda
