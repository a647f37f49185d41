#include "scheduler/logprobs.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace wisecrack {
namespace {

float log_sum_exp(const std::vector<float>& logits) {
  const float most = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float l : logits) sum += std::exp(double{l} - most);
  return static_cast<float>(most + std::log(sum));
}

}  // namespace

float logprob(const std::vector<float>& logits, int32_t token) {
  return logits[static_cast<size_t>(token)] - log_sum_exp(logits);
}

std::vector<Logprob> top_logprobs(const std::vector<float>& logits, size_t n) {
  std::vector<int32_t> order(logits.size());
  std::iota(order.begin(), order.end(), 0);
  const auto end = order.begin() + static_cast<ptrdiff_t>(std::min(n, order.size()));
  std::partial_sort(order.begin(), end, order.end(), [&](int32_t a, int32_t b) {
    const float x = logits[static_cast<size_t>(a)], y = logits[static_cast<size_t>(b)];
    return x != y ? x > y : a < b;
  });
  const float sum = log_sum_exp(logits);
  std::vector<Logprob> top;
  for (auto at = order.begin(); at != end; ++at) top.emplace_back(*at, logits[static_cast<size_t>(*at)] - sum);
  return top;
}

}  // namespace wisecrack
