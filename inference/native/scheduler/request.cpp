#include "scheduler/request.h"

#include <cmath>
#include <stdexcept>

namespace wisecrack {
namespace {

constexpr size_t MAX_PHRASE = 1024;       // bytes
constexpr int64_t MAX_TOP_LOGPROBS = 20;

[[noreturn]] void refuse(const std::string& message) { throw std::out_of_range(message); }

void in_range(const char* name, int64_t value, int64_t min, int64_t max) {
  if (value < min || value > max)
    refuse(std::string(name) + " is " + std::to_string(value) + ", must be from " + std::to_string(min) + " to " + std::to_string(max));
}

void in_range(const char* name, double value, double min, double max) {
  if (!(value >= min && value <= max))
    refuse(std::string(name) + " is " + std::to_string(value) + ", must be from " + std::to_string(min) + " to " + std::to_string(max));
}

void check_sampling(const Sampling& s) {
  in_range("temperature", s.temperature, 0.0, 100.0);
  in_range("topK", s.top_k, int64_t{0}, int64_t{INT32_MAX});
  in_range("topP", s.top_p, 0.0, 1.0);
  in_range("minP", s.min_p, 0.0, 1.0);
  in_range("repetitionPenalty", s.repetition_penalty, 0.01, 100.0);
  in_range("dryMultiplier", s.dry_multiplier, 0.0, 1000.0);
  in_range("dryBase", s.dry_base, 1.0, 100.0);
  in_range("dryAllowedLength", s.dry_allowed_length, int64_t{0}, int64_t{INT32_MAX});
}

}  // namespace

void check_tokens(const std::vector<int32_t>& tokens, const char* name, const Config& config) {
  for (size_t i = 0; i < tokens.size(); i++)
    if (tokens[i] < 0 || tokens[i] >= config.vocab_size)
      refuse(std::string(name) + "[" + std::to_string(i) + "] is " + std::to_string(tokens[i]) + ", the vocabulary has ids from 0 to " +
             std::to_string(config.vocab_size - 1));
}

void check_request(const Request& r, const Config& config, size_t context) {
  const auto length = static_cast<int64_t>(r.tokens.size());
  if (length == 0) refuse("the prompt is empty");
  if (r.tokens.size() > context)
    refuse("prompt has " + std::to_string(length) + " tokens, the context is " + std::to_string(context));
  check_tokens(r.tokens, "tokens", config);
  check_tokens(r.dry_breakers, "dryBreakers", config);
  check_tokens(r.stop_tokens, "stopTokens", config);
  check_tokens(r.banned_tokens, "bannedTokens", config);
  check_tokens(r.banned_first, "bannedFirst", config);
  in_range("resumed", r.resumed, int64_t{0}, length);
  in_range("maxTokens", r.max_tokens, int64_t{1}, int64_t{INT32_MAX});
  in_range("penaltyStart", r.penalty_start, int64_t{0}, length);
  for (const std::string& phrase : r.banned_phrases)
    if (phrase.empty() || phrase.size() > MAX_PHRASE)
      refuse("bannedPhrases has one of " + std::to_string(phrase.size()) + " bytes, must be from 1 to " + std::to_string(MAX_PHRASE));
  in_range("topLogprobs", r.top_logprobs, int64_t{0}, MAX_TOP_LOGPROBS);
  in_range("minTokens", r.min_tokens, int64_t{0}, int64_t{INT32_MAX});
  check_sampling(r.sampling);
}

}  // namespace wisecrack
