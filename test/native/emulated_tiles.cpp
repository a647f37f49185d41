#include "emulated_tiles.h"

#if defined(__x86_64__) && !defined(WISECRACK_WITHOUT_AVX512)
#include <cstring>
#include <stdexcept>

using namespace wisecrack;

namespace {

struct Registers {
  bool configured = false;
  amx::TileShapes shapes;
  alignas(64) unsigned char data[EmulatedTiles::COUNT][EmulatedTiles::ROWS][EmulatedTiles::BYTES] = {};
};
thread_local Registers registers;

void must(bool good, const char* what) {
  if (!good) throw std::logic_error(what);
}

void must_be_configured(int tile) {
  must(registers.configured && registers.shapes.rows[tile] > 0 && registers.shapes.bytes[tile] > 0, "a tile without a shape is used");
}

// Products and sums as the manual has them: nearest, denormals are 0 on the way in and out.
class FlushDenormals {
 public:
  FlushDenormals() : before_(_mm_getcsr()) { _mm_setcsr((before_ & ~0x6000u) | 0x8040u); }
  ~FlushDenormals() { _mm_setcsr(before_); }

 private:
  unsigned before_;
};

// Operations on v stay between the calls before and behind this, such as those that change how to round.
WC_AVX512_INLINE void stay(__m512& v) { asm volatile("" : "+v"(v)); }

}  // namespace

std::atomic<size_t> EmulatedTiles::loads[COUNT];

void EmulatedTiles::configure(const amx::TileShapes& shapes) {
  must(shapes.palette == 1 && shapes.start_row == 0, "the palette must be 1, the start row 0");
  for (const unsigned char byte : shapes.reserved) must(byte == 0, "reserved bytes must be 0");
  for (int tile = 0; tile < 16; tile++) {
    must(shapes.rows[tile] <= (tile < COUNT ? ROWS : 0) && shapes.bytes[tile] <= (tile < COUNT ? BYTES : 0), "a tile is larger than its register");
    must((shapes.rows[tile] == 0) == (shapes.bytes[tile] == 0), "a tile has rows without bytes, or the other way round");
  }
  registers = {true, shapes, {}};
}

void EmulatedTiles::release() { registers = {}; }

void EmulatedTiles::zero(int tile) {
  must_be_configured(tile);
  std::memset(registers.data[tile], 0, sizeof registers.data[tile]);
}

void EmulatedTiles::load(int tile, const void* from, size_t stride) {
  zero(tile);
  for (size_t r = 0; r < registers.shapes.rows[tile]; r++)
    std::memcpy(registers.data[tile][r], static_cast<const char*>(from) + r * stride, registers.shapes.bytes[tile]);
  loads[tile].fetch_add(1, std::memory_order_relaxed);
}

void EmulatedTiles::store(int tile, void* to, size_t stride) {
  must_be_configured(tile);
  for (size_t r = 0; r < registers.shapes.rows[tile]; r++)
    std::memcpy(static_cast<char*>(to) + r * stride, registers.data[tile][r], registers.shapes.bytes[tile]);
}

WC_AVX512 void EmulatedTiles::multiply(int sums, int weights, int rows) {
  for (const int tile : {sums, weights, rows}) must_be_configured(tile);
  const amx::TileShapes& shape = registers.shapes;
  const size_t pairs = shape.bytes[weights] / 4;
  must(shape.rows[sums] == shape.rows[weights] && shape.bytes[sums] == shape.bytes[rows] && shape.rows[rows] == pairs && shape.bytes[sums] % 4 == 0 &&
           shape.bytes[weights] % 4 == 0,
       "shapes of a product do not fit together");
  const FlushDenormals flush;
  const __m512i upper = _mm512_set1_epi32(static_cast<int>(0xFFFF0000));
  for (size_t m = 0; m < shape.rows[sums]; m++) {
    __m512 even = _mm512_setzero_ps(), odd = _mm512_setzero_ps();
    stay(even);
    stay(odd);
    for (size_t k = 0; k < pairs; k++) {
      int pair;
      std::memcpy(&pair, registers.data[weights][m] + k * 4, 4);
      const __m512i a = _mm512_set1_epi32(pair), b = _mm512_load_si512(registers.data[rows][k]);
      even = _mm512_fmadd_ps(_mm512_castsi512_ps(_mm512_slli_epi32(a, 16)), _mm512_castsi512_ps(_mm512_slli_epi32(b, 16)), even);
      odd = _mm512_fmadd_ps(_mm512_castsi512_ps(_mm512_and_si512(a, upper)), _mm512_castsi512_ps(_mm512_and_si512(b, upper)), odd);
    }
    auto* sum = reinterpret_cast<float*>(registers.data[sums][m]);
    __m512 total = _mm512_add_ps(_mm512_load_ps(sum), _mm512_add_ps(even, odd));
    stay(total);
    _mm512_store_ps(sum, total);
  }
}

const Kernels* emulated_amx_kernels() {
  static const Kernels kernels = [] {
    Kernels k = *avx512_bf16_kernels();
    k.name = "amx_bf16 (emulated)";
    k.bf16_matmul = &amx::Products<EmulatedTiles>::kernel();
    return k;
  }();
  return kernels.runs() ? &kernels : nullptr;
}
#else
const wisecrack::Kernels* emulated_amx_kernels() { return nullptr; }
#endif
