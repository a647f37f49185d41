#pragma once
#include <cstdint>

#include "emulator/block.h"

namespace simt {

/// Does what the lanes in `mask` have handed in: they all are in the same collective.
void run_collective(Thread* lanes, uint32_t mask);

}  // namespace simt
