#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/config.h"

namespace wisecrack {

/// How the next token is drawn. See inference/engine/addon.ts.
struct Sampling {
  double temperature = 0;
  int64_t top_k = 0;
  double top_p = 1;
  double min_p = 0;
  double repetition_penalty = 1;
  double dry_multiplier = 0;
  double dry_base = 1.75;
  int64_t dry_allowed_length = 2;
  uint64_t seed = 0;
};

/// Who goes first: Low is for work that nobody waits for. It joins when no other request waits and is the first to give way.
enum class Priority { Normal, Low };

/// One reply to make. See inference/engine/addon.ts.
struct Request {
  std::vector<int32_t> tokens;  ///< the prompt, then what a resumed reply has so far
  int64_t resumed = 0;
  int64_t max_tokens = 1;
  Sampling sampling;
  int64_t penalty_start = 0;
  std::vector<int32_t> dry_breakers, stop_tokens, banned_tokens, banned_first;
  std::vector<std::string> banned_phrases;  ///< no tokens are drawn that spell one of these
  int64_t min_tokens = 0;
  int64_t top_logprobs = 0;  ///< so many likeliest tokens are told with each token
  Priority priority = Priority::Normal;
};

/// Checks a request against a model and its window of `context` positions. Throws std::out_of_range with figures.
void check_request(const Request& request, const Config& config, size_t context);

/// Checks the tokens of a trace. Throws std::out_of_range.
void check_tokens(const std::vector<int32_t>& tokens, const char* name, const Config& config);

enum class Finish { None, StopToken, Length, Context, Cancelled, Error };

/// A token and the logarithm of its probability, before penalties and at temperature 1.
using Logprob = std::pair<int32_t, float>;

/// What a step did for one request.
struct Event {
  int64_t id = 0;
  int32_t token = -1;  ///< -1: the event only ends the request
  Finish finish = Finish::None;
  std::string message{};  ///< with Finish::Error
  float logprob = 0;                       ///< of the token, where the request asked for top_logprobs
  std::vector<Logprob> top_logprobs{};     ///< the likeliest first
};

}  // namespace wisecrack
