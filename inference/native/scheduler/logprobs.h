#pragma once
#include <cstdint>
#include <vector>

#include "scheduler/request.h"

namespace wisecrack {

/// The logarithm of a token's probability under softmax(logits).
float logprob(const std::vector<float>& logits, int32_t token);

/// The `n` likeliest tokens (all, where there are fewer), the likeliest first, equal ones by id.
std::vector<Logprob> top_logprobs(const std::vector<float>& logits, size_t n);

}  // namespace wisecrack
