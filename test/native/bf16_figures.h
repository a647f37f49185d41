#pragma once
// How far bf16 logits are from the reference's (golden/README.md, bfloat16): errors by position, argmax agreement, KL.
#include "golden.h"

struct Bf16Figures {
  double median = 0, p95 = 0, agreement = 0, kl = 0;
  bool good() const { return median <= 0.08 && p95 <= 0.4 && agreement >= 0.85 && kl <= 0.15; }
};

/// `logits(prompt)` gives [tokens, vocab] of each of a model's prompts up to the longest.
template <class Logits>
Bf16Figures bf16_figures(const std::string& name, size_t vocab, const Logits& logits, size_t longest = SIZE_MAX) {
  const golden::Arrays arrays(golden::model(name) + "/golden.safetensors");
  std::vector<double> errors;
  double kl = 0;
  size_t agree = 0, judged = 0;
  for (const auto& prompt : golden::prompts(name)) {
    if (prompt.tokens.size() > longest) continue;
    const std::vector<float> own = logits(prompt.tokens), wanted = arrays.floats(prompt.name + ".logits");
    for (size_t p = 0; p < prompt.tokens.size(); p++) {
      const float *a = own.data() + p * vocab, *b = wanted.data() + p * vocab;
      double error = 0, size = 0, sum_a = 0, sum_b = 0;
      for (size_t i = 0; i < vocab; i++) {
        error += std::pow(double{a[i]} - b[i], 2);
        size += std::pow(double{b[i]}, 2);
        sum_a += std::exp(double{a[i]});
        sum_b += std::exp(double{b[i]});
      }
      errors.push_back(std::sqrt(error / size));
      for (size_t i = 0; i < vocab; i++) kl += std::exp(double{b[i]}) / sum_b * (b[i] - std::log(sum_b) - a[i] + std::log(sum_a));
      if (prompt.tokens.size() < 33) continue;
      judged++;
      agree += std::max_element(a, a + vocab) - a == std::max_element(b, b + vocab) - b;
    }
  }
  std::sort(errors.begin(), errors.end());
  return {errors[errors.size() / 2], errors[errors.size() * 95 / 100], static_cast<double>(agree) / static_cast<double>(judged),
          kl / static_cast<double>(errors.size())};
}
