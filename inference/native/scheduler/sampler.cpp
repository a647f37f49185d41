#include "scheduler/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "scheduler/penalties.h"
#include "scheduler/random.h"

namespace wisecrack {
namespace {

// How far below the likeliest token others are looked for: e^-8 of its probability, and further where that is not enough.
constexpr float DEPTHS[] = {8, 32, 128, INFINITY};
constexpr uint32_t PATIENCE = 16;  // draws of one token, after which all tokens that complete a phrase are looked for

}  // namespace

int32_t Sampler::draw(const Request& request, uint64_t index, float* logits, size_t vocab, const PhraseFilter* filter) {
  const Sampling& s = request.sampling;
  if (!Logits{logits, vocab}.finite()) throw SamplingError("the model produced a NaN");
  const int32_t* history = request.tokens.data() + request.penalty_start;
  const size_t length = request.tokens.size() - static_cast<size_t>(request.penalty_start);
  if (s.repetition_penalty != 1) penalize_repetition(logits, history, length, s.repetition_penalty);
  if (s.dry_multiplier > 0) penalize_runs(logits, history, length, request.dry_breakers, s);
  for (const int32_t token : request.banned_tokens) logits[token] = -INFINITY;
  if (index < static_cast<uint64_t>(request.min_tokens))
    for (const int32_t token : request.banned_first) logits[token] = -INFINITY;
  if (!filter) return pick(request, index, 0, {logits, vocab});

  for (uint32_t attempt = 0; attempt < PATIENCE; attempt++) {
    const int32_t token = pick(request, index, attempt, {logits, vocab});
    if (!filter->completes(token)) return token;
    logits[token] = -INFINITY;
  }
  for (size_t i = 0; i < vocab; i++)
    if (filter->completes(static_cast<int32_t>(i))) logits[i] = -INFINITY;
  return pick(request, index, PATIENCE, {logits, vocab});
}

int32_t Sampler::pick(const Request& request, uint64_t index, uint32_t attempt, Logits logits) {
  const Sampling& s = request.sampling;
  const size_t best = logits.largest();
  const float most = logits.values[best];
  if (most == -INFINITY) throw SamplingError("every token is banned");
  if (s.temperature == 0) return static_cast<int32_t>(best);
  const double share = uniform(s.seed, index, attempt);
  if (s.top_k == 0 && s.min_p == 0 && s.top_p >= 1) return static_cast<int32_t>(logits.at_share(share, most, s.temperature));

  cut(s, logits, most);
  weights_.clear();
  double total = 0;
  for (const Candidate& c : candidates_) weights_.push_back(total += std::exp((double{c.logit} - most) / s.temperature));
  const auto at = std::upper_bound(weights_.begin(), weights_.end(), share * total) - weights_.begin();
  return candidates_[std::min(static_cast<size_t>(at), candidates_.size() - 1)].token;
}

// Leaves the candidates that top-k, min-p and top-p leave. Sorting or even listing the whole vocabulary would take as long as a layer, so
// the likeliest are looked for in steps.
void Sampler::cut(const Sampling& s, Logits logits, float most) {
  const size_t k = s.top_k > 0 ? static_cast<size_t>(s.top_k) : logits.size;
  const auto deepen = [&](const auto& enough) {
    for (const float depth : DEPTHS) {
      collect(logits, most - depth);
      if (enough()) return;
    }
  };
  if (s.min_p > 0) {
    const double limit = most + std::log(s.min_p);
    const auto lowest = static_cast<float>(limit);
    collect(logits, lowest < limit ? std::nextafter(lowest, INFINITY) : lowest);
  } else if (s.top_k > 0) {
    deepen([&] { return candidates_.size() >= k; });
  } else {
    const double wanted = s.top_p * logits.mass(most);
    return deepen([&] { return keep_top_p(wanted, most); });
  }
  if (candidates_.size() > k) keep_top_k(k);
  if (s.top_p >= 1) return;
  double mass = 0;
  for (const Candidate& c : candidates_) mass += std::exp(double{c.logit} - most);
  keep_top_p(s.top_p * mass, most);
}

// The tokens with a logit of at least `lowest`, by id. Those that are banned have none.
void Sampler::collect(Logits logits, float lowest) {
  candidates_.clear();
  logits.each_from(std::max(lowest, -std::numeric_limits<float>::max()),
                   [&](size_t token) { candidates_.push_back({logits.values[token], static_cast<int32_t>(token)}); });
}

void Sampler::keep_top_k(size_t k) {
  const auto end = candidates_.begin() + static_cast<ptrdiff_t>(k);
  std::nth_element(candidates_.begin(), end - 1, candidates_.end(), before);
  candidates_.resize(k);
  std::sort(candidates_.begin(), candidates_.end(), before);  // nth_element's order is the library's business
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
