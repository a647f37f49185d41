#include "scheduler/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "scheduler/logits.h"
#include "scheduler/penalties.h"
#include "scheduler/random.h"

namespace wisecrack {
namespace {

// How far below the likeliest token others are looked for: e^-8 of its probability, and further where that is not enough.
constexpr float DEPTHS[] = {8, 32, 128, INFINITY};
constexpr uint32_t PATIENCE = 16;  // draws of one token, after which all tokens that complete a phrase are looked for

Logits logits_of(const LogitRow& row) { return {row.logits, row.count}; }

// A penalty that lifts a logit lifts such as are not in the row, too.
bool lifts(const Sampling& s) { return s.repetition_penalty < 1; }

}  // namespace

std::optional<int32_t> Sampler::draw(const Request& request, uint64_t index, const LogitRow& row, const PhraseFilter* filter) {
  const Sampling& s = request.sampling;
  if (!row.finite || !logits_of(row).finite()) throw SamplingError("the model produced a NaN");
  if (!row.whole() && lifts(s)) return std::nullopt;
  const int32_t* history = request.tokens.data() + request.penalty_start;
  const size_t length = request.tokens.size() - static_cast<size_t>(request.penalty_start);
  const auto ban = [&](int32_t token) {
    if (float* logit = row.find(token)) *logit = -INFINITY;
  };
  if (s.repetition_penalty != 1) penalize_repetition(row, history, length, s.repetition_penalty);
  if (s.dry_multiplier > 0) penalize_runs(row, history, length, request.dry_breakers, s);
  for (const int32_t token : request.banned_tokens) ban(token);
  if (index < static_cast<uint64_t>(request.min_tokens))
    for (const int32_t token : request.banned_first) ban(token);
  if (!filter) return pick(request, index, 0, row);

  for (uint32_t attempt = 0; attempt < PATIENCE; attempt++) {
    const std::optional<int32_t> token = pick(request, index, attempt, row);
    if (!token || !filter->completes(*token)) return token;
    ban(*token);
  }
  for (size_t i = 0; i < row.count; i++)
    if (filter->completes(row.token(i))) row.logits[i] = -INFINITY;
  return pick(request, index, PATIENCE, row);
}

// What the row lacks is at most its floor: what is larger is sure to be the largest, and the rules of cut() must cut off the rest.
std::optional<int32_t> Sampler::pick(const Request& request, uint64_t index, uint32_t attempt, const LogitRow& row) {
  const Sampling& s = request.sampling;
  const Logits logits = logits_of(row);
  const size_t best = logits.largest();
  if (best == logits.size || logits.values[best] <= row.floor) {
    if (row.whole()) throw SamplingError("every token is banned");
    return std::nullopt;
  }
  const float most = logits.values[best];
  if (s.temperature == 0) return row.token(best);
  const double share = uniform(s.seed, index, attempt);
  if (s.top_k == 0 && s.min_p == 0 && s.top_p >= 1) {
    if (!row.whole()) return std::nullopt;
    return static_cast<int32_t>(logits.at_share(share, most, s.temperature));
  }
  if (!cut(s, row, most)) return std::nullopt;
  weights_.clear();
  double total = 0;
  for (const Candidate& c : candidates_) weights_.push_back(total += std::exp((double{c.logit} - most) / s.temperature));
  const auto at = std::upper_bound(weights_.begin(), weights_.end(), share * total) - weights_.begin();
  return candidates_[std::min(static_cast<size_t>(at), candidates_.size() - 1)].token;
}

// Leaves the candidates that top-k, min-p and top-p leave, by id or the likeliest first; false where the row lacks some of them. Sorting or
// even listing the whole vocabulary would take as long as a layer, so the likeliest are looked for in steps.
bool Sampler::cut(const Sampling& s, const LogitRow& row, float most) {
  const size_t k = s.top_k > 0 ? static_cast<size_t>(s.top_k) : std::numeric_limits<size_t>::max();
  const auto deepen = [&](const auto& enough) {
    for (const float depth : DEPTHS) {
      collect(row, most - depth);
      if (enough()) return true;
    }
    return row.whole();
  };
  if (s.min_p > 0) {
    const double limit = most + std::log(s.min_p);
    const auto nearest = static_cast<float>(limit);
    const float lowest = nearest < limit ? std::nextafter(nearest, INFINITY) : nearest;
    collect(row, lowest);
    if (!row.whole() && lowest <= row.floor && candidates_.size() < k) return false;
  } else if (s.top_k > 0) {
    if (!deepen([&] { return candidates_.size() >= k; })) return false;
  } else {
    if (!row.whole()) return false;
    const double wanted = s.top_p * logits_of(row).mass(most);
    return deepen([&] { return keep_top_p(wanted, most); });
  }
  if (candidates_.size() > k) keep_top_k(k);
  if (s.top_p >= 1) return true;
  double mass = 0;
  for (const Candidate& c : candidates_) mass += std::exp(double{c.logit} - most);
  keep_top_p(s.top_p * mass, most);
  return true;
}

// The tokens with a logit of at least `lowest` and above the row's floor, by id. Those that are banned have none.
void Sampler::collect(const LogitRow& row, float lowest) {
  candidates_.clear();
  const float above = std::max(std::nextafter(row.floor, INFINITY), -std::numeric_limits<float>::max());
  logits_of(row).each_from(std::max(lowest, above), [&](size_t i) { candidates_.push_back({row.logits[i], row.token(i)}); });
}

// Leaves them by id, as collect() does where nothing is too much.
void Sampler::keep_top_k(size_t k) {
  const auto end = candidates_.begin() + static_cast<ptrdiff_t>(k);
  std::nth_element(candidates_.begin(), end - 1, candidates_.end(), before);
  candidates_.resize(k);
  std::sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) { return a.token < b.token; });
}

// The smallest set of likeliest tokens with a mass of `wanted`; false, and all of them, where they have less. Sorts only as far as it must
// look.
bool Sampler::keep_top_p(double wanted, float most) {
  double sum = 0;
  for (size_t sorted = 0, want = 64; sorted < candidates_.size(); want *= 4) {
    const size_t end = std::min(want, candidates_.size());
    std::partial_sort(candidates_.begin() + static_cast<ptrdiff_t>(sorted), candidates_.begin() + static_cast<ptrdiff_t>(end),
                      candidates_.end(), before);
    for (; sorted < end; sorted++) {
      sum += std::exp(double{candidates_[sorted].logit} - most);
      if (sum >= wanted) {
        candidates_.resize(sorted + 1);
        return true;
      }
    }
  }
  return false;
}

}  // namespace wisecrack
