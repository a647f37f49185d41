#pragma once
// AMX: registers of 16 rows of 64 bytes and their products (Intel's manual, volume 2, TDPBF16PS; Linux, arch/x86/xstate).
#include "device/cpu/matmul_amx.h"

#if defined(__x86_64__) && !defined(WISECRACK_WITHOUT_AVX512)
namespace wisecrack::amx {

/// The tile registers of this thread. Their numbers are part of the instructions. In assembler because the compilers' own functions do not
/// say that they read and write memory.
struct ProcessorTiles {
  static void configure(const TileShapes& shapes) { asm volatile("ldtilecfg %0" ::"m"(shapes)); }
  /// Without this a thread's tiles are saved whenever it loses its core.
  static void release() { asm volatile("tilerelease" ::: "memory"); }
  template <int TILE>
  static void zero() {
    asm volatile("tilezero %%tmm%c0" ::"i"(TILE));
  }
  template <int TILE>
  static void load(const void* from, size_t stride) {
    asm volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(from), "r"(stride), "i"(TILE) : "memory");
  }
  template <int TILE>
  static void store(void* to, size_t stride) {
    asm volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(to), "r"(stride), "i"(TILE) : "memory");
  }
  /// SUMS [outputs, rows] += WEIGHTS [outputs, 16 pairs] . ROWS [16 pairs, rows].
  template <int SUMS, int WEIGHTS, int ROWS>
  static void multiply() {
    asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(SUMS), "i"(WEIGHTS), "i"(ROWS));
  }
};

/// Whether a kernel gives what it must. No machine of ours has such tiles, so each is asked once, before it is used.
bool multiplies(const MatmulKernel& kernel);

}  // namespace wisecrack::amx
#endif
