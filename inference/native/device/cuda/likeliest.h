#pragma once
#include <cstddef>
#include <cstdint>

namespace wisecrack::cuda {

constexpr int LIKELIEST_PART = 8192;  // tokens that a block looks through
constexpr int LIKELIEST_KEPT = 64;    // the logit of this place is the floor; what lies above it is kept

/// Rows whose likeliest tokens are looked for in a step; the logits of others come to the host as a whole.
constexpr size_t LIKELIEST_ROWS = 256;

/// What a block has found.
struct Likeliest {
  int32_t count;                   // fewer than LIKELIEST_KEPT
  float floor;                     // no token that is not listed has a larger logit; -infinity where all are listed
  int32_t finite;                  // whether all logits that were looked at are numbers
  int32_t token[LIKELIEST_KEPT];   // in rising order
  float logit[LIKELIEST_KEPT];
};

constexpr size_t likeliest_parts(size_t vocab) { return (vocab + LIKELIEST_PART - 1) / LIKELIEST_PART; }

}  // namespace wisecrack::cuda
