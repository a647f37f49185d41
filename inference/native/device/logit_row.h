#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace wisecrack {

/// The logits of one row, on the host: of all tokens, or of the likeliest alone. They may be changed in place.
struct LogitRow {
  float* logits;
  size_t count;
  const int32_t* tokens = nullptr;  ///< whose they are, in rising order; null where all are there: the logit at i is token i's
  float floor = -INFINITY;          ///< all tokens whose logit is larger are there
  bool finite = true;               ///< those that are not there have numbers, too

  bool whole() const { return !tokens && floor == -INFINITY; }
  int32_t token(size_t i) const { return tokens ? tokens[i] : static_cast<int32_t>(i); }

  /// The logit of a token; null where it is not there.
  float* find(int32_t token) const {
    if (whole()) return logits + token;
    const int32_t* at = std::lower_bound(tokens, tokens + count, token);
    return at != tokens + count && *at == token ? logits + (at - tokens) : nullptr;
  }
};

}  // namespace wisecrack
