#pragma once
#include <vector>

#include "device/device.h"

namespace wisecrack::cuda {

/// A step's rows as the kernels want them: one array of integers, and where its parts begin.
struct StepInputs {
  std::vector<int32_t> values;
  size_t tokens, positions, sequence, tables, single, tiles, wanted;  ///< offsets into values
  size_t rows, wanted_rows;
  size_t width;          ///< of a block table
  size_t singles;        ///< rows that are their sequence's only one: for the decode kernel
  size_t query_tiles;    ///< the others, cut into tiles: for the prefill kernel
  size_t segments;       ///< for the most positions that a single row sees (attention_shape.h)

  /// Every row is a sequence's only one: a step of the same form differs from this one in `values` alone.
  bool only_singles() const { return singles == rows; }

  /// `tile_tokens` >= 1: tokens of a query tile. Keeps the memory of `values`.
  void fill(const Step& step, size_t tile_tokens);
};

}  // namespace wisecrack::cuda
