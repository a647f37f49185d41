#pragma once
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <vector>

#include "device/logit_row.h"
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
  /// @param row     logits, changed in place
  /// @param filter  of the request's banned phrases, where it has any
  /// @return the token; none where the row has not all tokens, and those that it has do not decide. With the whole row there is one, and
  /// it is the same.
  std::optional<int32_t> draw(const Request& request, uint64_t index, const LogitRow& row, const PhraseFilter* filter = nullptr);

 private:
  struct Candidate {
    float logit;
    int32_t token;
  };
  static bool before(const Candidate& a, const Candidate& b) {
    return a.logit != b.logit ? a.logit > b.logit : a.token < b.token;
  }
  std::optional<int32_t> pick(const Request& request, uint64_t index, uint32_t attempt, const LogitRow& row);
  bool cut(const Sampling& sampling, const LogitRow& row, float most);
  void collect(const LogitRow& row, float lowest);
  void keep_top_k(size_t k);
  bool keep_top_p(double mass, float most);

  std::vector<Candidate> candidates_;
  std::vector<double> weights_;
};

}  // namespace wisecrack
