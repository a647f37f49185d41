#pragma once
// Products of many tokens where four warps drive the tensor cores together (warpgroup.cuh), which mma leaves idle for a good part of the time.
// The same tiles, Jobs and grid as tiled.cuh, and the same bits: a step multiplies the same 16 inputs, and steps and segments follow in
// the same order.
//
// Weights go from shared memory to registers as elsewhere, where int8 is widened; activations are multiplied straight out of shared memory,
// in which a row's inputs stand in the order of steps: the words of a chunk are turned as a matrix of 4 lanes x 8 words is.
#include "device/cuda/tiled.cuh"
#include "device/cuda/warpgroup.cuh"

namespace wisecrack::cuda {

constexpr int WIDE_STAGES = 5, WIDE_WARPS = TILED_THREADS / WARP;
static_assert(WIDE_N == TILED_N && WIDE_WARPS * TILE_ROWS == TILED_M);

template <class W>
struct alignas(1024) WideShared {
  bf16 b[WIDE_STAGES][TILED_N][CHUNK];
  W a[WIDE_STAGES][TILED_M][CHUNK];
  const bf16* x[TILED_N];
};

template <class Job>
__global__ void __launch_bounds__(TILED_THREADS, 1) wide(const __grid_constant__ Job job) {
  if constexpr (HAS_WARPGROUPS) {
    using W = typename Job::W;
    constexpr int MATS = Job::MATS, PER_PIECE = 16 / sizeof(W), W_PIECES = CHUNK / PER_PIECE;
    auto& shared = shared_memory<WideShared<W>>();
    const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP, g = lane / 4, t = lane % 4;
    const Tokens tokens = tokens_of(job);
    if (tokens.slots.count == 0) return;

    // A warp has 16 rows: a tile, or eight rows of a tile from each of two matrices.
    const auto tile_of = [&](int w) { return static_cast<int>(blockIdx.y) * (WIDE_WARPS / MATS) + w / MATS; };
    const auto weight_of = [&](int w, int r) -> const Weight& {
      return job.weight(tokens.group, MATS == 1 ? 0 : r / 8, min(tile_of(w), job.tiles - 1));  // beyond the last: anything
    };
    const auto row_of = [&](int w, int r) { return job.row(min(tile_of(w), job.tiles - 1), MATS == 1 ? r : w % 2 * 8 + r % 8); };

    constexpr int A_COPIES = TILED_M * W_PIECES / TILED_THREADS;
    const W* from[A_COPIES];
#pragma unroll
    for (int i = 0; i < A_COPIES; i++) {
      const int a = threadIdx.x / W_PIECES + i * (TILED_THREADS / W_PIECES), w = a / TILE_ROWS, r = a % TILE_ROWS;
      const Weight& m = weight_of(w, r);
      from[i] = static_cast<const W*>(m.data) + static_cast<size_t>(row_of(w, r)) * m.pitch + threadIdx.x % W_PIECES * PER_PIECE;
    }
    if (threadIdx.x < TILED_N)
      shared.x[threadIdx.x] = job.x(tokens.slots.begin + min(tokens.first + static_cast<int>(threadIdx.x), tokens.slots.count - 1));
    __syncthreads();

    const Weight* own[2] = {&weight_of(warp, g), &weight_of(warp, g + 8)};
    const int chunks = own[0]->pitch / CHUNK;
    const auto load = [&](int chunk) {
      const int stage = chunk % WIDE_STAGES, piece = threadIdx.x % W_PIECES;
#pragma unroll
      for (int i = 0; i < A_COPIES; i++) {
        const int a = threadIdx.x / W_PIECES + i * (TILED_THREADS / W_PIECES);
        copy_async(&shared.a[stage][a][swizzled<W>(a, piece) * PER_PIECE], from[i] + chunk * CHUNK);
      }
      const int input = chunk * CHUNK + 2 * lane;
#pragma unroll
      for (int i = 0; i < TILED_N / WIDE_WARPS; i++) {  // a row at a time: lane 8t + w has word w of what lane t of the products holds
        const int b = warp * (TILED_N / WIDE_WARPS) + i;
        copy_async_word(&shared.b[stage][b][swizzled<bf16>(b, lane % 8) * 8 + lane / 8 * 2], shared.x[b] + input, input < job.inputs);
      }
    };
    float scale[2];
    // The weights of two steps, to registers.
    const auto fetch = [&](int chunk, int half, uint32_t (&to)[2][4]) {
      Run<W> run[2];
#pragma unroll
      for (int h = 0; h < 2; h++) {
        const int a = warp * TILE_ROWS + g + 8 * h;
        const W* row = shared.a[chunk % WIDE_STAGES][a];
        if constexpr (sizeof(W) == 1) {
          const auto* words = reinterpret_cast<const uint32_t*>(row + CHUNK_LANE * t) + 2 * half;
          run[h].word[0] = words[0];
          run[h].word[1] = words[1];
        } else {
          put(run[h].word, load16(&row[swizzled<W>(a, 2 * t + half) * PER_PIECE]));
        }
      }
#pragma unroll
      for (int step = 0; step < 2; step++) weights_of_step<0>(to[step], run[0], run[1], step, scale[0], scale[1]);
    };

    float total[WIDE_N / 8][4] = {}, acc[WIDE_N / 8][4] = {};
    uint32_t weights[2][2][4];  // while the products with one half run, the other comes
#pragma unroll
    for (int c = 0; c < WIDE_STAGES - 2; c++) {
      if (c < chunks) load(c);
      commit_copies();
    }
    for (int segment = 0; segment < SEGMENTS; segment++) {
      const int begin = segment_begin(segment, chunks), end = segment_begin(segment + 1, chunks);
      if (begin == end) continue;
      for (int chunk = begin; chunk < end; chunk++) {
        wait_copies<WIDE_STAGES - 3>();
        show_copies();
        __syncthreads();  // the chunk is there, and nobody multiplies from the one before the last any more
        if (chunk + WIDE_STAGES - 2 < chunks) load(chunk + WIDE_STAGES - 2);
        commit_copies();
        if constexpr (sizeof(W) == 1) {
          if (chunk % own[0]->group_chunks == 0) {
#pragma unroll
            for (int h = 0; h < 2; h++)
              scale[h] = widen(own[h]->scales[static_cast<size_t>(chunk / own[h]->group_chunks) * own[h]->rows + row_of(warp, g + 8 * h)]);
          }
        }
#pragma unroll
        for (int half = 0; half < 2; half++) {
          fetch(chunk, half, weights[half]);
          begin_products();
#pragma unroll
          for (int step = 0; step < 2; step++)
            multiply_async(acc, weights[half][step], &shared.b[chunk % WIDE_STAGES][0][16 * (2 * half + step)],
                           chunk > begin || half + step > 0);
          commit_products();
          wait_products<1>();  // the other half's registers are free
        }
      }
      wait_products<0>();
      take(acc);
#pragma unroll
      for (int n = 0; n < WIDE_N / 8; n++)
#pragma unroll
        for (int i = 0; i < 4; i++) total[n][i] += acc[n][i];
    }
    wait_copies<0>();

    const int tile = tile_of(warp);
    if (tile >= job.tiles) return;
#pragma unroll
    for (int n = 0; n < WIDE_N / 8; n++)
#pragma unroll
      for (int c = 0; c < 2; c++) {
        const int slot = tokens.first + n * 8 + 2 * t + c;
        if (slot >= tokens.slots.count) continue;
        const float low = total[n][c], high = total[n][2 + c];
        if constexpr (MATS == 1) {
          const float rows[1][2] = {{low, high}};
          job.finish(tokens.group, tile, g, tokens.slots.begin + slot, rows);
        } else {
          job.finish_one(job.row(tile, warp % 2 * 8 + g), tokens.slots.begin + slot, low, high);
        }
      }
  }
}

}  // namespace wisecrack::cuda
