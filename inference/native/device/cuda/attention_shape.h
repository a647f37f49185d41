#pragma once
// How attention is cut into pieces.
#include <cstddef>

namespace wisecrack::cuda {

constexpr int SEGMENT = 256;      // positions whose sums are built on their own
constexpr int KV_TILE = 32;       // positions that are multiplied at once
constexpr int QUERY_ROWS = 16;    // (token, head) pairs of a warp
constexpr int ATTENTION_WARPS = 4;
constexpr int MAX_KEY = 128;

/// Tokens of a sequence in one query tile of the prefill kernel.
constexpr int tile_tokens(int group) { return ATTENTION_WARPS * QUERY_ROWS / group; }

/// Segments for so many positions: a power of two, so that steps whose sequences grow have few forms (graphs.h).
constexpr size_t segments_for(size_t positions) {
  size_t segments = 1;
  while (segments * SEGMENT < positions) segments *= 2;
  return segments;
}

}  // namespace wisecrack::cuda
