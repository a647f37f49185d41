#pragma once
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "scheduler/logits.h"
#include "scheduler/phrases.h"
#include "scheduler/request.h"

namespace wisecrack {

/// No token can be drawn: the model produced a NaN, or every token is banned.
class SamplingError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Draws tokens. Order: banned tokens, repetition penalty and DRY on the logits; then, on the distribution at temperature 1,
/// top-k, min-p (relative to the likeliest), top-p (of what is left); temperature last, so that a high temperature cannot
/// bring back what was cut. Equal logits: the lower id first. A token that would complete a banned phrase is banned when it is drawn, and
/// the draw repeated. A Sampler keeps scratch memory; one thread at a time.
class Sampler {
 public:
  /// @param request what to draw for; its `tokens` hold prompt and reply so far
  /// @param index   number of the token in the reply: picks the random number, with the seed
  /// @param logits  [vocab], changed in place
  /// @param filter  of the request's banned phrases, where it has any
  int32_t draw(const Request& request, uint64_t index, float* logits, size_t vocab, const PhraseFilter* filter = nullptr);

 private:
  struct Candidate {
    float logit;
    int32_t token;
  };
  static bool before(const Candidate& a, const Candidate& b) {
    return a.logit != b.logit ? a.logit > b.logit : a.token < b.token;
  }
  int32_t pick(const Request& request, uint64_t index, uint32_t attempt, Logits logits);
  void cut(const Sampling& sampling, Logits logits, float most);
  void collect(Logits logits, float lowest);
  void keep_top_k(size_t k);
  bool keep_top_p(double mass, float most);

  std::vector<Candidate> candidates_;
  std::vector<double> weights_;
};

}  // namespace wisecrack
