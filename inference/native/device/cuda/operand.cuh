#pragma once
// How a lane holds its part of a row for the tensor cores.
//
// A product goes through its inputs in chunks of 64. Of each row of a chunk lane 4g + t holds inputs 16t .. 16t + 15: neighbouring
// lanes read whole lines in 16-byte loads, and int8, bf16 and float32 are cut the same way. A chunk is four mma steps; step j takes
// each lane's inputs 4j .. 4j + 3. Weights and activations are permuted alike, so the sum is the right one, and every kernel adds
// it up in the same order: results do not depend on which kernel a batch's size picks, and int8 gives what its bf16 product gives.
#include "device/cuda/intrinsics.cuh"

namespace wisecrack::cuda {

constexpr int CHUNK = 64;      // inputs
constexpr int CHUNK_LANE = 16; // inputs of a chunk that a lane holds
constexpr int CHUNK_STEPS = 4; // mma steps
constexpr int TILE_ROWS = 16;  // weight rows of one mma

/// The inputs are added up in so many runs of chunks, one after another, whose sums are then added up in order.
constexpr int SEGMENTS = 8;
__device__ __forceinline__ int segment_begin(int segment, int chunks) { return segment * chunks / SEGMENTS; }

/// A matrix on the device: rows of `pitch` elements, a multiple of CHUNK; a multiple of TILE_ROWS rows; zeros outside of the matrix.
struct Weight {
  const void* data;
  const bf16* scales;  // int8: [groups, rows]
  int pitch;
  int rows;
  int group_chunks;    // chunks that have a scale in common
};

/// Inputs 16t .. 16t + 15 of one row, as they lie in memory.
template <class T>
struct Run {
  uint32_t word[CHUNK_LANE * sizeof(T) / 4];
};

/// float32 values go through the tensor cores as three bf16 values whose sum they are.
template <class T>
constexpr int PLANES = sizeof(T) == 4 ? 3 : 1;

/// 16-byte pieces of a run.
template <class T>
constexpr int PIECES = sizeof(T);

__device__ __forceinline__ void put(uint32_t* words, uint4 v) {
  words[0] = v.x;
  words[1] = v.y;
  words[2] = v.z;
  words[3] = v.w;
}

/// Value of a byte of `word`, as an int8. Two instructions; a conversion would run at a quarter of their rate.
__device__ __forceinline__ float widen_byte(uint32_t word, int byte) {
#ifdef __CUDACC__
  const uint32_t bits = __byte_perm(word ^ 0x80808080, 0x4B000000, 0x7440 | byte);
#else
  const uint32_t bits = 0x4B000000 | ((word ^ 0x80808080) >> (8 * byte) & 0xFF);
#endif
  return __uint_as_float(bits) - 8388736.0f;  // 2^23 + 128
}

/// bf16 plane `plane` of a float: what the planes before have left, rounded.
__device__ __forceinline__ float plane_of(float value, int plane) {
  for (int p = 0; p < plane; p++) value -= rounded(value);
  return value;
}

/// Inputs 2i, 2i + 1 of a run as bf16. An int8 weight is its product with the scale, rounded once, as xAI's is.
template <int PLANE>
__device__ __forceinline__ uint32_t pair_of(const Run<bf16>& run, int i, float) {
  return run.word[i];
}
template <int PLANE>
__device__ __forceinline__ uint32_t pair_of(const Run<int8_t>& run, int i, float scale) {
  const uint32_t word = run.word[i / 2];
  const int byte = i % 2 * 2;
  return pack_bf16(widen_byte(word, byte) * scale, widen_byte(word, byte + 1) * scale);
}
template <int PLANE>
__device__ __forceinline__ uint32_t pair_of(const Run<float>& run, int i, float) {
  return pack_bf16(plane_of(__uint_as_float(run.word[2 * i]), PLANE), plane_of(__uint_as_float(run.word[2 * i + 1]), PLANE));
}

/// Two weight rows (g and g + 8) as the tensor cores want them for one step.
template <int PLANE, class W>
__device__ __forceinline__ void weights_of_step(uint32_t (&a)[4], const Run<W>& w0, const Run<W>& w1, int step, float scale0, float scale1) {
  a[0] = pair_of<PLANE>(w0, 2 * step, scale0);
  a[1] = pair_of<PLANE>(w1, 2 * step, scale1);
  a[2] = pair_of<PLANE>(w0, 2 * step + 1, scale0);
  a[3] = pair_of<PLANE>(w1, 2 * step + 1, scale1);
}

/// d += one mma step of two weight rows and an activation row.
template <int PW, int PX, class W, class X>
__device__ __forceinline__ void multiply_planes(float (&d)[4], const Run<W>& w0, const Run<W>& w1, const Run<X>& x, int step,
                                                float scale0, float scale1) {
  uint32_t a[4];
  weights_of_step<PW>(a, w0, w1, step, scale0, scale1);
  const uint32_t b[2] = {pair_of<PX>(x, 2 * step, 1), pair_of<PX>(x, 2 * step + 1, 1)};
  mma(d, a, b);
}

/// All planes whose product a float32 sum can notice.
template <class W, class X>
__device__ __forceinline__ void multiply(float (&d)[4], const Run<W>& w0, const Run<W>& w1, const Run<X>& x, int step, float scale0,
                                         float scale1) {
  multiply_planes<0, 0>(d, w0, w1, x, step, scale0, scale1);
  if constexpr (PLANES<X> > 1) {
    multiply_planes<0, 1>(d, w0, w1, x, step, scale0, scale1);
    multiply_planes<0, 2>(d, w0, w1, x, step, scale0, scale1);
  }
  if constexpr (PLANES<W> > 1) {
    multiply_planes<1, 0>(d, w0, w1, x, step, scale0, scale1);
    multiply_planes<2, 0>(d, w0, w1, x, step, scale0, scale1);
  }
  if constexpr (PLANES<W> > 1 && PLANES<X> > 1) multiply_planes<1, 1>(d, w0, w1, x, step, scale0, scale1);
}

}  // namespace wisecrack::cuda
