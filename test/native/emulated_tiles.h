#pragma once
// AMX's tile registers in software, after Intel's manual (volume 2: LDTILECFG, TILELOADD, TILESTORED, TILEZERO, TDPBF16PS). What a processor
// refuses throws. Its kernels run so on any processor with AVX512_BF16, to the bits that the manual promises.
#include "device/cpu/kernels.h"
#include "device/cpu/matmul_amx.h"

#if defined(__x86_64__) && !defined(WISECRACK_WITHOUT_AVX512)
#include <atomic>

struct EmulatedTiles {
  static constexpr int COUNT = 8, ROWS = 16, BYTES = 64;

  /// How often each register was loaded, by all threads.
  static std::atomic<size_t> loads[COUNT];

  static void configure(const wisecrack::amx::TileShapes& shapes);
  static void release();
  template <int TILE>
  static void zero() {
    static_assert(TILE < COUNT);
    zero(TILE);
  }
  template <int TILE>
  static void load(const void* from, size_t stride) {
    static_assert(TILE < COUNT);
    load(TILE, from, stride);
  }
  template <int TILE>
  static void store(void* to, size_t stride) {
    static_assert(TILE < COUNT);
    store(TILE, to, stride);
  }
  template <int SUMS, int WEIGHTS, int ROWS>
  static void multiply() {
    static_assert(SUMS != WEIGHTS && WEIGHTS != ROWS && ROWS != SUMS);  // else #UD
    multiply(SUMS, WEIGHTS, ROWS);
  }

 private:
  static void zero(int tile);
  static void load(int tile, const void* from, size_t stride);
  static void store(int tile, void* to, size_t stride);
  static void multiply(int sums, int weights, int rows);
};
#endif

/// AVX512_BF16's kernels with the products of emulated tiles; null where a build or the processor has no AVX512_BF16.
const wisecrack::Kernels* emulated_amx_kernels();
