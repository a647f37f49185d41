#include "scheduler/logprobs.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "scheduler/logits.h"

namespace wisecrack {
namespace {

float log_sum_exp(Logits logits) {
  const float most = logits.values[logits.largest()];
  return static_cast<float>(most + std::log(logits.mass(most)));
}

}  // namespace

float logprob(const std::vector<float>& logits, int32_t token) {
  return logits[static_cast<size_t>(token)] - log_sum_exp({logits.data(), logits.size()});
}

std::vector<Logprob> top_logprobs(const std::vector<float>& logits, size_t n) {
  const auto before = [](const Logprob& a, const Logprob& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; };
  std::vector<Logprob> top;  // a heap, the least likely first
  for (size_t i = 0; i < logits.size(); i++) {
    if (top.size() == n && !(n > 0 && logits[i] > top.front().second)) continue;  // of equals the lower id came first
    if (top.size() == n) std::pop_heap(top.begin(), top.end(), before), top.pop_back();
    top.emplace_back(static_cast<int32_t>(i), logits[i]);
    std::push_heap(top.begin(), top.end(), before);
  }
  std::sort_heap(top.begin(), top.end(), before);
  const float sum = log_sum_exp({logits.data(), logits.size()});
  for (Logprob& l : top) l.second -= sum;
  return top;
}

}  // namespace wisecrack
