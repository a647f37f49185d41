#pragma once
#include "device/cpu/kernels.h"

namespace wisecrack::avx2 {

/// Kernels::matmul for processors with AVX2 and FMA.
void matmul(const MatmulPart& part);

}  // namespace wisecrack::avx2
