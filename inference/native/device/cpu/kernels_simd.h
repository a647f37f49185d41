// The kernels that are no products, once for AVX2 and AVX-512: a file of one instruction set includes this inside its namespace. It says
// what a function of its set is (WC_SIMD, WC_SIMD_INLINE) and how large tiles are: SCORE_ROWS x SCORE_BLOCKS, MIX_ROWS x MIX_VECTORS and
// SIX_VECTORS for six rows. Tails go through the same vector code as full vectors, with zeros.
#include "device/cpu/vector_math.h"

constexpr size_t HALVES = KV_BLOCK / LANES;  // vectors that hold a number for each position of a block

WC_SIMD float sum_squares(const float* x, size_t n) {
  Vec total = zero();
  for (size_t i = 0; i < n; i += LANES) {
    const Vec v = load_floats(x + i, n - i);
    total = fmadd(v, v, total);
  }
  return sum(total);
}

WC_SIMD void scale(const float* x, float factor, const float* by, size_t n, float* y) {
  const Vec f = broadcast(factor);
  for (size_t i = 0; i < n; i += LANES)
    store_floats(y + i, mul(mul(load_floats(x + i, n - i), f), load_floats(by + i, n - i)), n - i);
}

// R queries against B blocks of keys. A vector holds positions, so that no sum crosses lanes.
template <DType D, int R, int B>
WC_SIMD void score_tile(const float* q, size_t pitch, size_t n, const char* const* blocks, const char* const* ahead, float* out) {
  Vec s[R][B][HALVES];
#pragma GCC unroll 12
  for (int r = 0; r < R; r++)
#pragma GCC unroll 2
    for (int b = 0; b < B; b++)
      for (size_t h = 0; h < HALVES; h++) s[r][b][h] = zero();
  for (size_t i = 0; i < n; i++) {
    const size_t at = i * KV_BLOCK * size_of(D);
    Vec k[B][HALVES];
#pragma GCC unroll 2
    for (int b = 0; b < B; b++) {
      _mm_prefetch(ahead[b] + at, _MM_HINT_T0);
      for (size_t h = 0; h < HALVES; h++) k[b][h] = load<D>(blocks[b] + at + h * LANES * size_of(D));
    }
#pragma GCC unroll 12
    for (int r = 0; r < R; r++) {
      const Vec a = broadcast(q[i * pitch + static_cast<size_t>(r)]);
#pragma GCC unroll 2
      for (int b = 0; b < B; b++)
        for (size_t h = 0; h < HALVES; h++) s[r][b][h] = fmadd(a, k[b][h], s[r][b][h]);
    }
  }
#pragma GCC unroll 12
  for (size_t r = 0; r < R; r++)
#pragma GCC unroll 2
    for (size_t b = 0; b < B; b++)
      for (size_t h = 0; h < HALVES; h++) store(out + r * KV_STAGE + b * KV_BLOCK + h * LANES, s[r][b][h]);
}

template <DType D, int B>
WC_SIMD void score_rows(const float* q, size_t pitch, size_t rows, size_t n, const char* const* blocks, const char* const* ahead, float* out) {
  size_t r = 0;
  const auto place = [&](size_t row) { return out + row * KV_STAGE; };
  for (; r + SCORE_ROWS <= rows; r += SCORE_ROWS, ahead = blocks) score_tile<D, SCORE_ROWS, B>(q + r, pitch, n, blocks, ahead, place(r));
  for (; r + 6 <= rows; r += 6, ahead = blocks) score_tile<D, 6, B>(q + r, pitch, n, blocks, ahead, place(r));
  for (; r + 2 <= rows; r += 2, ahead = blocks) score_tile<D, 2, B>(q + r, pitch, n, blocks, ahead, place(r));
  for (; r < rows; r++, ahead = blocks) score_tile<D, 1, B>(q + r, pitch, n, blocks, ahead, place(r));
}

// Blocks stay in the L1 cache while all rows pass by.
template <DType D>
WC_SIMD void score(const float* q, size_t pitch, size_t rows, size_t n, const KvStretch& k, float* out) {
  const size_t blocks = (k.positions + KV_BLOCK - 1) / KV_BLOCK;
  size_t b = 0;
  for (; b + SCORE_BLOCKS <= blocks; b += SCORE_BLOCKS)
    score_rows<D, SCORE_BLOCKS>(q, pitch, rows, n, k.blocks + b, k.ahead + b, out + b * KV_BLOCK);
  for (; b < blocks; b++) score_rows<D, 1>(q, pitch, rows, n, k.blocks + b, k.ahead + b, out + b * KV_BLOCK);
}

void scores(const float* q, size_t pitch, size_t rows, size_t n, const KvStretch& k, float* out) {
  if (k.dtype == DType::BF16) score<DType::BF16>(q, pitch, rows, n, k, out);
  else score<DType::F32>(q, pitch, rows, n, k, out);
}

WC_SIMD void weigh(float* x, size_t n, float multiplier, float* sums) {
  const Vec cap = broadcast(ATTENTION_CAP), inside = broadcast(multiplier / ATTENTION_CAP);
  Vec total[HALVES];
  for (size_t h = 0; h < HALVES; h++) total[h] = load<DType::F32>(reinterpret_cast<const char*>(sums + h * LANES));
  for (size_t i = 0; i < n; i += KV_BLOCK) {
    for (size_t h = 0, at = i; h < HALVES && at < n; h++, at += LANES) {
      const Vec logit = load<DType::F32>(reinterpret_cast<const char*>(x + at));
      const Vec weight = first_lanes(exp(mul(cap, tanh(mul(logit, inside)))), n - at);
      store(x + at, weight);
      total[h] = add(total[h], weight);
    }
  }
  for (size_t h = 0; h < HALVES; h++) store(sums + h * LANES, total[h]);
}

// C vectors of R rows of `out`; or, with N elements, the first of one vector.
template <DType D, int R, int C, bool PART = false>
WC_SIMD void mix_tile(const float* weight, const KvStretch& v, const char* const* ahead, size_t n, size_t column, float* out, size_t pitch) {
  Vec s[R][C];
#pragma GCC unroll 12
  for (size_t r = 0; r < R; r++)
#pragma GCC unroll 4
    for (size_t c = 0; c < C; c++) s[r][c] = load<DType::F32>(reinterpret_cast<const char*>(out + r * pitch + column + c * LANES));
  for (size_t begin = 0; begin < v.positions; begin += KV_BLOCK) {
    const size_t count = v.positions - begin < KV_BLOCK ? v.positions - begin : KV_BLOCK;
    const char* from = v.blocks[begin / KV_BLOCK] + column * size_of(D);
    const char* later = ahead[begin / KV_BLOCK] + column * size_of(D);
    for (size_t p = 0; p < count; p++, from += n * size_of(D), later += n * size_of(D)) {
      for (size_t line = 0; line < C * LANES * size_of(D); line += 64) _mm_prefetch(later + line, _MM_HINT_T0);
      Vec value[C];
#pragma GCC unroll 4
      for (size_t c = 0; c < C; c++) value[c] = PART ? load_part<D>(from, n - column) : load<D>(from + c * LANES * size_of(D));
#pragma GCC unroll 12
      for (size_t r = 0; r < R; r++) {
        const Vec w = broadcast(weight[r * KV_STAGE + begin + p]);
#pragma GCC unroll 4
        for (size_t c = 0; c < C; c++) s[r][c] = fmadd(w, value[c], s[r][c]);
      }
    }
  }
#pragma GCC unroll 12
  for (size_t r = 0; r < R; r++)
#pragma GCC unroll 4
    for (size_t c = 0; c < C; c++) store(out + r * pitch + column + c * LANES, s[r][c]);
}

template <DType D, int R, int C>
WC_SIMD void mix_columns(const float* weight, const KvStretch& v, const char* const* ahead, size_t n, float* out, size_t pitch) {
  size_t column = 0;
  for (; column + C * LANES <= n; column += C * LANES) mix_tile<D, R, C>(weight, v, ahead, n, column, out, pitch);
  for (; column + LANES <= n; column += LANES) mix_tile<D, R, 1>(weight, v, ahead, n, column, out, pitch);
  if (column < n) mix_tile<D, R, 1, true>(weight, v, ahead, n, column, out, pitch);
}

template <DType D>
WC_SIMD void mix_rows(const float* weight, size_t rows, size_t n, const KvStretch& v, float* out, size_t pitch) {
  size_t r = 0;
  const char* const* ahead = v.ahead;
  for (; r + MIX_ROWS <= rows; r += MIX_ROWS, ahead = v.blocks)
    mix_columns<D, MIX_ROWS, MIX_VECTORS>(weight + r * KV_STAGE, v, ahead, n, out + r * pitch, pitch);
  for (; r + 6 <= rows; r += 6, ahead = v.blocks) mix_columns<D, 6, SIX_VECTORS>(weight + r * KV_STAGE, v, ahead, n, out + r * pitch, pitch);
  for (; r + 2 <= rows; r += 2, ahead = v.blocks) mix_columns<D, 2, 4>(weight + r * KV_STAGE, v, ahead, n, out + r * pitch, pitch);
  for (; r < rows; r++, ahead = v.blocks) mix_columns<D, 1, 4>(weight + r * KV_STAGE, v, ahead, n, out + r * pitch, pitch);
}

void mix(const float* weight, size_t rows, size_t n, const KvStretch& v, float* out, size_t pitch) {
  if (v.dtype == DType::BF16) mix_rows<DType::BF16>(weight, rows, n, v, out, pitch);
  else mix_rows<DType::F32>(weight, rows, n, v, out, pitch);
}

WC_SIMD void gelu_mul(float* gate, const float* up, size_t n, bool round) {
  const Vec half = broadcast(0.5f), one = broadcast(1.0f), root = broadcast(0.7978845608028654f), cubic = broadcast(0.044715f);
  for (size_t i = 0; i < n; i += LANES) {
    const Vec g = load_floats(gate + i, n - i);
    const Vec inner = fmadd(mul(mul(cubic, g), g), g, g);
    Vec y = mul(mul(half, g), add(one, tanh(mul(root, inner))));
    if (round) y = round_bf16(y);
    store_floats(gate + i, mul(y, load_floats(up + i, n - i)), n - i);
  }
}

WC_SIMD double exps(const float* x, size_t n, float most, float factor, float* y) {
  const Vec from = broadcast(most), by = broadcast(factor), lowest = broadcast(EXP_LOWEST);
  Vec total = zero();
  for (size_t i = 0; i < n; i += LANES) {
    const Vec power = mul(sub(load_floats(x + i, n - i), from), by);
    const Vec e = first_lanes(keep_from(lowest, power, exp(max(lowest, power))), n - i);
    store_floats(y + i, e, n - i);
    total = add(total, e);
  }
  return double{sum(total)};
}

WC_SIMD void round_all(float* x, size_t n) {
  for (size_t i = 0; i < n; i += LANES) store_floats(x + i, round_bf16(load_floats(x + i, n - i)), n - i);
}
