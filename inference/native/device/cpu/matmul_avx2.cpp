// Products of bf16 or f32 weights with float32 rows. One output's sum is always built the same way: blocks of 512 inputs, in a
// block two vectors that take turns (16 lanes). So decode (few rows) and prefill (many rows) agree to the bit.
#include "device/cpu/avx2.h"
#include "device/cpu/matmul_avx2.h"
#include "device/cpu/widen.h"

#if defined(__x86_64__)
#include <algorithm>

namespace wisecrack::avx2 {
namespace {

constexpr size_t FEW_ROWS = 4;           // up to here weights are read straight from memory, above a widened panel pays off
constexpr size_t PREFETCH_BYTES = 1024;  // how far ahead of the weights that stream in from memory

// A piece of a product: weight rows from `w` on, rows of x from `x` on, one block of n inputs. y gets or joins the sums.
struct Piece {
  const char* w;
  size_t w_stride;  // bytes
  const float* x;
  size_t x_stride;  // floats
  size_t n;
  float* y;
  size_t y_stride;
  bool first;  // the first block: y gets the sums instead of joining them
};

// Eight floats in a register: left to itself, the compiler reads them from memory again for each multiplication.
WC_AVX2_INLINE __m256 load_once(const float* p) {
  __m256 v = _mm256_loadu_ps(p);
  asm("" : "+x"(v));
  return v;
}

WC_AVX2_INLINE void put(float* y, float sum, bool first) { *y = first ? sum : *y + sum; }

// W weight rows against R rows of x, all sums in registers. PADDED: weight rows are filled up with zeros to a multiple of 16.
template <DType D, bool PADDED, int W, int R>
WC_AVX2 void tile(const Piece& t) {
  __m256 even[W][R], odd[W][R];
  for (int o = 0; o < W; o++)
    for (int r = 0; r < R; r++) even[o][r] = odd[o][r] = _mm256_setzero_ps();
  size_t i = 0;
  for (; i + 16 <= t.n; i += 16) {
    __m256 a[W];
    const char* w = t.w + i * size_of(D);
    for (int o = 0; o < W; o++) {
      if constexpr (!PADDED) _mm_prefetch(w + static_cast<size_t>(o) * t.w_stride + PREFETCH_BYTES, _MM_HINT_T0);
      a[o] = load<D>(w + static_cast<size_t>(o) * t.w_stride);
    }
    for (int r = 0; r < R; r++) {
      const __m256 b = load_once(t.x + static_cast<size_t>(r) * t.x_stride + i);
      for (int o = 0; o < W; o++) even[o][r] = _mm256_fmadd_ps(a[o], b, even[o][r]);
    }
    for (int o = 0; o < W; o++) a[o] = load<D>(w + static_cast<size_t>(o) * t.w_stride + 8 * size_of(D));
    for (int r = 0; r < R; r++) {
      const __m256 b = load_once(t.x + static_cast<size_t>(r) * t.x_stride + i + 8);
      for (int o = 0; o < W; o++) odd[o][r] = _mm256_fmadd_ps(a[o], b, odd[o][r]);
    }
  }
  if (i < t.n) {
    const size_t left = t.n - i, low = left < 8 ? left : 8, high = left - low;
    const __m256 low_mask = _mm256_castsi256_ps(mask_of(low)), high_mask = _mm256_castsi256_ps(mask_of(high));
    for (int r = 0; r < R; r++) {
      const float* x = t.x + static_cast<size_t>(r) * t.x_stride + i;
      const __m256 b = _mm256_maskload_ps(x, _mm256_castps_si256(low_mask));
      const __m256 c = _mm256_maskload_ps(x + low, _mm256_castps_si256(high_mask));
      for (int o = 0; o < W; o++) {
        const char* w = t.w + static_cast<size_t>(o) * t.w_stride + i * size_of(D);
        const char* w_high = w + 8 * size_of(D);
        even[o][r] = _mm256_fmadd_ps(PADDED ? load<D>(w) : load_part<D>(w, low), b, even[o][r]);
        odd[o][r] = _mm256_fmadd_ps(PADDED ? load<D>(w_high) : load_part<D>(w_high, high), c, odd[o][r]);
      }
    }
  }
  alignas(16) float sums[(W * R + 3) / 4 * 4];
  __m256 all[(W * R + 3) / 4 * 4];
  for (int j = 0; j < (W * R + 3) / 4 * 4; j++)
    all[j] = j < W * R ? _mm256_add_ps(even[j % W][j / W], odd[j % W][j / W]) : _mm256_setzero_ps();
  for (int j = 0; j < W * R; j += 4) _mm_store_ps(sums + j, sum4(all[j], all[j + 1], all[j + 2], all[j + 3]));
  for (int r = 0; r < R; r++)
    for (int o = 0; o < W; o++) put(t.y + static_cast<size_t>(r) * t.y_stride + o, sums[r * W + o], t.first);
}

// W weight rows against `rows` rows of x, three at a time.
template <DType D, bool PADDED, int W>
WC_AVX2 void strip(Piece t, size_t rows) {
  for (; rows >= 3; rows -= 3, t.x += 3 * t.x_stride, t.y += 3 * t.y_stride) tile<D, PADDED, W, 3>(t);
  if (rows == 2) tile<D, PADDED, W, 2>(t);
  if (rows == 1) tile<D, PADDED, W, 1>(t);
}

Piece piece_of(const Matmul& job, size_t output, size_t begin) {
  const size_t stride = job.w.cols * size_of(job.w.dtype);
  return {static_cast<const char*>(job.w.data) + output * stride + begin * size_of(job.w.dtype),
          stride,
          job.x + begin,
          job.w.cols,
          std::min(MATMUL_BLOCK, job.w.cols - begin),
          job.y + output,
          job.w.rows,
          begin == 0};
}

// Few rows: weights stream through once, four rows of them side by side when there is one row of x.
template <DType D>
WC_AVX2 void few_rows(const MatmulPart& part) {
  const Matmul& job = *part.job;
  for (size_t o = part.first; o < part.last;) {
    const size_t left = part.last - o, width = left >= 4 && job.rows == 1 ? 4 : left >= 2 ? 2 : 1;
    for (size_t begin = 0; begin < job.w.cols; begin += MATMUL_BLOCK) {
      const Piece t = piece_of(job, o, begin);
      if (width == 4) tile<D, false, 4, 1>(t);
      else if (width == 2) strip<D, false, 2>(t, job.rows);
      else strip<D, false, 1>(t, job.rows);
    }
    o += width;
  }
}

// One block of a weight row as float32, filled up with zeros to a multiple of 16.
template <DType D>
WC_AVX2 void widen(const char* from, size_t n, float* to) {
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    _mm_prefetch(from + i * size_of(D) + PREFETCH_BYTES, _MM_HINT_T0);
    _mm256_storeu_ps(to + i, load<D>(from + i * size_of(D)));
  }
  for (; i < (n + 15) / 16 * 16; i += 8) _mm256_storeu_ps(to + i, load_part<D>(from + i * size_of(D), i < n ? n - i : 0));
}

// The same for any dtype and layout, one weight after the other.
void widen_any(const Matrix& w, size_t row, size_t begin, size_t n, float* to) {
  wisecrack::widen(w, row, begin, n, to);
  std::fill(to + n, to + (n + 15) / 16 * 16, 0.0f);
}

// Many rows, or weights that take work to read: a panel is widened once and stays in the L1 cache while all rows pass by.
template <DType D, bool BY_OUTPUT = D != DType::I8>
WC_AVX2 void many_rows(const MatmulPart& part) {
  alignas(64) float panel[MATMUL_PANEL_ROWS * MATMUL_BLOCK];
  const Matmul& job = *part.job;
  for (size_t o = part.first; o < part.last; o += MATMUL_PANEL_ROWS) {
    const size_t count = std::min(MATMUL_PANEL_ROWS, part.last - o);
    for (size_t begin = 0; begin < job.w.cols; begin += MATMUL_BLOCK) {
      Piece t = piece_of(job, o, begin);
      for (size_t i = 0; i < count; i++) {
        if constexpr (BY_OUTPUT) widen<D>(t.w + i * t.w_stride, t.n, panel + i * MATMUL_BLOCK);
        else widen_any(job.w, o + i, begin, t.n, panel + i * MATMUL_BLOCK);
      }
      t.w = reinterpret_cast<const char*>(panel);
      t.w_stride = MATMUL_BLOCK * sizeof(float);
      for (size_t r = 0; r < job.rows; r += 3, t.x += 3 * t.x_stride, t.y += 3 * t.y_stride) {
        const size_t rows = std::min<size_t>(3, job.rows - r);
        Piece at = t;
        for (size_t i = 0; i < count; i += 2, at.w += 2 * at.w_stride, at.y += 2) {
          if (i + 1 < count) strip<DType::F32, true, 2>(at, rows);
          else strip<DType::F32, true, 1>(at, rows);
        }
      }
    }
  }
}

// The complete sums are scaled and rounded.
WC_AVX2 void finish(const MatmulPart& part) {
  const Matmul& job = *part.job;
  if (job.scale == 1 && !part.round) return;
  const __m256 scale = _mm256_set1_ps(job.scale);
  for (size_t r = 0; r < job.rows; r++) {
    for (size_t o = part.first; o < part.last; o += 8) {
      float* y = job.y + r * job.w.rows + o;
      const __m256 v = _mm256_mul_ps(load_floats(y, part.last - o), scale);
      store_floats(y, part.round ? round_bf16(v) : v, part.last - o);
    }
  }
}

}  // namespace

void matmul(const MatmulPart& part) {
  const bool few = part.job->rows <= FEW_ROWS;
  if (part.job->w.dtype == DType::I8 || part.job->w.by_input) many_rows<DType::I8>(part);
  else if (part.job->w.dtype == DType::BF16) few ? few_rows<DType::BF16>(part) : many_rows<DType::BF16>(part);
  else few ? few_rows<DType::F32>(part) : many_rows<DType::F32>(part);
  finish(part);
}

}  // namespace wisecrack::avx2
#endif
