#pragma once
// Products of few tokens: bound by the weights' way from memory. Weights go from memory to registers to the tensor cores, each read
// once for up to 8 NT tokens; shared memory only adds up what the warps have.
//
// A block has a tile of 16 weight rows (of each of the job's matrices) and all inputs: warp s has segment s. The grid is
// (tiles, groups). A Job says
//   W, X, MATS          types of weights and activations; matrices that are read together
//   inputs              of each row
//   slots(group)        the tokens of a group (an expert), as a range
//   x(slot)             a token's activations
//   weight(group, mat, tile), row(tile, r)     the matrix and the row in it
//   finish(group, tile, r, slot, v)            v[mat] = outputs of rows r and r + 8 of the tile
#include "device/cuda/operand.cuh"

namespace wisecrack::cuda {

struct Slots {
  int begin, count;
};

constexpr int SKINNY_THREADS = SEGMENTS * WARP;

template <int MATS, int NT>
struct SkinnyShared {
  float part[SEGMENTS][MATS][NT][4][WARP];
};

/// Chunks whose loads are started together: as many as registers hold, up to 8 loads of weights in each thread.
template <class Job, int NT>
constexpr int SKINNY_UNROLL = [] {
  constexpr int SIZE = Job::MATS * sizeof(typename Job::W) * NT * (sizeof(typename Job::X) / 2);
  return SIZE >= 4 ? 1 : 4 / SIZE;
}();
/// Blocks that share a multiprocessor's registers.
template <class Job, int NT>
constexpr int SKINNY_BLOCKS = Job::MATS * NT >= 4 ? 1 : 2;

template <class X>
__device__ __forceinline__ void load_activations(Run<X>& run, const X* x, int k, int inputs, bool live) {
  constexpr int PIECE = 16 / sizeof(X);
#pragma unroll
  for (int p = 0; p < PIECES<X>; p++) {
    const uint4 zero = {0, 0, 0, 0};
    put(run.word + 4 * p, live && k + p * PIECE < inputs ? load16(x + k + p * PIECE) : zero);
  }
}

template <class Job, int NT>
__global__ void __launch_bounds__(SKINNY_THREADS, (SKINNY_BLOCKS<Job, NT>)) skinny(const __grid_constant__ Job job) {
  using W = typename Job::W;
  using X = typename Job::X;
  constexpr int MATS = Job::MATS, UNROLL = SKINNY_UNROLL<Job, NT>;
  auto& shared = shared_memory<SkinnyShared<MATS, NT>>();
  const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP, g = lane / 4, t = lane % 4;
  const int tile = blockIdx.x, group = blockIdx.y;
  const Slots slots = job.slots(group);

  const W* row[MATS][2];
  const bf16* scales[MATS][2];
#pragma unroll
  for (int m = 0; m < MATS; m++) {
    const Weight& w = job.weight(group, m, tile);
#pragma unroll
    for (int h = 0; h < 2; h++) {
      const int r = job.row(tile, g + 8 * h);
      row[m][h] = static_cast<const W*>(w.data) + static_cast<size_t>(r) * w.pitch + CHUNK_LANE * t;
      scales[m][h] = w.scales + r;
    }
  }
  const Weight& w = job.weight(group, 0, tile);
  const int chunks = w.pitch / CHUNK, first = segment_begin(warp, chunks), last = segment_begin(warp + 1, chunks);

  for (int n0 = 0; n0 < slots.count; n0 += 8 * NT) {
    float acc[MATS][NT][4] = {};
    const X* x[NT];
    bool live[NT];
#pragma unroll
    for (int n = 0; n < NT; n++) {
      const int slot = n0 + 8 * n + g;
      live[n] = slot < slots.count;
      x[n] = job.x(slots.begin + (live[n] ? slot : 0));
    }
    for (int begin = first; begin < last; begin += UNROLL) {
      Run<W> wr[UNROLL][MATS][2];
      Run<X> xr[UNROLL][NT];
#pragma unroll
      for (int u = 0; u < UNROLL; u++) {
        if (begin + u >= last) continue;
        const int k = (begin + u) * CHUNK;
#pragma unroll
        for (int m = 0; m < MATS; m++)
#pragma unroll
          for (int h = 0; h < 2; h++)
#pragma unroll
            for (int p = 0; p < PIECES<W>; p++) put(wr[u][m][h].word + 4 * p, load_stream(row[m][h] + k + p * (16 / sizeof(W))));
#pragma unroll
        for (int n = 0; n < NT; n++) load_activations(xr[u][n], x[n], k + CHUNK_LANE * t, job.inputs, live[n]);
      }
#pragma unroll
      for (int u = 0; u < UNROLL; u++) {
        if (begin + u >= last) continue;
#pragma unroll
        for (int m = 0; m < MATS; m++) {
          float scale[2] = {1, 1};
          if constexpr (sizeof(W) == 1) {
            const size_t at = static_cast<size_t>((begin + u) / w.group_chunks) * w.rows;
            scale[0] = widen(scales[m][0][at]);
            scale[1] = widen(scales[m][1][at]);
          }
#pragma unroll
          for (int step = 0; step < CHUNK_STEPS; step++)
#pragma unroll
            for (int n = 0; n < NT; n++) multiply(acc[m][n], wr[u][m][0], wr[u][m][1], xr[u][n], step, scale[0], scale[1]);
        }
      }
    }
#pragma unroll
    for (int m = 0; m < MATS; m++)
#pragma unroll
      for (int n = 0; n < NT; n++)
#pragma unroll
        for (int i = 0; i < 4; i++) shared.part[warp][m][n][i][lane] = acc[m][n][i];
    __syncthreads();
    if (warp < NT) {
      float v[MATS][4] = {};
#pragma unroll
      for (int s = 0; s < SEGMENTS; s++)
#pragma unroll
        for (int m = 0; m < MATS; m++)
#pragma unroll
          for (int i = 0; i < 4; i++) v[m][i] += shared.part[s][m][warp][i][lane];
#pragma unroll
      for (int c = 0; c < 2; c++) {
        const int slot = n0 + 8 * warp + 2 * t + c;
        float rows[MATS][2];
#pragma unroll
        for (int m = 0; m < MATS; m++) {
          rows[m][0] = v[m][c];
          rows[m][1] = v[m][2 + c];
        }
        if (slot < slots.count) job.finish(group, tile, g, slots.begin + slot, rows);
      }
    }
    __syncthreads();
  }
}

}  // namespace wisecrack::cuda
