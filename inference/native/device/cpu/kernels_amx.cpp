// The kernels for processors with AVX512_BF16 and AMX's tiles of bf16.
#include "device/cpu/amx.h"
#include "device/cpu/kernels.h"

#if defined(__x86_64__) && !defined(WISECRACK_WITHOUT_AVX512) && !defined(WISECRACK_WITHOUT_AMX) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>

#include <vector>

#include "device/bf16.h"
#include "device/buffer.h"
#include "device/cpu/features.h"

namespace wisecrack {
namespace {

// Linux keeps room for tiles in threads whose process has asked for it. It refuses where a signal stack has no such room.
bool system_lets_us() {
  constexpr long ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18;
  return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
}

}  // namespace

bool amx::multiplies(const MatmulKernel& kernel) {
  constexpr size_t ROWS = 37, INPUTS = 75, OUTPUTS = 27;
  Buffer x(ROWS * INPUTS), y(ROWS * OUTPUTS), packed(kernel.packed_size(ROWS, INPUTS)), scratch(kernel.scratch);
  std::vector<bf16> weights(OUTPUTS * INPUTS);
  for (size_t i = 0; i < x.size(); i++) x[i] = static_cast<float>(i * 7 % 29) - 14;  // whole numbers: no order of adding up rounds
  for (size_t i = 0; i < weights.size(); i++) weights[i] = to_bf16(static_cast<float>(i * 5 % 31) - 15);
  const Matmul job{x.data(), ROWS, {weights.data(), DType::BF16, OUTPUTS, INPUTS}, y.data()};
  for (size_t r = 0; r < ROWS; r++) kernel.pack(job, r, packed.data());
  kernel.run({&job, 0, OUTPUTS, false, packed.data()}, scratch.data());
  for (size_t r = 0; r < ROWS; r++)
    for (size_t o = 0; o < OUTPUTS; o++) {
      float sum = 0;
      for (size_t i = 0; i < INPUTS; i++) sum += x[r * INPUTS + i] * to_float(weights[o * INPUTS + i]);
      if (y[r * OUTPUTS + o] != sum) return false;
    }
  return true;
}

const Kernels* amx_kernels() {
  static const Kernels kernels = [] {
    Kernels k = *avx512_bf16_kernels();
    k.name = "amx_bf16";
    k.runs = [] {
      static const bool runs = avx512_bf16_kernels()->runs() && has_amx_bf16() && system_lets_us() &&
                               amx::multiplies(amx::Products<amx::ProcessorTiles>::kernel());
      return runs;
    };
    k.bf16_matmul = &amx::Products<amx::ProcessorTiles>::kernel();
    return k;
  }();
  return &kernels;
}

}  // namespace wisecrack
#else
namespace wisecrack {
const Kernels* amx_kernels() { return nullptr; }
}  // namespace wisecrack
#endif
