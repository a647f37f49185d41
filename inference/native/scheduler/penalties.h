#pragma once
#include <cstdint>
#include <vector>

#include "device/logit_row.h"
#include "scheduler/request.h"

namespace wisecrack {

/// Divides positive logits by `penalty` (multiplies negative ones), once for each distinct token of `history` that is in the row.
void penalize_repetition(const LogitRow& row, const int32_t* history, size_t n, double penalty);

/// For each token that would extend a run seen before, the length of that run: how many of the last tokens of `history` equal
/// those in front of an earlier occurrence of the token. A breaker ends a run and is never such a token itself.
struct Repeat {
  int32_t token;
  int64_t length;
};
std::vector<Repeat> find_repeats(const int32_t* history, size_t n, const std::vector<int32_t>& breakers);

/// "Don't repeat yourself": takes multiplier * base^(length - allowed) from the logit of a token that would extend a run of
/// at least `allowed` tokens (and at least one).
void penalize_runs(const LogitRow& row, const int32_t* history, size_t n, const std::vector<int32_t>& breakers, const Sampling& s);

}  // namespace wisecrack
