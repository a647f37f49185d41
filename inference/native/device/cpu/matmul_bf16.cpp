// Products of bf16 rows for processors with AVX512_BF16: one instruction multiplies 32 pairs of bf16 and adds them up in float32. Nothing is
// widened, and a core computes twice what float32 allows (or the same with half of the loads, where it has one such unit).
//
// One output's sum is the same operations for any number of rows: sixteen lanes, lane l adds up the inputs 2l and 2l + 1 of every 32 in
// order, then sum4 adds up the lanes. So decode (few rows) and prefill (many rows) agree to the bit.
#include "device/cpu/matmul_x86.h"

#if defined(__x86_64__) && !defined(WISECRACK_WITHOUT_AVX512)
#include <algorithm>
#include <cstring>
#include <type_traits>

#include "device/cpu/avx512_bf16.h"

namespace wisecrack::avx512_bf16 {
namespace {

using avx512::Vec;

constexpr int OUTPUTS = 4, ROWS = 6;  // whose sums are in registers at once: 24 of 32
constexpr int STREAM_ROWS = 12;       // the same where weights come straight from memory, with fewer outputs
constexpr int STREAM_LONG_ROWS = 8;   // of rows that leave no room in the L1 cache
constexpr size_t SHORT_INT8 = 3072;   // inputs: four rows of int8 are so few bytes that their ends weigh; more come in eight streams
constexpr size_t BLOCK = 8192;        // inputs that a tile takes at once: the longer, the less its beginning and end weigh
constexpr size_t GROUP = 16;          // outputs that share a visit to a chunk of rows
constexpr size_t GROUP_ROWS = 32;     // from so many on it pays to go by groups
constexpr size_t PASS = 256;          // rows that share a group's visit to memory
constexpr size_t AHEAD_BYTES = 2048;  // how far ahead of the weights that stream in from memory
constexpr size_t SOON_BYTES = 32768;  // nearer than this a request to memory comes too late
// A packed row is filled up with zeros. Rows that go by together lie interleaved, a step of each in turns: one stream of memory.
constexpr size_t row_size(size_t cols) { return (cols + STEP - 1) / STEP * STEP; }

constexpr size_t SUMS = GROUP * PASS * 16;   // floats that wait for the next block
constexpr size_t PANEL = GROUP * row_size(BLOCK) / 2;  // a group's int8 weights as bf16, in floats

WC_BF16_INLINE __m512i load_once(const char* p) {
  __m512i v = _mm512_loadu_si512(p);
  asm("" : "+v"(v));
  return v;
}

WC_BF16_INLINE void ask_for(const char* p, size_t ahead) {
  _mm_prefetch(reinterpret_cast<const char*>(reinterpret_cast<uintptr_t>(p) + ahead), _MM_HINT_T0);
}

// What the next outputs need comes to the L2 cache, `lines` with each step, in the order of addresses: the processor's own prefetcher
// joins in.
struct Later {
  const char* at;
  const char* end;
  int lines;
};

// Where weights lie: [outputs, inputs], `stride` bytes from output to output.
struct Weights {
  const char* data;
  size_t stride;
};

struct Bf16 {
  static constexpr size_t SIZE = 2;
  WC_BF16_INLINE static __m512i load(const char* p) { return load_once(p); }
  WC_BF16_INLINE static __m512i load(const char* p, size_t n) { return _mm512_maskz_loadu_epi16(first(n), p); }
};

// Inputs [begin, end) of W outputs and R rows, whole steps of them. `ahead`: bytes from a weight to the one of its stream to ask for.
template <int W, int R, bool AHEAD, class From>
WC_BF16_INLINE void run(const Weights& w, const From (&from)[W], const char* x, size_t begin, size_t end, size_t ahead, Later& later,
                        Vec (&sum)[W][R]) {
  for (size_t i = begin; i < end; i += STEP) {
    if constexpr (!AHEAD)
      for (int line = 0; line < later.lines && later.at < later.end; line++, later.at += 64) _mm_prefetch(later.at, _MM_HINT_T1);
    __m512i a[W];
#pragma GCC unroll 8
    for (int k = 0; k < W; k++) {
      const char* p = w.data + static_cast<size_t>(k) * w.stride + i * From::SIZE;
      if constexpr (AHEAD) ask_for(p, ahead);
      a[k] = from[k].load(p);
    }
#pragma GCC unroll 12
    for (int r = 0; r < R; r++) {
      const __m512i b = load_once(x + i * 2 * R + r * 64);
#pragma GCC unroll 8
      for (int k = 0; k < W; k++) sum[k][r] = _mm512_dpbf16_ps(sum[k][r], (__m512bh)a[k], (__m512bh)b);
    }
  }
}

// The last inputs, fewer than a step; the row's zeros lie behind them.
template <int W, int R, class From>
WC_BF16_INLINE void tail(const Weights& w, const From (&from)[W], const char* x, size_t begin, size_t n, Vec (&sum)[W][R]) {
  __m512i a[W];
#pragma GCC unroll 8
  for (int k = 0; k < W; k++) a[k] = from[k].load(w.data + static_cast<size_t>(k) * w.stride + begin * From::SIZE, n - begin);
#pragma GCC unroll 12
  for (int r = 0; r < R; r++) {
    const __m512i b = load_once(x + begin * 2 * R + r * 64);
#pragma GCC unroll 8
    for (int k = 0; k < W; k++) sum[k][r] = _mm512_dpbf16_ps(sum[k][r], (__m512bh)a[k], (__m512bh)b);
  }
}

template <int W, int R>
WC_BF16_INLINE void clear(Vec (&sum)[W][R]) {
#pragma GCC unroll 8
  for (int k = 0; k < W; k++)
#pragma GCC unroll 12
    for (int r = 0; r < R; r++) sum[k][r] = avx512::zero();
}

// Whether all rows go by at once, their sums in registers. More than eight long ones, which come from the L2 cache, are faster in two strips;
// int8 weights would be widened for each strip.
bool streams(const Matmul& job) {
  const bool is_long = job.w.cols > 2048 && job.w.dtype == DType::BF16;
  return job.rows <= static_cast<size_t>(is_long ? STREAM_LONG_ROWS : STREAM_ROWS);
}

// Rows that go by together: all of a few, else at most ROWS, in balanced strips.
struct Strip {
  size_t begin, rows;
};
Strip strip_of(const Matmul& job, size_t row) {
  const size_t rows = job.rows;
  if (streams(job)) return {0, rows};
  const size_t pass = row / PASS * PASS, n = std::min(PASS, rows - pass), strips = (n + ROWS - 1) / ROWS;
  const size_t s = ((row - pass + 1) * strips - 1) / n, begin = n * s / strips;
  return {pass + begin, n * (s + 1) / strips - begin};
}

// Four outputs, or what is left of W, from FIRST on.
template <int FIRST, int W, int R>
WC_BF16_INLINE void put(const Vec (&sum)[W][R], const MatmulPart& part, size_t o, size_t row) {
  constexpr int N = std::min(W - FIRST, 4);
  constexpr auto at = [](int k) { return FIRST + (k < N ? k : 0); };
  const size_t stride = part.job->w.rows;
  float* y = part.job->y + row * stride + o + FIRST;
  const __m128 scale = _mm_set1_ps(part.job->scale);
#pragma GCC unroll 12
  for (int r = 0; r < R; r++, y += stride) {
    const Vec(&a)[1] = {sum[at(0)][r]}, (&b)[1] = {sum[at(1)][r]}, (&c)[1] = {sum[at(2)][r]}, (&d)[1] = {sum[at(3)][r]};
    __m128 v = _mm_mul_ps(avx512::sum4(a, b, c, d), scale);
    if (part.round) v = avx2::round_bf16(v);
    if constexpr (N == 4) _mm_storeu_ps(y, v);
    if constexpr (N == 3) _mm_mask_storeu_ps(y, 7, v);
    if constexpr (N == 2) _mm_storel_pi(reinterpret_cast<__m64*>(y), v);
    if constexpr (N == 1) _mm_store_ss(y, v);
  }
}

template <int W, int R>
WC_BF16_INLINE void put(const Vec (&sum)[W][R], const MatmulPart& part, size_t o, size_t row) {
  put<0>(sum, part, o, row);
  if constexpr (W > 4) put<4>(sum, part, o, row);
}

WC_BF16_INLINE Bf16 weights_of(const Matrix&, size_t, size_t, Bf16) { return {}; }
WC_BF16_INLINE Int8 weights_of(const Matrix& m, size_t group, size_t output, Int8) { return int8_of(m, group, output); }

// W outputs of R rows from `row` on, which lie interleaved. AHEAD: weights come straight from memory, in W streams; else they are in a cache.
template <int W, int R, class From, bool AHEAD = true>
WC_BF16 void stream(const MatmulPart& part, size_t o, size_t row = 0) {
  const Matrix& m = part.job->w;
  const size_t n = m.cols, stride = m.pitch() * From::SIZE, whole = n / STEP * STEP;
  const size_t groups = m.dtype == DType::I8 ? m.groups : 1, length = n / groups;
  const Weights w{static_cast<const char*>(m.data) + o * stride, stride};
  const char* x = reinterpret_cast<const char*>(part.packed) + row * row_size(n) * 2;
  // Behind a row's end its stream goes on W rows further. Less far ahead in short rows: a request never passes over a whole one.
  const size_t ahead = std::min(AHEAD_BYTES, stride / 3 * 2 / 64 * 64);
  const size_t turn = whole - std::min(whole, ahead / From::SIZE), jump = ahead + W * stride - n * From::SIZE;
  Later none{nullptr, nullptr, 0};
  Vec sum[W][R];
  clear(sum);
  From from[W];
  for (size_t g = 0; g < groups; g++) {
    const size_t begin = g * length, end = g + 1 < groups ? begin + length : whole, middle = std::clamp(turn, begin, end);
    for (int k = 0; k < W; k++) from[k] = weights_of(m, g, o + static_cast<size_t>(k), From{});
    run<W, R, AHEAD>(w, from, x, begin, middle, ahead, none, sum);
    run<W, R, AHEAD>(w, from, x, middle, end, jump, none, sum);
  }
  if (whole < n) tail<W, R>(w, from, x, whole, n, sum);
  put(sum, part, o, row);
}

// The number of rows, of at most MOST, as a constant.
template <int MOST, class Work>
void with_rows(size_t rows, const Work& work) {
  if constexpr (MOST > 1)
    if (rows < MOST) return with_rows<MOST - 1>(rows, work);
  work(std::integral_constant<int, MOST>{});
}

template <int W, int R, class From>
void stream_outputs(const MatmulPart& part) {
  size_t o = part.first;
  for (; o + W <= part.last; o += W) stream<W, R, From>(part, o);
  for (; o < part.last; o++) stream<1, R, From>(part, o);
}

// All rows at once.
template <class From>
void stream_all(const MatmulPart& part) {
  with_rows<STREAM_ROWS>(part.job->rows, [&](auto rows) {
    constexpr int R = rows, W = R <= 6 ? 4 : R <= 8 ? 3 : 2;  // as many sums as there are registers
    if constexpr (R <= 2 && std::is_same_v<From, Int8>)
      if (part.job->w.cols <= SHORT_INT8) return stream_outputs<8, R, From>(part);
    stream_outputs<W, R, From>(part);
  });
}

// W outputs of more rows than sums have room for: the first strip brings the weights, the others find them in the caches.
template <int W>
void stream_strips(const MatmulPart& part, size_t o) {
  for (size_t row = 0, count; row < part.job->rows; row += count) {
    count = strip_of(*part.job, row).rows;
    with_rows<ROWS>(count, [&](auto rows) {
      if (row == 0) stream<W, rows, Bf16, true>(part, o, row);
      else stream<W, rows, Bf16, false>(part, o, row);
    });
  }
}

// Inputs [begin, begin + n) of W outputs from o on and R rows; `sums` holds what the blocks before have added up.
struct Block {
  const MatmulPart* part;
  size_t begin, n;
  bool first, last;
};

template <int W, int R>
WC_BF16 void tile(const Block& b, const Weights& w, size_t o, size_t row, float* sums, Later& later) {
  static constexpr Bf16 from[W] = {};
  const size_t whole = b.n / STEP * STEP;
  const char* x = reinterpret_cast<const char*>(b.part->packed) + row * row_size(b.part->job->w.cols) * 2 + b.begin * 2 * R;
  Vec sum[W][R];
  if (b.first) {
    clear(sum);
  } else {
    for (int k = 0; k < W; k++)
      for (int r = 0; r < R; r++) sum[k][r] = _mm512_loadu_ps(sums + (k * R + r) * 16);
  }
  Later mine = later;  // in registers
  run<W, R, false>(w, from, x, 0, whole, 0, mine, sum);
  later = mine;
  if (whole < b.n) tail<W, R>(w, from, x, whole, b.n, sum);
  if (b.last) return put(sum, *b.part, o, row);
  for (int k = 0; k < W; k++)
    for (int r = 0; r < R; r++) _mm512_storeu_ps(sums + (k * R + r) * 16, sum[k][r]);
}

// R rows against the group's outputs.
template <int R>
void strip(const Block& b, const Weights& w, size_t o, size_t end, size_t row, float* sums, Later& later) {
  Weights at = w;
  for (; o + OUTPUTS <= end; o += OUTPUTS, at.data += OUTPUTS * w.stride, sums += OUTPUTS * R * 16) tile<OUTPUTS, R>(b, at, o, row, sums, later);
  for (; o < end; o++, at.data += w.stride, sums += R * 16) tile<1, R>(b, at, o, row, sums, later);
}

// Many rows: a group's weights come to the L2 cache once and all rows pass by, in balanced strips.
WC_BF16 void rows_pass_by(const MatmulPart& part, size_t from_row, size_t rows, float* scratch) {
  const Matrix& m = part.job->w;
  const size_t element = size_of(m.dtype), stride = m.pitch() * element;
  const size_t strips = (rows + ROWS - 1) / ROWS;
  const size_t blocks = (m.cols + BLOCK - 1) / BLOCK;
  char* panel = reinterpret_cast<char*>(scratch + SUMS);
  for (size_t group = part.first; group < part.last; group += GROUP) {
    const size_t end = std::min(group + GROUP, part.last);
    for (size_t begin = 0; begin < m.cols; begin += BLOCK) {
      const size_t n = std::min(BLOCK, m.cols - begin);
      const Block b{&part, begin, n, begin == 0, begin + n == m.cols};
      Weights w{static_cast<const char*>(m.data) + group * stride + begin * element, stride};
      const bool straddle = (reinterpret_cast<uintptr_t>(w.data) | stride) % 64 != 0;
      if (m.dtype == DType::I8 || straddle) {
        const size_t room = row_size(n) * 2;
        for (size_t o = group; o < end; o++) {
          char* to = panel + (o - group) * room;
          if (m.dtype == DType::I8) widen(m, o, begin, n, to);
          else std::memcpy(to, w.data + (o - group) * stride, n * 2);
        }
        w = {panel, room};
      }
      // The group behind this one, as far as this block goes: one piece of memory where rows lie without gaps.
      const size_t skipped = blocks == 1 ? SOON_BYTES / ((end - group) * stride) * (end - group) : 0;
      const char* next = static_cast<const char*>(m.data) + (end + skipped) * stride + (end - group) * begin * element;
      const size_t lines = (end - group) * n * element / 64, steps = strips * ((end - group + OUTPUTS - 1) / OUTPUTS) * (n / STEP + 1);
      Later later{next, m.in_one_piece() ? next + lines * 64 : next, static_cast<int>(lines / steps + 1)};
      float* sums = scratch;
      for (size_t row = from_row, count; row < from_row + rows; row += count, sums += count * GROUP * 16) {
        count = strip_of(*part.job, row).rows;
        with_rows<ROWS>(count, [&](auto r) { strip<r>(b, w, group, end, row, sums, later); });
      }
    }
  }
}

bool takes(const Matmul& job) {
  const Matrix& m = job.w;
  if (m.by_input) return false;
  return m.dtype == DType::BF16 || (m.dtype == DType::I8 && m.round_product && (m.groups == 1 || m.cols / m.groups % STEP == 0));
}

bool packs(const Matmul&) { return true; }

size_t packed_size(size_t rows, size_t cols) { return rows * row_size(cols) / 2; }

WC_BF16 void pack(const Matmul& job, size_t row, float* packed) {
  const size_t n = job.w.cols, size = row_size(n);
  const Strip strip = strip_of(job, row);
  const float* x = job.x + row * n;
  char* to = reinterpret_cast<char*>(packed) + strip.begin * size * 2 + (row - strip.begin) * STEP * 2;
  for (size_t i = 0; i < size; i += STEP, to += strip.rows * STEP * 2) _mm512_storeu_si512(to, narrow(x + i, n - i));
}

void matmul(const MatmulPart& part, float* scratch) {
  const size_t rows = part.job->rows;
  if (streams(*part.job)) {
    if (part.job->w.dtype == DType::I8) stream_all<Int8>(part);
    else stream_all<Bf16>(part);
    return;
  }
  if (part.job->w.dtype == DType::BF16 && rows < GROUP_ROWS) {
    size_t o = part.first;
    for (; o + OUTPUTS <= part.last; o += OUTPUTS) stream_strips<OUTPUTS>(part, o);
    for (; o < part.last; o++) stream_strips<1>(part, o);
    return;
  }
  for (size_t row = 0; row < rows; row += PASS) rows_pass_by(part, row, std::min(PASS, rows - row), scratch);
}

}  // namespace

const MatmulKernel& matmul_kernel() {
  static const MatmulKernel kernel{takes, packs, packed_size, pack, matmul, SUMS + PANEL};
  return kernel;
}

}  // namespace wisecrack::avx512_bf16
#endif
