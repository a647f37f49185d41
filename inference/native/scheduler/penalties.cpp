#include "scheduler/penalties.h"

#include <algorithm>
#include <cmath>

namespace wisecrack {
namespace {

constexpr double MAX_PENALTY = 1e6;  // as good as forbidden, and still finite

// z[i] = how many elements from i on equal those from 0 on, in O(n).
std::vector<size_t> z_function(const std::vector<int32_t>& s) {
  std::vector<size_t> z(s.size(), 0);
  for (size_t i = 1, left = 0, right = 0; i < s.size(); i++) {
    if (i < right) z[i] = std::min(right - i, z[i - left]);
    while (i + z[i] < s.size() && s[z[i]] == s[i + z[i]]) z[i]++;
    if (i + z[i] > right) left = i, right = i + z[i];
  }
  return z;
}

}  // namespace

void penalize_repetition(const LogitRow& row, const int32_t* history, size_t n, double penalty) {
  if (n == 0) return;
  std::vector<bool> seen(static_cast<size_t>(*std::max_element(history, history + n)) + 1);
  for (size_t i = 0; i < n; i++) {
    const auto token = static_cast<size_t>(history[i]);
    if (seen[token]) continue;
    seen[token] = true;
    if (float* l = row.find(history[i])) *l = static_cast<float>(*l > 0 ? *l / penalty : *l * penalty);
  }
}

std::vector<Repeat> find_repeats(const int32_t* history, size_t n, const std::vector<int32_t>& breakers) {
  const auto breaks = [&](int32_t token) { return std::find(breakers.begin(), breakers.end(), token) != breakers.end(); };
  size_t limit = 0;  // a run cannot reach over the last breaker
  while (limit < n && !breaks(history[n - 1 - limit])) limit++;
  std::vector<Repeat> repeats;
  if (limit == 0) return repeats;
  // Backwards, a suffix of the history is a prefix: z counts how far the text before position n - i matches the end.
  const std::vector<int32_t> backwards(std::make_reverse_iterator(history + n), std::make_reverse_iterator(history));
  const std::vector<size_t> z = z_function(backwards);
  for (size_t i = 1; i < n; i++) {
    const size_t length = std::min(z[i], limit);
    if (length > 0 && !breaks(backwards[i - 1])) repeats.push_back({backwards[i - 1], static_cast<int64_t>(length)});
  }
  // one entry per token: the longest
  std::sort(repeats.begin(), repeats.end(),
            [](const Repeat& a, const Repeat& b) { return a.token != b.token ? a.token < b.token : a.length > b.length; });
  repeats.erase(std::unique(repeats.begin(), repeats.end(), [](const Repeat& a, const Repeat& b) { return a.token == b.token; }),
                repeats.end());
  return repeats;
}

void penalize_runs(const LogitRow& row, const int32_t* history, size_t n, const std::vector<int32_t>& breakers, const Sampling& s) {
  for (const Repeat& repeat : find_repeats(history, n, breakers)) {
    float* logit = row.find(repeat.token);
    if (!logit || repeat.length < s.dry_allowed_length) continue;
    const double power = s.dry_multiplier * std::pow(s.dry_base, static_cast<double>(repeat.length - s.dry_allowed_length));
    *logit -= static_cast<float>(std::min(power, MAX_PENALTY));
  }
}

}  // namespace wisecrack
