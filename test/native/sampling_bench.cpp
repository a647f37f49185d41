// What drawing a token costs for 16 sequences at Grok-1's vocabulary: `native_sampling_bench`.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <random>

#include "scheduler/logprobs.h"
#include "scheduler/sampler.h"

using namespace wisecrack;

namespace {

constexpr size_t VOCAB = 131072, SEQUENCES = 16, HISTORY = 6000;

// Logits as a language model has them: a wide body, a few likely tokens far above.
std::vector<float> logits(unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> body(0, 2.2f);
  std::vector<float> out(VOCAB);
  for (float& l : out) l = body(random);
  for (int i = 0; i < 40; i++) out[random() % VOCAB] = 16 - 0.2f * static_cast<float>(i);
  return out;
}

void measure(const char* what, const std::function<void(Request&)>& set) {
  std::vector<std::vector<float>> all;
  std::vector<Request> requests(SEQUENCES);
  std::mt19937 random(7);
  for (size_t s = 0; s < SEQUENCES; s++) {
    all.push_back(logits(static_cast<unsigned>(s)));
    for (size_t i = 0; i < HISTORY; i++) requests[s].tokens.push_back(static_cast<int32_t>(random() % VOCAB));
    requests[s].sampling.temperature = 0.9;
    set(requests[s]);
  }
  Sampler sampler;
  std::vector<double> runs;
  size_t sum = 0;
  for (uint64_t run = 0; run < 9; run++) {
    auto copy = all;
    const auto start = std::chrono::steady_clock::now();
    for (size_t s = 0; s < SEQUENCES; s++) {
      const auto token = static_cast<size_t>(*sampler.draw(requests[s], run, {copy[s].data(), VOCAB}));
      sum += token;
      if (requests[s].top_logprobs > 0) {
        sum += logprob(all[s], static_cast<int32_t>(token)) < 0;
        sum += top_logprobs(all[s], static_cast<size_t>(requests[s].top_logprobs)).size();
      }
    }
    runs.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(runs.begin(), runs.end());
  std::printf("  %-34s %8.0f us (%zu)\n", what, runs[runs.size() / 2] * 1e6, sum % 1000);
}

}  // namespace

int main() {
  std::printf("%zu sequences, vocabulary %zu, %zu tokens seen\n", SEQUENCES, VOCAB, HISTORY);
  measure("greedy", [](Request& r) { r.sampling.temperature = 0; });
  measure("temperature alone", [](Request&) {});
  measure("top-k 40", [](Request& r) { r.sampling.top_k = 40; });
  measure("top-p 0.95", [](Request& r) { r.sampling.top_p = 0.95; });
  measure("min-p 0.05", [](Request& r) { r.sampling.min_p = 0.05; });
  measure("min-p 0.05, top-p 0.95, penalties", [](Request& r) {
    r.sampling.min_p = 0.05;
    r.sampling.top_p = 0.95;
    r.sampling.repetition_penalty = 1.1;
    r.sampling.dry_multiplier = 0.8;
  });
  measure("greedy, 20 log probabilities", [](Request& r) {
    r.sampling.temperature = 0;
    r.top_logprobs = 20;
  });
}
