// Products, written once for every x86-64 vector length; not a header of its own. The file that includes this is inside the namespace
// of avx2.h or avx512.h and has defined WC_SIMD (its target attribute), WC_SIMD_INLINE, and
//   TILE_OUTPUTS, TILE_ROWS   outputs and rows whose sums are in registers at once
//   DIRECT_OUTPUTS, DIRECT_ROWS  the same where weights come straight from memory
//   STREAMS, STREAM_ROWS      weight rows that stream in side by side, for up to so many rows; LESS_STREAMS for up to FEW_ROWS
//   few(rows, inputs)         whether stream() is fastest; at most FEW_ROWS. Up to SOME_ROWS it is blocks(), above panels()
//
// One output's sum is the same operations everywhere: sixteen lanes, lane l adds up the inputs l, l + 16, ... in order, then sum4 adds up
// the lanes. So decode (few rows) and prefill (many rows) agree to the bit.

constexpr size_t SUM_LANES = 16;
constexpr int HALVES = SUM_LANES / LANES;  // vectors that hold the lanes of one sum
constexpr size_t CHUNK_ROWS = 128;         // rows that pass by a panel at once
constexpr size_t PANEL = 8;                // outputs whose weights are widened at once: 16 KiB, half of a small L1
constexpr size_t SMALL_GROUP = 8;          // the same where rows are few
constexpr size_t GROUP = MATMUL_GROUP;     // outputs that share a visit to a block of rows: both stay in the L2 cache meanwhile
constexpr size_t AHEAD_BYTES = 2048;       // how far ahead of the weights that stream in from memory

// A vector in a register: left to itself, the compiler reads it from memory again for each multiplication.
WC_SIMD_INLINE Vec load_once(const float* p) {
  Vec v = load<DType::F32>(reinterpret_cast<const char*>(p));
  asm("" : "+v"(v));
  return v;
}

// Brings the line `ahead` bytes behind p towards the L1 cache; it may lie before p, or nowhere.
WC_SIMD_INLINE void ask_for(const char* p, size_t ahead) {
  _mm_prefetch(reinterpret_cast<const char*>(reinterpret_cast<uintptr_t>(p) + ahead), _MM_HINT_T0);
}

// Brings a line towards the L2 cache. Lines must be asked for in the order of their addresses: then the processor's own prefetcher joins
// in, without which a core has too few requests under way to fill its share of the memory's bandwidth.
WC_SIMD_INLINE void ask_for_later(const char* p) { _mm_prefetch(p, _MM_HINT_T1); }

// The first n <= SUM_LANES elements in two vectors or one, the rest 0; reads nothing behind them.
template <DType D>
WC_SIMD_INLINE Vec load_tail(const char* p, size_t n, int half) {
  alignas(64) char buffer[SUM_LANES * sizeof(float)] = {};
  std::memcpy(buffer, p, n * size_of(D));
  return load<D>(buffer + static_cast<size_t>(half) * LANES * size_of(D));
}

// What an int8 weight is multiplied with. Rounding to bf16 is Veltkamp's splitting: with p = q * scale exact (15 bits),
// p * 65537 - (p * 65537 - p) is p to 8 bits, nearest, ties to even for every q and scale (tested for all).
struct Scale {
  Vec scale, split;
  bool round;
};

WC_SIMD_INLINE Scale scale_of(const Matrix& w, size_t group, size_t output) {
  const float scale = scale_at(w, group, output);
  return {broadcast(scale), broadcast(scale * 65537.0f), w.round_product};
}

WC_SIMD_INLINE Vec times(Vec q, const Scale& s) {
  if (!s.round) return mul(q, s.scale);
  const Vec far = mul(q, s.split);
  return sub(far, fnmadd(q, s.scale, far));
}

struct NoScale {};
WC_SIMD_INLINE Vec times(Vec w, const NoScale&) { return w; }

// The sums of W outputs and R rows are complete: y[r, o].
template <int W, int R>
WC_SIMD_INLINE void put(const Vec (&sum)[W][R][HALVES], const MatmulPart& part, size_t o, size_t row) {
  float* y = part.job->y + row * part.job->w.rows + o;
  const size_t stride = part.job->w.rows;
  const __m128 scale = _mm_set1_ps(part.job->scale);
  constexpr int N = W * R;
#pragma GCC unroll 6
  for (int j = 0; j < N; j += 4) {  // four sums at once; behind the end the last one is added up again and dropped
    const int b = j + 1 < N ? j + 1 : N - 1, c = j + 2 < N ? j + 2 : N - 1, d = j + 3 < N ? j + 3 : N - 1;
    __m128 v = _mm_mul_ps(sum4(sum[j % W][j / W], sum[b % W][b / W], sum[c % W][c / W], sum[d % W][d / W]), scale);
    if (part.round) v = avx2::round_bf16(v);
    if constexpr (W == 4) {
      _mm_storeu_ps(y + static_cast<size_t>(j / 4) * stride, v);
    } else {
      alignas(16) float out[4];
      _mm_store_ps(out, v);
      for (int i = j; i < j + 4 && i < N; i++) y[static_cast<size_t>(i / W) * stride + static_cast<size_t>(i % W)] = out[i - j];
    }
  }
}

// A weight row's inputs [begin, end), whole vectors of them, against R rows.
template <DType D, int W, int R, class S>
WC_SIMD_INLINE void stream_run(const char* w, size_t stride, const float* x, size_t n, size_t begin, size_t end, size_t ahead,
                               const S (&scale)[W], Vec (&sum)[W][R][HALVES], const char* later = nullptr) {
  for (size_t i = begin; i < end; i += SUM_LANES) {
    if (later) {
      for (size_t line = 0; line < W * SUM_LANES * size_of(D); line += 64) ask_for(later, i * W * size_of(D) + line);
    }
#pragma GCC unroll 2
    for (int h = 0; h < HALVES; h++) {
      const size_t at = i + static_cast<size_t>(h) * LANES;
      Vec a[W];
#pragma GCC unroll 4
      for (int k = 0; k < W; k++) {
        const char* p = w + static_cast<size_t>(k) * stride + at * size_of(D);
        if (h == 0 && !later) ask_for(p, ahead);
        a[k] = times(load<D>(p), scale[k]);
      }
#pragma GCC unroll 12
      for (int r = 0; r < R; r++) {
        const Vec b = load_once(x + static_cast<size_t>(r) * n + at);
#pragma GCC unroll 4
        for (int k = 0; k < W; k++) sum[k][r][h] = fmadd(a[k], b, sum[k][r][h]);
      }
    }
  }
}

// The last inputs [begin, end), fewer than a vector.
template <DType D, int W, int R, class S>
WC_SIMD_INLINE void stream_tail(const char* w, size_t stride, const float* x, size_t x_stride, size_t begin, size_t end, const S (&scale)[W],
                                Vec (&sum)[W][R][HALVES]) {
#pragma GCC unroll 2
  for (int h = 0; h < HALVES; h++) {
    const size_t left = end - begin, low = static_cast<size_t>(h) * LANES, count = left > low ? std::min(left - low, LANES) : 0;
    Vec a[W];
#pragma GCC unroll 4
    for (int k = 0; k < W; k++)
      a[k] = times(load_tail<D>(w + static_cast<size_t>(k) * stride + begin * size_of(D), left, h), scale[k]);
#pragma GCC unroll 12
    for (int r = 0; r < R; r++) {
      const Vec b = load_floats(x + static_cast<size_t>(r) * x_stride + begin + low, count);
#pragma GCC unroll 4
      for (int k = 0; k < W; k++) sum[k][r][h] = fmadd(a[k], b, sum[k][r][h]);
    }
  }
}

// W outputs of R rows, weights straight from memory in W streams.
template <DType D, int W, int R>
WC_SIMD void stream(const MatmulPart& part, size_t o, size_t row) {
  const Matrix& m = part.job->w;
  const size_t n = m.cols, stride = m.pitch() * size_of(D);
  const char* w = static_cast<const char*>(m.data) + o * stride;
  const float* x = part.job->x + row * n;
  Vec sum[W][R][HALVES];
#pragma GCC unroll 4
  for (int k = 0; k < W; k++)
#pragma GCC unroll 6
    for (int r = 0; r < R; r++)
#pragma GCC unroll 2
      for (int h = 0; h < HALVES; h++) sum[k][r][h] = zero();
  const size_t whole = n / SUM_LANES * SUM_LANES, groups = D == DType::I8 ? m.groups : 1, length = n / groups;
  // Behind a row's end its stream goes on W rows further.
  const size_t turn = whole - std::min(whole, AHEAD_BYTES / size_of(D) / SUM_LANES * SUM_LANES), jump = AHEAD_BYTES + W * stride - n * size_of(D);
  std::conditional_t<D == DType::I8, Scale, NoScale> scale[W] = {};
  for (size_t g = 0; g < groups; g++) {
    const size_t begin = g * length, end = g + 1 < groups ? begin + length : whole;
    if constexpr (D == DType::I8)
      for (int k = 0; k < W; k++) scale[k] = scale_of(m, g, o + static_cast<size_t>(k));
    const size_t middle = std::clamp(turn, begin, end);
    stream_run<D, W, R>(w, stride, x, n, begin, middle, AHEAD_BYTES, scale, sum);
    stream_run<D, W, R>(w, stride, x, n, middle, end, jump, scale, sum);
  }
  if (whole < n) stream_tail<D, W, R>(w, stride, x, n, whole, n, scale, sum);
  put<W, R>(sum, part, o, row);
}

// W outputs of all rows, R at a time.
template <DType D, int W, int R>
WC_SIMD void stream_rows(const MatmulPart& part, size_t o, size_t row) {
  for (; row + R <= part.job->rows; row += R) stream<D, W, R>(part, o, row);
  if constexpr (R > 1)
    if (row < part.job->rows) stream_rows<D, W, R - 1>(part, o, row);
}

template <DType D, int W, int R>
void stream_part(const MatmulPart& part) {
  size_t o = part.first;
  for (; o + W <= part.last; o += W) stream_rows<D, W, R>(part, o, 0);
  for (; o < part.last; o++) stream_rows<D, 1, R>(part, o, 0);
}

template <DType D>
void stream_all(const MatmulPart& part) {
  if (part.job->rows <= STREAM_ROWS) stream_part<D, STREAMS, STREAM_ROWS>(part);
  else stream_part<D, LESS_STREAMS, FEW_ROWS>(part);
}

// One block of inputs: a panel of widened weights against packed rows. Sums that later blocks join wait in `partial`.
struct Block {
  const MatmulPart* part;
  size_t n;  // a multiple of SUM_LANES
  bool first, last;
  size_t element;  // bytes of a weight
};

// Weights that the next group will need, in the order of their addresses. Each tile asks for some.
struct Ahead {
  const char* at;
  const char* end;
  size_t lines;  // for each tile
};

template <int W, int R>
WC_SIMD_INLINE void start(const Block& b, const float* partial, Vec (&sum)[W][R][HALVES]) {
#pragma GCC unroll 4
  for (int k = 0; k < W; k++)
#pragma GCC unroll 12
    for (int r = 0; r < R; r++)
#pragma GCC unroll 2
      for (int h = 0; h < HALVES; h++) sum[k][r][h] = zero();
  if (b.first) return;
#pragma GCC unroll 4
  for (int k = 0; k < W; k++)
#pragma GCC unroll 12
    for (int r = 0; r < R; r++)
#pragma GCC unroll 2
      for (int h = 0; h < HALVES; h++) sum[k][r][h] = load_once(partial + static_cast<size_t>((k * R + r) * HALVES + h) * LANES);
}

template <int W, int R>
WC_SIMD_INLINE void end(const Block& b, size_t o, size_t row, float* partial, const Vec (&sum)[W][R][HALVES]) {
  if (b.last) return put<W, R>(sum, *b.part, o, row);
#pragma GCC unroll 4
  for (int k = 0; k < W; k++)
#pragma GCC unroll 12
    for (int r = 0; r < R; r++)
#pragma GCC unroll 2
      for (int h = 0; h < HALVES; h++) store(partial + static_cast<size_t>((k * R + r) * HALVES + h) * LANES, sum[k][r][h]);
}

template <int W, int R>
WC_SIMD void tile(const Block& b, const float* w, size_t o, size_t row, const float* x, float* partial, Ahead& ahead) {
  Vec sum[W][R][HALVES];
  start<W, R>(b, partial, sum);
  for (size_t line = 0; line < ahead.lines && ahead.at < ahead.end; line++, ahead.at += 64) ask_for_later(ahead.at);
  for (size_t i = 0; i < b.n; i += SUM_LANES) {
#pragma GCC unroll 2
    for (int h = 0; h < HALVES; h++) {
      const size_t at = i + static_cast<size_t>(h) * LANES;
      Vec a[W];
#pragma GCC unroll 4
      for (int k = 0; k < W; k++) a[k] = load_once(w + static_cast<size_t>(k) * MATMUL_BLOCK + at);
#pragma GCC unroll 12
      for (int r = 0; r < R; r++) {
        const Vec v = load_once(x + static_cast<size_t>(r) * MATMUL_BLOCK + at);
#pragma GCC unroll 4
        for (int k = 0; k < W; k++) sum[k][r][h] = fmadd(a[k], v, sum[k][r][h]);
      }
    }
  }
  end<W, R>(b, o, row, partial, sum);
}

// The same with weights as they lie in memory, `stride` bytes from row to row. As many bytes from `later` on are asked for.
template <DType D, int W, int R>
WC_SIMD void direct(const Block& b, size_t begin, size_t n, size_t o, size_t row, const float* x, float* partial, const char* later) {
  const Matrix& m = b.part->job->w;
  const size_t stride = m.pitch() * size_of(D), whole = n / SUM_LANES * SUM_LANES;
  const char* w = static_cast<const char*>(m.data) + o * stride + begin * size_of(D);
  Vec sum[W][R][HALVES];
  start<W, R>(b, partial, sum);
  std::conditional_t<D == DType::I8, Scale, NoScale> scale[W] = {};
  if constexpr (D == DType::I8) {
    const size_t length = m.cols / m.groups;
    for (size_t i = 0; i < whole;) {
      const size_t group = (begin + i) / length, end = std::min(whole, (group + 1) * length - begin);
      for (int k = 0; k < W; k++) scale[k] = scale_of(m, group, o + static_cast<size_t>(k));
      stream_run<D, W, R>(w, stride, x, MATMUL_BLOCK, i, end, 0, scale, sum, later);
      i = end;
    }
    if (whole < n)
      for (int k = 0; k < W; k++) scale[k] = scale_of(m, m.groups - 1, o + static_cast<size_t>(k));
  } else {
    stream_run<D, W, R>(w, stride, x, MATMUL_BLOCK, 0, whole, 0, scale, sum, later);
  }
  if (whole < n) stream_tail<D, W, R>(w, stride, x, MATMUL_BLOCK, whole, n, scale, sum);
  end<W, R>(b, o, row, partial, sum);
}

template <DType D, int W, int R>
WC_SIMD void direct_rows(const Block& b, size_t begin, size_t n, size_t o, size_t row, size_t rows, const float* x, float* partial,
                         const char* later) {
  for (; rows >= R; row += R, rows -= R, x += R * MATMUL_BLOCK, partial += R * W * SUM_LANES, later = nullptr)
    direct<D, W, R>(b, begin, n, o, row, x, partial, later);
  if constexpr (R > 1)
    if (rows > 0) direct_rows<D, W, R - 1>(b, begin, n, o, row, rows, x, partial, later);
}

// Several rows: a block of them stays in the L1 cache while the weights of a group pass by. Meanwhile the weights of the next group, which
// lie behind these in one piece, come to the L2 cache.
template <DType D>
WC_SIMD void blocks(const MatmulPart& part, float* scratch) {
  constexpr size_t W = DIRECT_OUTPUTS;
  const Matmul& job = *part.job;
  const Matrix& m = job.w;
  const size_t stride = m.pitch() * size_of(D), place = job.rows * SUM_LANES;
  for (size_t group = part.first; group < part.last; group += SMALL_GROUP) {
    const size_t group_end = std::min(group + SMALL_GROUP, part.last);
    const char* later = m.in_one_piece() ? static_cast<const char*>(m.data) + group_end * stride : nullptr;
    for (size_t begin = 0; begin < m.cols; begin += MATMUL_BLOCK) {
      const size_t n = std::min(MATMUL_BLOCK, m.cols - begin);
      const Block b{&part, padded(n), begin == 0, begin + n == m.cols, size_of(D)};
      const float* x = part.packed + begin * job.rows;
      size_t o = group;
      for (; o + W <= group_end; o += W, later += later ? W * n * size_of(D) : 0)
        direct_rows<D, W, DIRECT_ROWS>(b, begin, n, o, 0, job.rows, x, scratch + (o - group) * place, later);
      for (; o < group_end; o++) direct_rows<D, 1, DIRECT_ROWS>(b, begin, n, o, 0, job.rows, x, scratch + (o - group) * place, later);
    }
  }
}

// R rows against the panel's `count` outputs.
template <int R>
WC_SIMD void strip(const Block& b, const float* panel, size_t count, size_t o, size_t row, const float* x, float* partial, Ahead& ahead) {
  constexpr size_t W = TILE_OUTPUTS, STEP = R * SUM_LANES;
  size_t k = 0;
  for (; k + W <= count; k += W) tile<W, R>(b, panel + k * MATMUL_BLOCK, o + k, row, x, partial + k * STEP, ahead);
  for (; k < count; k++) tile<1, R>(b, panel + k * MATMUL_BLOCK, o + k, row, x, partial + k * STEP, ahead);
}

// All rows against the panel, R at a time.
template <int R>
WC_SIMD void strips(const Block& b, const float* panel, size_t count, size_t o, size_t row, size_t rows, const float* x, float* partial,
                    Ahead& ahead) {
  for (; rows >= R; row += R, rows -= R, x += R * MATMUL_BLOCK, partial += R * PANEL * SUM_LANES) strip<R>(b, panel, count, o, row, x, partial, ahead);
  if constexpr (R > 1)
    if (rows > 0) strips<R - 1>(b, panel, count, o, row, rows, x, partial, ahead);
}

// Weights [i, end) of a piece of memory as float32, whole vectors of them.
template <DType D, class S>
WC_SIMD_INLINE void fill_run(const char* from, size_t i, size_t end, const S& scale, float* to) {
#pragma GCC unroll 4
  for (; i + SUM_LANES <= end; i += SUM_LANES)
#pragma GCC unroll 2
    for (size_t h = 0; h < HALVES; h++) store(to + i + h * LANES, times(load<D>(from + (i + h * LANES) * size_of(D)), scale));
}

// A block of one weight row as float32, filled up with zeros to a multiple of SUM_LANES.
template <DType D>
WC_SIMD void fill(const Matrix& m, size_t row, size_t begin, size_t n, float* to) {
  const char* from = static_cast<const char*>(m.data) + (row * m.pitch() + begin) * size_of(D);
  const size_t whole = n / SUM_LANES * SUM_LANES;
  std::conditional_t<D == DType::I8, Scale, NoScale> scale = {};
  if constexpr (D == DType::I8) {
    const size_t length = m.cols / m.groups;
    for (size_t i = 0; i < n;) {  // the last scale remains for the tail
      const size_t group = (begin + i) / length, end = std::min(n, (group + 1) * length - begin);
      scale = scale_of(m, group, row);
      fill_run<D>(from, i, end, scale, to);
      i = end;
    }
  } else {
    fill_run<D>(from, 0, n, scale, to);
  }
  if (whole == n) return;
  for (int h = 0; h < HALVES; h++)
    store(to + whole + static_cast<size_t>(h) * LANES, times(load_tail<D>(from + whole * size_of(D), n - whole, h), scale));
}

// What fill cannot read, one weight after the other.
void fill_any(const Matrix& m, size_t row, size_t begin, size_t n, float* to) {
  widen(m, row, begin, n, to);
  std::fill(to + n, to + padded(n), 0.0f);
}

// A panel of weights is widened once and stays in the L1 cache while up to CHUNK_ROWS rows pass by.
template <DType D>
WC_SIMD void panels(const MatmulPart& part, float* scratch, bool vectors) {
  alignas(64) float panel[PANEL * MATMUL_BLOCK];
  const Matmul& job = *part.job;
  const Matrix& m = job.w;
  const size_t chunks = (job.rows + CHUNK_ROWS - 1) / CHUNK_ROWS, size = (job.rows + chunks - 1) / chunks;
  for (size_t group = part.first; group < part.last; group += GROUP) {
    const size_t group_end = std::min(group + GROUP, part.last), bytes = (group_end - group) * m.cols * size_of(D);
    const char* later = static_cast<const char*>(m.data) + group_end * m.cols * size_of(D);
    const size_t strips_of_rows = (job.rows + TILE_ROWS - 1) / TILE_ROWS, blocks = (m.cols + MATMUL_BLOCK - 1) / MATMUL_BLOCK;
    const size_t tiles = strips_of_rows * blocks * ((group_end - group) / TILE_OUTPUTS + 1);
    Ahead ahead{later, vectors && m.in_one_piece() ? later + bytes : later, bytes / 64 / tiles + 1};
    for (size_t row = 0; row < job.rows; row += size) {
      const size_t rows = std::min(size, job.rows - row);
      for (size_t begin = 0; begin < m.cols; begin += MATMUL_BLOCK) {
        const size_t n = std::min(MATMUL_BLOCK, m.cols - begin);
        const Block b{&part, padded(n), begin == 0, begin + n == m.cols, size_of(D)};
        const float* x = part.packed + begin * job.rows + row * MATMUL_BLOCK;
        for (size_t o = group; o < group_end; o += PANEL) {
          const size_t count = std::min(PANEL, group_end - o);
          for (size_t k = 0; k < count; k++) {
            if (vectors) fill<D>(m, o + k, begin, n, panel + k * MATMUL_BLOCK);
            else fill_any(m, o + k, begin, n, panel + k * MATMUL_BLOCK);
          }
          strips<TILE_ROWS>(b, panel, count, o, row, rows, x, scratch + (o - group) * CHUNK_ROWS * SUM_LANES, ahead);
        }
      }
    }
  }
}

// Whether a vector of weights has one scale and lies together.
bool in_vectors(const Matrix& m) { return !m.by_input && (m.dtype != DType::I8 || m.cols / m.groups % SUM_LANES == 0); }

bool packs(const Matmul& job) { return !in_vectors(job.w) || !few(job.rows, job.w.cols); }

template <DType D>
void product(const MatmulPart& part, float* scratch) {
  const bool vectors = in_vectors(part.job->w);
  if (!packs(*part.job)) stream_all<D>(part);
  else if (vectors && part.job->rows <= SOME_ROWS) blocks<D>(part, scratch);
  else panels<D>(part, scratch, vectors);
}

void matmul(const MatmulPart& part, float* scratch) {
  switch (part.job->w.dtype) {
    case DType::F32: return product<DType::F32>(part, scratch);
    case DType::BF16: return product<DType::BF16>(part, scratch);
    case DType::I8: return product<DType::I8>(part, scratch);
  }
}
