#pragma once
// Products of many tokens: bound by the tensor cores. A block has 128 weight rows and 128 tokens of one group; both come through
// shared memory in a pipeline of asynchronous copies. The same Job as skinny.cuh, and the same bits.
//
// The grid is (token tiles of all groups, row tiles): blocks that run together share weights, so these come from memory once. Groups
// are ragged: a tile belongs to one group, found by walking through their sizes.
#include "device/cuda/skinny.cuh"

namespace wisecrack::cuda {

constexpr int TILED_M = 128, TILED_N = 128, TILED_STAGES = 4, TILED_THREADS = 256;
constexpr int TILED_ROW_TILES = TILED_M / TILE_ROWS;
constexpr int WARP_MT = 4, WARP_NT = 4;  // a warp has 64 rows and 32 tokens

template <class W>
struct TiledShared {
  W a[TILED_STAGES][TILED_M][CHUNK];
  bf16 b[TILED_STAGES][TILED_N][CHUNK];
};

/// Token tiles that cover any division of `slots` tokens into groups.
inline int token_tiles(int slots, int groups) { return slots / TILED_N + groups; }

/// Where a 16-byte piece of a row of 128 bytes lies: eight lanes that read two rows meet eight different banks. Rows of 64 bytes
/// need no turning.
template <class W>
__device__ __forceinline__ int swizzled(int row, int piece) {
  return sizeof(W) == 2 ? piece ^ (row & 7) : piece;
}

/// The tokens of a block: those of a group's slots from `first` on.
struct Tokens {
  int group, first;
  Slots slots;  // none where the grid is larger than needed
};

template <class Job>
__device__ __forceinline__ Tokens tokens_of(const Job& job) {
  int first = blockIdx.x;
  for (int group = 0; group < job.groups; group++) {
    const Slots slots = job.slots(group);
    const int tiles = (slots.count + TILED_N - 1) / TILED_N;
    if (first < tiles) return {group, first * TILED_N, slots};
    first -= tiles;
  }
  return {0, 0, {0, 0}};
}

template <class Job>
__global__ void __launch_bounds__(TILED_THREADS, 1) tiled(const __grid_constant__ Job job) {
  using W = typename Job::W;
  constexpr int MATS = Job::MATS, PER_PIECE = 16 / sizeof(W), W_PIECES = CHUNK / PER_PIECE, X_PIECES = CHUNK / 8;
  constexpr int BLOCK_TILES = TILED_ROW_TILES / MATS;  // tiles of 16 rows of each matrix
  auto& shared = shared_memory<TiledShared<W>>();
  const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP, g = lane / 4, t = lane % 4;
  const int warp_m = warp / 4, warp_n = warp % 4;

  const Tokens tokens = tokens_of(job);
  if (tokens.slots.count == 0) return;
  const int group = tokens.group, n0 = tokens.first;
  const Slots slots = tokens.slots;

  // Row a of the block's weights belongs to warp row a / 64; with two matrices half of a warp's rows are from each.
  const auto mat_of = [](int mt) { return MATS == 1 ? 0 : mt / 2; };
  const auto tile_of = [&](int wm, int mt) {
    return static_cast<int>(blockIdx.y) * BLOCK_TILES + (MATS == 1 ? wm * WARP_MT + mt : wm * 2 + mt % 2);
  };
  constexpr int A_COPIES = TILED_M * W_PIECES / TILED_THREADS, B_COPIES = TILED_N * X_PIECES / TILED_THREADS;
  const W* from_a[A_COPIES];
  const bf16* from_b[B_COPIES];
#pragma unroll
  for (int i = 0; i < A_COPIES; i++) {
    const int piece = threadIdx.x % W_PIECES, a = threadIdx.x / W_PIECES + i * (TILED_THREADS / W_PIECES);
    const int mt = a / TILE_ROWS % WARP_MT, tile = min(tile_of(a / 64, mt), job.tiles - 1);  // beyond the last: anything
    const Weight& w = job.weight(group, mat_of(mt), tile);
    from_a[i] = static_cast<const W*>(w.data) + static_cast<size_t>(job.row(tile, a % TILE_ROWS)) * w.pitch + piece * PER_PIECE;
  }
#pragma unroll
  for (int i = 0; i < B_COPIES; i++) {
    const int slot = n0 + static_cast<int>(threadIdx.x) / X_PIECES + i * (TILED_THREADS / X_PIECES);
    from_b[i] = job.x(slots.begin + min(slot, slots.count - 1)) + threadIdx.x % X_PIECES * 8;
  }
  const Weight& w = job.weight(group, 0, min(tile_of(0, 0), job.tiles - 1));
  const int chunks = w.pitch / CHUNK;
  const auto load = [&](int chunk) {
    const int stage = chunk % TILED_STAGES, pa = threadIdx.x % W_PIECES, pb = threadIdx.x % X_PIECES;
#pragma unroll
    for (int i = 0; i < A_COPIES; i++) {
      const int a = threadIdx.x / W_PIECES + i * (TILED_THREADS / W_PIECES);
      copy_async(&shared.a[stage][a][swizzled<W>(a, pa) * PER_PIECE], from_a[i] + chunk * CHUNK);
    }
#pragma unroll
    for (int i = 0; i < B_COPIES; i++) {
      const int b = threadIdx.x / X_PIECES + i * (TILED_THREADS / X_PIECES);
      copy_async(&shared.b[stage][b][swizzled<bf16>(b, pb) * 8], from_b[i] + chunk * CHUNK, chunk * CHUNK + pb * 8 < job.inputs);
    }
  };

  float total[WARP_MT][WARP_NT][4] = {}, acc[WARP_MT][WARP_NT][4] = {};
  float scale[WARP_MT][2];
  int segment = 0;
#pragma unroll
  for (int c = 0; c < TILED_STAGES - 1; c++) {
    if (c < chunks) load(c);
    commit_copies();
  }
  for (int chunk = 0; chunk < chunks; chunk++) {
    wait_copies<TILED_STAGES - 2>();
    __syncthreads();
    if (chunk + TILED_STAGES - 1 < chunks) load(chunk + TILED_STAGES - 1);
    commit_copies();
    const int stage = chunk % TILED_STAGES;
    if constexpr (sizeof(W) == 1) {
      if (chunk % w.group_chunks == 0) {
#pragma unroll
        for (int mt = 0; mt < WARP_MT; mt++) {
          const int tile = min(tile_of(warp_m, mt), job.tiles - 1);
          const Weight& own = job.weight(group, mat_of(mt), tile);
          const bf16* scales = own.scales + static_cast<size_t>(chunk / own.group_chunks) * own.rows;
          scale[mt][0] = widen(scales[job.row(tile, g)]);
          scale[mt][1] = widen(scales[job.row(tile, g + 8)]);
        }
      }
    }
#pragma unroll
    for (int half = 0; half < 2; half++) {  // two mma steps each
      Run<bf16> b[WARP_NT];
#pragma unroll
      for (int nt = 0; nt < WARP_NT; nt++) {
        const int r = warp_n * 32 + nt * 8 + g;
        put(b[nt].word, load16(&shared.b[stage][r][swizzled<bf16>(r, 2 * t + half) * 8]));
      }
#pragma unroll
      for (int mt = 0; mt < WARP_MT; mt++) {
        Run<W> a[2];
#pragma unroll
        for (int h = 0; h < 2; h++) {
          const int r = warp_m * 64 + mt * TILE_ROWS + g + 8 * h;
          if constexpr (sizeof(W) == 1) {
            const auto* words = reinterpret_cast<const uint32_t*>(&shared.a[stage][r][CHUNK_LANE * t]) + 2 * half;
            a[h].word[0] = words[0];
            a[h].word[1] = words[1];
          } else {
            put(a[h].word, load16(&shared.a[stage][r][swizzled<W>(r, 2 * t + half) * PER_PIECE]));
          }
        }
#pragma unroll
        for (int step = 0; step < 2; step++)
#pragma unroll
          for (int nt = 0; nt < WARP_NT; nt++) multiply(acc[mt][nt], a[0], a[1], b[nt], step, scale[mt][0], scale[mt][1]);
      }
    }
    if (chunk + 1 < segment_begin(segment + 1, chunks)) continue;
    while (segment < SEGMENTS && segment_begin(segment + 1, chunks) <= chunk + 1) segment++;
#pragma unroll
    for (int mt = 0; mt < WARP_MT; mt++)
#pragma unroll
      for (int nt = 0; nt < WARP_NT; nt++)
#pragma unroll
        for (int i = 0; i < 4; i++) {
          total[mt][nt][i] += acc[mt][nt][i];
          acc[mt][nt][i] = 0;
        }
  }
  wait_copies<0>();
#pragma unroll
  for (int mt = 0; mt < WARP_MT / MATS; mt++) {
    const int tile = tile_of(warp_m, mt);
    if (tile >= job.tiles) continue;
#pragma unroll
    for (int nt = 0; nt < WARP_NT; nt++)
#pragma unroll
      for (int c = 0; c < 2; c++) {
        const int slot = n0 + warp_n * 32 + nt * 8 + 2 * t + c;
        float rows[MATS][2];
#pragma unroll
        for (int m = 0; m < MATS; m++) {
          rows[m][0] = total[mt + m * (WARP_MT / 2)][nt][c];
          rows[m][1] = total[mt + m * (WARP_MT / 2)][nt][2 + c];
        }
        if (slot < slots.count) job.finish(group, tile, g, slots.begin + slot, rows);
      }
  }
}

}  // namespace wisecrack::cuda
