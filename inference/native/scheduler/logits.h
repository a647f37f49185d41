#pragma once
#include <algorithm>
#include <cstddef>

namespace wisecrack {

/// The logits of all tokens of the vocabulary, or of some, by id.
struct Logits {
  const float* values;
  size_t size;

  bool finite() const;

  /// Where the first of the largest is; `size` where there are none. None may be a NaN.
  size_t largest() const;

  /// The sum of exp((value - most) / temperature), to 1e-6 of itself. None may be above `most`.
  double mass(float most, double temperature = 1) const;

  /// The token at which the masses, added up by id, exceed `share` of mass(most, temperature).
  size_t at_share(double share, float most, double temperature) const;

  /// Calls take(token) for all with a logit of at least `lowest`, by id. Few are expected.
  template <class Take>
  void each_from(float lowest, const Take& take) const {
    constexpr size_t BLOCK = 32;
    for (size_t begin = 0; begin < size; begin += BLOCK) {
      const size_t end = std::min(begin + BLOCK, size);
      bool any = false;
      for (size_t i = begin; i < end; i++) any |= values[i] >= lowest;  // without a jump: several at once
      if (!any) continue;
      for (size_t i = begin; i < end; i++)
        if (values[i] >= lowest) take(i);
    }
  }
};

}  // namespace wisecrack
