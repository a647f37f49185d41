#include "scheduler/sampler.h"

#include <algorithm>
#include <cmath>

#include "scheduler/penalties.h"
#include "scheduler/random.h"

namespace wisecrack {
namespace {

constexpr uint32_t PATIENCE = 16;  // draws of one token, after which all tokens that complete a phrase are looked for

}  // namespace

int32_t Sampler::draw(const Request& request, uint64_t index, float* logits, size_t vocab, const PhraseFilter* filter) {
  const Sampling& s = request.sampling;
  for (size_t i = 0; i < vocab; i++)
    if (!std::isfinite(logits[i])) throw SamplingError("the model produced a NaN");
  const int32_t* history = request.tokens.data() + request.penalty_start;
  const size_t length = request.tokens.size() - static_cast<size_t>(request.penalty_start);
  if (s.repetition_penalty != 1) penalize_repetition(logits, history, length, s.repetition_penalty);
  if (s.dry_multiplier > 0) penalize_runs(logits, history, length, request.dry_breakers, s);
  for (const int32_t token : request.banned_tokens) logits[token] = -INFINITY;
  if (index < static_cast<uint64_t>(request.min_tokens))
    for (const int32_t token : request.banned_first) logits[token] = -INFINITY;
  if (!filter) return pick(request, index, 0, logits, vocab);

  for (uint32_t attempt = 0; attempt < PATIENCE; attempt++) {
    const int32_t token = pick(request, index, attempt, logits, vocab);
    if (!filter->completes(token)) return token;
    logits[token] = -INFINITY;
  }
  for (size_t i = 0; i < vocab; i++)
    if (filter->completes(static_cast<int32_t>(i))) logits[i] = -INFINITY;
  return pick(request, index, PATIENCE, logits, vocab);
}

int32_t Sampler::pick(const Request& request, uint64_t index, uint32_t attempt, const float* logits, size_t vocab) {
  const Sampling& s = request.sampling;
  const auto best = static_cast<size_t>(std::max_element(logits, logits + vocab) - logits);  // the first of the largest
  const float most = logits[best];
  if (most == -INFINITY) throw SamplingError("every token is banned");
  if (s.temperature == 0) return static_cast<int32_t>(best);

  candidates_.clear();
  for (size_t i = 0; i < vocab; i++)
    if (logits[i] != -INFINITY) candidates_.push_back({logits[i], static_cast<int32_t>(i)});
  if (s.top_k > 0 && static_cast<size_t>(s.top_k) < candidates_.size()) keep_top_k(static_cast<size_t>(s.top_k));
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
  const double lowest = most + std::log(min_p);
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
