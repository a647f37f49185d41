#pragma once
// Products of bf16 rows for processors with AMX, Intel's tiles of 16 x 64 bytes: one instruction multiplies 16 outputs by 16 rows over 32
// inputs, 8192 multiply-adds where a vector does 32. So memory is the limit up to hundreds of rows, and the kernel is made to stream:
// weights go straight from the file to a tile, each once for 64 rows.
//
// An output's sum depends on nothing but its weights and its row: per 32 inputs a sum of the even and one of the odd ones, in order, and
// both together added to what came before (Intel's manual, TDPBF16PS). Vectors add up in another order, so every product goes this way,
// those of one row, too.
//
// `Tiles` are the processor's (amx.h) or, in the tests, reckoned after the manual: no machine with AMX was at hand.
#include "device/cpu/avx512_bf16.h"

#if defined(__x86_64__) && !defined(WISECRACK_WITHOUT_AVX512)
#include <algorithm>
#include <cstring>
#include <utility>

#include "device/cpu/kernels.h"

namespace wisecrack::amx {

/// What LDTILECFG reads (palette 1): of each tile register its rows and the bytes of a row.
struct alignas(64) TileShapes {
  uint8_t palette = 1, start_row = 0, reserved[14] = {};
  uint16_t bytes[16] = {};
  uint8_t rows[16] = {};

  void set(int tile, size_t height, size_t row_bytes) {
    rows[tile] = static_cast<uint8_t>(height);
    bytes[tile] = static_cast<uint16_t>(row_bytes);
  }
};
static_assert(sizeof(TileShapes) == 64);

/// The products of one kind of tiles. `Tiles` has static functions: configure(shapes), release(), and with registers as template arguments
/// zero, load, store and multiply, as amx.h describes.
template <class Tiles>
class Products {
 public:
  static const MatmulKernel& kernel() {
    static const MatmulKernel kernel{takes, [](const Matmul&) { return true; }, packed_size, pack, run, SUMS + PANEL + TILE};
    return kernel;
  }

 private:
  static constexpr size_t STEP = avx512_bf16::STEP, SIDE = 16;  // inputs, and outputs or rows, of a tile
  static constexpr int STRIPS = 4;                              // of rows, whose sums are in registers at once: 0 to 3
  static constexpr int WEIGHTS = 4, ROWS = 6;                   // registers, two of each in turns
  static constexpr size_t GROUP = MATMUL_GROUP;                 // outputs that share a visit to a chunk of rows
  static constexpr size_t CHUNK = 6144;                         // inputs: 64 rows and 64 outputs of them share an L2 cache of 2 MB
  static constexpr size_t PASS = 16;                            // strips that share a group's visit to memory
  static constexpr size_t WIDENED = 256;                        // inputs whose weights are laid out in the L1 cache
  static constexpr size_t TILE = SIDE * SIDE;                   // floats of sums
  static constexpr size_t SUMS = GROUP / SIDE * PASS * TILE;    // that wait for the next chunk
  static constexpr size_t PANEL = SIDE * WIDENED * 2 / sizeof(float);

  static size_t steps(size_t inputs) { return (inputs + STEP - 1) / STEP; }
  // Rows lie in strips of 16, the last filled up with zeros; fewer than 16 are a strip of their own size.
  static size_t strip_rows(size_t rows) { return std::min(rows, SIDE); }
  static size_t strip_count(size_t rows) { return (rows + SIDE - 1) / SIDE; }
  // Bytes of a strip's tile: [16 pairs of inputs, rows].
  static size_t tile_bytes(size_t rows) { return STEP * 2 * strip_rows(rows); }
  static size_t strip_bytes(const Matmul& job) { return steps(job.w.cols) * tile_bytes(job.rows); }

  static bool takes(const Matmul& job) {
    const Matrix& m = job.w;
    return !m.by_input && (m.dtype == DType::BF16 || (m.dtype == DType::I8 && m.round_product));
  }

  static size_t packed_size(size_t rows, size_t cols) { return strip_count(rows) * steps(cols) * tile_bytes(rows) / sizeof(float); }

  WC_BF16_INLINE static __m512i multiples(size_t n) {
    return _mm512_mullo_epi32(_mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0), _mm512_set1_epi32(static_cast<int>(n)));
  }

  // Each of a strip's rows stands for a share of its tiles: were it for its own columns, threads would fight for cache lines.
  WC_BF16 static void pack(const Matmul& job, size_t row, float* packed) {
    const size_t n = job.w.cols, all = steps(n), height = strip_rows(job.rows), strip = row / SIDE, first = strip * SIDE;
    const size_t present = std::min(height, job.rows - first), share = row - first;
    const __m512i places = multiples(height);
    for (size_t step = all * share / present; step < all * (share + 1) / present; step++) {
      char* tile = reinterpret_cast<char*>(packed) + strip * strip_bytes(job) + step * tile_bytes(job.rows);
      if (present < height) std::memset(tile, 0, tile_bytes(job.rows));
      for (size_t r = 0; r < present; r++) {
        const float* x = job.x + (first + r) * n + step * STEP;
        _mm512_i32scatter_epi32(tile + r * 4, places, avx512_bf16::narrow(x, n - step * STEP), 4);
      }
    }
  }

  // Adds `count` steps to the sums of a tile of outputs and S of rows.
  template <int S>
  static void add_up(const char* weights, size_t stride, const char* x, size_t between_strips, size_t rows, size_t count) {
    const auto step = [&]<int TURN>(std::integral_constant<int, TURN>) {
      Tiles::template load<WEIGHTS + TURN>(weights, stride);
      [&]<int... STRIP>(std::integer_sequence<int, STRIP...>) {
        ((Tiles::template load<ROWS + (STRIP + TURN * S) % 2>(x + STRIP * between_strips, rows * 4),
          Tiles::template multiply<STRIP, WEIGHTS + TURN, ROWS + (STRIP + TURN * S) % 2>()), ...);
      }(std::make_integer_sequence<int, S>{});
      weights += STEP * 2;
      x += STEP * 2 * rows;
    };
    for (size_t i = 0; i + 2 <= count; i += 2) {
      step(std::integral_constant<int, 0>{});
      step(std::integral_constant<int, 1>{});
    }
    if (count % 2) step(std::integral_constant<int, 0>{});
  }

  // Weights that no tile can take as they lie: int8, and a row's last inputs, fewer than a step.
  WC_BF16 static void lay_out(const Matrix& m, size_t o, size_t outputs, size_t begin, size_t n, char* panel) {
    for (size_t k = 0; k < outputs; k++, panel += WIDENED * 2) {
      if (n % STEP) std::memset(panel + n / STEP * STEP * 2, 0, STEP * 2);
      if (m.dtype == DType::I8) avx512_bf16::widen(m, o + k, begin, n, panel);
      else std::memcpy(panel, static_cast<const char*>(m.data) + ((o + k) * m.pitch() + begin) * 2, n * 2);
    }
  }

  // A tile of outputs and S of rows, which begin with `strip`, over inputs [begin, begin + n).
  struct Block {
    const MatmulPart* part;
    size_t o, outputs, strip, begin, n;
  };

  template <int S>
  static void add_up(const Block& b, char* panel) {
    const Matmul& job = *b.part->job;
    const Matrix& m = job.w;
    const size_t rows = strip_rows(job.rows), between = strip_bytes(job);
    const char* x = reinterpret_cast<const char*>(b.part->packed) + b.strip * between + b.begin / STEP * tile_bytes(job.rows);
    const size_t whole = m.dtype == DType::BF16 ? b.n / STEP * STEP : 0;
    if (whole) add_up<S>(static_cast<const char*>(m.data) + (b.o * m.pitch() + b.begin) * 2, m.pitch() * 2, x, between, rows, whole / STEP);
    for (size_t i = whole; i < b.n; i += WIDENED) {
      const size_t n = std::min(WIDENED, b.n - i);
      lay_out(m, b.o, b.outputs, b.begin + i, n, panel);
      add_up<S>(panel, WIDENED * 2, x + i / STEP * tile_bytes(job.rows), between, rows, steps(n));
    }
  }

  // sums [outputs, rows] to y.
  WC_BF16 static void put(const Block& b, size_t strip, const float* sums) {
    const Matmul& job = *b.part->job;
    const size_t height = strip_rows(job.rows), first = strip * SIDE, rows = std::min(height, job.rows - first);
    const __m512i places = multiples(height);
    const __mmask16 mask = avx512::mask_of(b.outputs);
    for (size_t r = 0; r < rows; r++) {
      const __m512 sum = _mm512_mask_i32gather_ps(avx512::zero(), mask, places, sums + r, 4);
      const __m512 v = _mm512_mul_ps(sum, avx512::broadcast(job.scale));
      avx512::store_floats(job.y + (first + r) * job.w.rows + b.o, b.part->round ? avx512::round_bf16(v) : v, b.outputs);
    }
  }

  template <int S>
  static void strips(const Block& b, float* waiting, char* panel, float* tile) {
    const Matmul& job = *b.part->job;
    const size_t stride = strip_rows(job.rows) * sizeof(float);
    const auto each = [&](const auto& work) {
      [&]<int... STRIP>(std::integer_sequence<int, STRIP...>) {
        (work(std::integral_constant<int, STRIP>{}), ...);
      }(std::make_integer_sequence<int, S>{});
    };
    if (b.begin == 0) each([](auto s) { Tiles::template zero<s>(); });
    else each([&](auto s) { Tiles::template load<s>(waiting + s * TILE, stride); });
    add_up<S>(b, panel);
    each([&](auto s) {
      if (b.begin + b.n < job.w.cols) return Tiles::template store<s>(waiting + s * TILE, stride);
      Tiles::template store<s>(tile, stride);
      put(b, b.strip + s, tile);
    });
  }

  static void configure(size_t outputs, size_t rows) {
    TileShapes shapes;
    for (int sum = 0; sum < STRIPS; sum++) shapes.set(sum, outputs, rows * 4);
    for (int turn = 0; turn < 2; turn++) {
      shapes.set(WEIGHTS + turn, outputs, STEP * 2);
      shapes.set(ROWS + turn, STEP / 2, rows * 4);
    }
    Tiles::configure(shapes);
  }

  static void run(const MatmulPart& part, float* scratch) {
    const Matmul& job = *part.job;
    float *waiting = scratch, *tile = scratch + SUMS + PANEL;
    char* panel = reinterpret_cast<char*>(scratch + SUMS);
    const size_t all = strip_count(job.rows);
    size_t configured = 0;
    for (size_t pass = 0; pass < all; pass += PASS)
      for (size_t group = part.first; group < part.last; group += GROUP)
        for (size_t begin = 0; begin < job.w.cols; begin += CHUNK)
          for (size_t strip = pass, pass_end = std::min(pass + PASS, all); strip < pass_end; strip += STRIPS)
            for (size_t o = group, end = std::min(group + GROUP, part.last); o < end; o += SIDE) {
              const Block b{&part, o, std::min(SIDE, end - o), strip, begin, std::min(CHUNK, job.w.cols - begin)};
              if (b.outputs != configured) configure(configured = b.outputs, strip_rows(job.rows));
              float* sums = waiting + ((o - group) / SIDE * PASS + strip - pass) * TILE;
              switch (std::min<size_t>(STRIPS, pass_end - strip)) {
                case 1: strips<1>(b, sums, panel, tile); break;
                case 2: strips<2>(b, sums, panel, tile); break;
                case 3: strips<3>(b, sums, panel, tile); break;
                default: strips<4>(b, sums, panel, tile);
              }
            }
    Tiles::release();
  }
};

}  // namespace wisecrack::amx
#endif
