#pragma once
// Attention over paged keys and values on tensor cores. The query heads that share keys are rows of one tile, so keys and values are
// read once for all of them; with several tokens of a sequence, (token, head) pairs are the rows.
//
// Logits are capped at 30 (model.py: MultiHeadAttention, max_attn_val), so exp of them neither overflows nor vanishes: no running
// maximum is needed, and sums over positions can be cut anywhere and added. They are cut into segments of 256 positions, in which a
// tile's sums are built 32 positions at a time; decode gives each segment to a warp, prefill walks through them. Both give the same
// bits.
#include "device/cuda/attention_shape.h"
#include "device/cuda/jobs.cuh"

namespace wisecrack::cuda {

constexpr int ATTENTION_THREADS = ATTENTION_WARPS * WARP;
static_assert(MAX_KEY == 2 * CHUNK);
constexpr float CAP = 30.0f;

struct AttentionJob {
  const bf16* q;  // [rows, q_heads, key_size]
  bf16* y;        // the same
  KvView<bf16> cache;
  StepView step;
  int q_heads, kv_heads;
  float multiplier;
  // Decode: rows that are their sequence's only one in this step, and room for the segments' sums.
  const int32_t* rows;
  float* partial;  // [rows, kv_heads, segments, group, key_size + 1], the sum of the weights last
  int segments;
  // Prefill: first rows and row counts of query tiles.
  const int32_t* tiles;  // [tiles, 2]

  __device__ __forceinline__ int group() const { return q_heads / kv_heads; }
};

/// Keys and values of 32 positions; 16-byte pieces are turned by the row so that neither way of reading meets a bank twice.
template <int DC>
struct KvTile {
  bf16 k[KV_TILE][DC * CHUNK], v[KV_TILE][DC * CHUNK];
};
__device__ __forceinline__ int turned(int row, int piece) { return (piece & ~7) | ((piece ^ row) & 7); }

/// A warp's queries, held as the tensor cores want them, and the last position that its rows g and g + 8 see (-1: no such row).
template <int DC>
struct Query {
  Run<bf16> run[DC][2];
  int last[2];
};

/// Sums over positions of weight * value, and of the weights (of this lane's positions until reduce()).
template <int DC>
struct Sums {
  float acc[DC * 8][4];
  float weight[2];
};

template <int DC>
__device__ __forceinline__ void load_query(const AttentionJob& job, Query<DC>& query, int first_row, int tokens, int kv, int tile) {
  const int lane = threadIdx.x % WARP, g = lane / 4, t = lane % 4, key = job.cache.key_size, group = job.group();
#pragma unroll
  for (int h = 0; h < 2; h++) {
    const int r = tile * QUERY_ROWS + g + 8 * h;
    const bool live = r < tokens * group;
    const int row = first_row + (live ? r / group : 0);
    const bf16* q = job.q + (static_cast<size_t>(row) * job.q_heads + kv * group + (live ? r % group : 0)) * key;
    query.last[h] = live ? job.step.positions[row] : -1;
#pragma unroll
    for (int c = 0; c < DC; c++) load_activations(query.run[c][h], q, c * CHUNK + CHUNK_LANE * t, key, live);
  }
}

/// Starts the copies of a tile; `thread` of `threads` share the work. Positions from `end` on are zeros.
template <int DC>
__device__ __forceinline__ void load_tile(const AttentionJob& job, KvTile<DC>& tile, int row, int kv, int begin, int end, int thread,
                                          int threads) {
  constexpr int PIECES_ROW = DC * CHUNK / 8;
  const int key = job.cache.key_size;
  for (int i = thread; i < KV_TILE * PIECES_ROW; i += threads) {
    const int r = i / PIECES_ROW, piece = i % PIECES_ROW, position = begin + r;
    const bool live = position < end && piece * 8 < key;
    const int block = live ? job.step.block(row, position) : 0;
    copy_async(&tile.k[r][turned(r, piece) * 8], job.cache.at(job.cache.k, block, kv, position) + piece * 8, live);
    copy_async(&tile.v[r][turned(r, piece) * 8], job.cache.at(job.cache.v, block, kv, position) + piece * 8, live);
  }
}

/// exp(30 tanh(s / 30)); tanh by the fast exponential, good to 1e-6 of its range.
__device__ __forceinline__ float capped_exp(float s) {
  return __expf(CAP - __fdividef(2 * CAP, 1 + __expf(s * (2 / CAP))));
}

/// Two weights as bf16, and as bf16 what that leaves of them. The softmax is float32: together the two have 16 bits of it, and their
/// way through the tensor cores costs nothing beside the keys' and values' way from memory.
__device__ __forceinline__ void split(uint32_t& pair, uint32_t& rest, float low, float high) {
  pair = pack_bf16(low, high);
  rest = pack_bf16(low - widen_low(pair), high - widen_high(pair));
}

/// Adds 32 positions to the sums.
template <int DC>
__device__ __forceinline__ void attend(const KvTile<DC>& tile, int begin, const Query<DC>& query, float multiplier, Sums<DC>& sums) {
  const int lane = threadIdx.x % WARP, g = lane / 4, t = lane % 4;
  float s[KV_TILE / 8][4] = {};
#pragma unroll
  for (int nt = 0; nt < KV_TILE / 8; nt++) {
    const int r = nt * 8 + g;
#pragma unroll
    for (int c = 0; c < DC; c++) {
      Run<bf16> k;
      put(k.word, load16(&tile.k[r][turned(r, c * 8 + 2 * t) * 8]));
      put(k.word + 4, load16(&tile.k[r][turned(r, c * 8 + 2 * t + 1) * 8]));
#pragma unroll
      for (int step = 0; step < CHUNK_STEPS; step++) multiply(s[nt], query.run[c][0], query.run[c][1], k, step, 1, 1);
    }
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const int position = begin + nt * 8 + 2 * t + i % 2;
      s[nt][i] = position <= query.last[i / 2] ? capped_exp(s[nt][i] * multiplier) : 0;
      sums.weight[i / 2] += s[nt][i];
    }
  }
#pragma unroll
  for (int k = 0; k < KV_TILE / 16; k++) {
    uint32_t a[4], rest[4];
#pragma unroll
    for (int i = 0; i < 4; i++) split(a[i], rest[i], s[2 * k + i / 2][i % 2 * 2], s[2 * k + i / 2][i % 2 * 2 + 1]);
    const int r = k * 16 + lane % 16;
#pragma unroll
    for (int d = 0; d < DC * 4; d++) {  // 16 of the values' dimensions
      uint32_t v[4];
      load_transposed(v, &tile.v[r][turned(r, 2 * d + lane / 16) * 8]);
      const uint32_t low[2] = {v[0], v[1]}, high[2] = {v[2], v[3]};
      mma(sums.acc[2 * d], a, low);
      mma(sums.acc[2 * d], rest, low);
      mma(sums.acc[2 * d + 1], a, high);
      mma(sums.acc[2 * d + 1], rest, high);
    }
  }
}

/// The weights of all lanes of a row.
template <int DC>
__device__ __forceinline__ void reduce(Sums<DC>& sums) {
#pragma unroll
  for (int h = 0; h < 2; h++) {
    sums.weight[h] += __shfl_xor_sync(ALL_LANES, sums.weight[h], 1);
    sums.weight[h] += __shfl_xor_sync(ALL_LANES, sums.weight[h], 2);
  }
}

constexpr int DECODE_STAGES = 2;

template <int DC>
struct DecodeShared {
  KvTile<DC> tile[ATTENTION_WARPS][DECODE_STAGES];
};

/// One token per sequence: a warp has a segment of it. The grid is (rows, kv heads, segments / 4).
template <int DC>
__global__ void __launch_bounds__(ATTENTION_THREADS, 1) attention_decode(const __grid_constant__ AttentionJob job) {
  auto& shared = shared_memory<DecodeShared<DC>>();
  const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP, g = lane / 4, t = lane % 4;
  const int row = job.rows[blockIdx.x], kv = blockIdx.y, segment = blockIdx.z * ATTENTION_WARPS + warp;
  const int count = job.step.positions[row] + 1, first = segment * SEGMENT, end = min(first + SEGMENT, count);
  if (first >= count) return;
  Query<DC> query;
  load_query(job, query, row, 1, kv, 0);
  const int tiles = (end - first + KV_TILE - 1) / KV_TILE;
  load_tile(job, shared.tile[warp][0], row, kv, first, end, lane, WARP);
  commit_copies();
  Sums<DC> sums = {};
  for (int i = 0; i < tiles; i++) {
    if (i + 1 < tiles) load_tile(job, shared.tile[warp][(i + 1) % DECODE_STAGES], row, kv, first + (i + 1) * KV_TILE, end, lane, WARP);
    commit_copies();
    wait_copies<1>();
    __syncwarp();
    attend(shared.tile[warp][i % DECODE_STAGES], first + i * KV_TILE, query, job.multiplier, sums);
    __syncwarp();
  }
  wait_copies<0>();
  reduce(sums);
  const int key = job.cache.key_size, group = job.group();
  float* to = job.partial +
              ((static_cast<size_t>(blockIdx.x) * job.kv_heads + kv) * job.segments + segment) * static_cast<size_t>(group * (key + 1));
#pragma unroll
  for (int h = 0; h < 2; h++) {
    const int r = g + 8 * h;
    if (r >= group) continue;
#pragma unroll
    for (int d = 0; d < DC * 8; d++)
#pragma unroll
      for (int c = 0; c < 2; c++)
        if (d * 8 + 2 * t + c < key) to[r * (key + 1) + d * 8 + 2 * t + c] = sums.acc[d][2 * h + c];
    if (t == 0) to[r * (key + 1) + key] = sums.weight[h];
  }
}

/// Adds up a row's segments, in order. The grid is (rows, kv heads).
__global__ void __launch_bounds__(ATTENTION_THREADS) attention_combine(const __grid_constant__ AttentionJob job) {
  const int row = job.rows[blockIdx.x], kv = blockIdx.y, key = job.cache.key_size, group = job.group();
  const int segments = job.step.positions[row] / SEGMENT + 1, stride = group * (key + 1);
  const float* from = job.partial + (static_cast<size_t>(blockIdx.x) * job.kv_heads + kv) * job.segments * stride;
  bf16* to = job.y + (static_cast<size_t>(row) * job.q_heads + kv * group) * key;
  for (int i = threadIdx.x; i < group * key; i += ATTENTION_THREADS) {
    const int at = i / key * (key + 1);
    float sum = 0, weight = 0;
    for (int s = 0; s < segments; s++) {
      sum += from[static_cast<size_t>(s) * stride + at + i % key];
      weight += from[static_cast<size_t>(s) * stride + at + key];
    }
    to[i] = narrow(sum / weight);
  }
}

constexpr int PREFILL_STAGES = 3;

template <int DC>
struct PrefillShared {
  KvTile<DC> tile[PREFILL_STAGES];
};

/// Several tokens of a sequence, which may have earlier positions in its blocks: 64 (token, head) pairs a block, four warps share the
/// keys and values. The grid is (query tiles, kv heads).
template <int DC>
__global__ void __launch_bounds__(ATTENTION_THREADS, 2) attention_prefill(const __grid_constant__ AttentionJob job) {
  auto& shared = shared_memory<PrefillShared<DC>>();
  const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP, g = lane / 4, t = lane % 4, kv = blockIdx.y;
  const int first_row = job.tiles[2 * blockIdx.x], tokens = job.tiles[2 * blockIdx.x + 1];
  const int end = job.step.positions[first_row + tokens - 1] + 1, tiles = (end + KV_TILE - 1) / KV_TILE;
  const int key = job.cache.key_size, group = job.group();
  Query<DC> query;
  load_query(job, query, first_row, tokens, kv, warp);
#pragma unroll
  for (int i = 0; i < PREFILL_STAGES - 1; i++) {
    if (i < tiles) load_tile(job, shared.tile[i], first_row, kv, i * KV_TILE, end, threadIdx.x, ATTENTION_THREADS);
    commit_copies();
  }
  Sums<DC> total = {}, sums = {};
  for (int i = 0; i < tiles; i++) {
    wait_copies<PREFILL_STAGES - 2>();
    __syncthreads();
    const int next = i + PREFILL_STAGES - 1;
    if (next < tiles)
      load_tile(job, shared.tile[next % PREFILL_STAGES], first_row, kv, next * KV_TILE, end, threadIdx.x, ATTENTION_THREADS);
    commit_copies();
    attend(shared.tile[i % PREFILL_STAGES], i * KV_TILE, query, job.multiplier, sums);
    if ((i + 1) % (SEGMENT / KV_TILE) && i + 1 < tiles) continue;
    reduce(sums);
#pragma unroll
    for (int d = 0; d < DC * 8; d++)
#pragma unroll
      for (int c = 0; c < 4; c++) total.acc[d][c] += sums.acc[d][c];
    total.weight[0] += sums.weight[0];
    total.weight[1] += sums.weight[1];
    sums = {};
  }
  wait_copies<0>();
#pragma unroll
  for (int h = 0; h < 2; h++) {
    const int r = warp * QUERY_ROWS + g + 8 * h;
    if (r >= tokens * group) continue;
    bf16* to = job.y + (static_cast<size_t>(first_row + r / group) * job.q_heads + kv * group + r % group) * key;
#pragma unroll
    for (int d = 0; d < DC * 8; d++)
#pragma unroll
      for (int c = 0; c < 2; c++)
        if (d * 8 + 2 * t + c < key) to[d * 8 + 2 * t + c] = narrow(total.acc[d][2 * h + c] / total.weight[h]);
  }
}

}  // namespace wisecrack::cuda
