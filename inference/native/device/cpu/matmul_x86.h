#pragma once
#include "device/cpu/kernels.h"

namespace wisecrack {

namespace avx2 {
/// For processors with AVX2 and FMA.
const MatmulKernel& matmul_kernel();
}  // namespace avx2

namespace avx512 {
/// For processors with AVX-512 F, BW, VL and DQ.
const MatmulKernel& matmul_kernel();
}  // namespace avx512

}  // namespace wisecrack
