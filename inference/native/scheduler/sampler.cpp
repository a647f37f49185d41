#include "scheduler/sampler.h"

#include <algorithm>
#include <cmath>

#include "scheduler/penalties.h"
#include "scheduler/random.h"

namespace wisecrack {
namespace {

constexpr uint32_t PATIENCE = 16;  // draws of one token, after which all tokens that complete a phrase are looked for

// What min-p leaves is at least so large.
double lowest_logit(double min_p, float most) { return most + std::log(min_p); }

// A penalty that lifts a logit lifts such as are not in the row, too.
bool lifts(const Sampling& s) { return s.repetition_penalty < 1; }

}  // namespace

std::optional<int32_t> Sampler::draw(const Request& request, uint64_t index, const LogitRow& row, const PhraseFilter* filter) {
  const Sampling& s = request.sampling;
  const bool numbers = row.finite && std::all_of(row.logits, row.logits + row.count, [](float l) { return std::isfinite(l); });
  if (!numbers) throw SamplingError("the model produced a NaN");
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

// What the row lacks is at most its floor: what is larger is sure to be the largest, and the rules below must cut off the rest.
std::optional<int32_t> Sampler::pick(const Request& request, uint64_t index, uint32_t attempt, const LogitRow& row) {
  const Sampling& s = request.sampling;
  const float* best = std::max_element(row.logits, row.logits + row.count);  // the first of the largest
  if (best == row.logits + row.count || *best <= row.floor) {
    if (row.whole()) throw SamplingError("every token is banned");
    return std::nullopt;
  }
  const float most = *best;
  if (s.temperature == 0) return row.token(static_cast<size_t>(best - row.logits));

  candidates_.clear();
  for (size_t i = 0; i < row.count; i++)
    if (row.logits[i] > row.floor) candidates_.push_back({row.logits[i], row.token(i)});
  const bool by_k = s.top_k > 0 && static_cast<size_t>(s.top_k) < candidates_.size();
  const bool by_p = s.top_k == 0 && s.min_p > 0 && lowest_logit(s.min_p, most) > row.floor;
  if (!row.whole() && !by_k && !by_p) return std::nullopt;
  if (by_k) keep_top_k(static_cast<size_t>(s.top_k));
  if (s.min_p > 0) keep_min_p(s.min_p, most);
  if (s.top_p < 1) keep_top_p(s.top_p, most);

  weights_.clear();
  double total = 0;
  for (const Candidate& c : candidates_) weights_.push_back(total += std::exp((double{c.logit} - most) / s.temperature));
  const double target = uniform(s.seed, index, attempt) * total;
  const auto at = std::upper_bound(weights_.begin(), weights_.end(), target) - weights_.begin();
  return candidates_[std::min(static_cast<size_t>(at), candidates_.size() - 1)].token;
}

void Sampler::keep_top_k(size_t k) {
  const auto end = candidates_.begin() + static_cast<ptrdiff_t>(k);
  std::nth_element(candidates_.begin(), end - 1, candidates_.end(), before);
  candidates_.resize(k);
  std::sort(candidates_.begin(), candidates_.end(), before);  // nth_element's order is the library's business
}

void Sampler::keep_min_p(double min_p, float most) {
  const double lowest = lowest_logit(min_p, most);
  candidates_.erase(std::remove_if(candidates_.begin(), candidates_.end(), [&](const Candidate& c) { return c.logit < lowest; }),
                    candidates_.end());
}

// The smallest set of likeliest tokens with at least `top_p` of the mass. Sorts only as far as it must look.
void Sampler::keep_top_p(double top_p, float most) {
  double total = 0;
  for (const Candidate& c : candidates_) total += std::exp(double{c.logit} - most);
  double sum = 0;
  for (size_t sorted = 0, want = 64; sorted < candidates_.size(); want *= 4) {
    const size_t end = std::min(want, candidates_.size());
    std::partial_sort(candidates_.begin() + static_cast<ptrdiff_t>(sorted), candidates_.begin() + static_cast<ptrdiff_t>(end),
                      candidates_.end(), before);
    for (; sorted < end; sorted++) {
      sum += std::exp(double{candidates_[sorted].logit} - most);
      if (sum >= top_p * total) {
        candidates_.resize(sorted + 1);
        return;
      }
    }
  }
}

}  // namespace wisecrack
