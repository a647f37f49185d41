#include "scheduler/logits.h"

#include <bit>
#include <cmath>
#include <cstdint>

#include "device/cpu/kernels.h"

namespace wisecrack {
namespace {

constexpr size_t LANES = 16;
constexpr size_t CHUNK = 1024;      // added up in float32
constexpr double COLDEST = 1e-30;   // nothing but the likeliest is left long before

float inverse(double temperature) { return static_cast<float>(1 / std::max(temperature, COLDEST)); }

}  // namespace

bool Logits::finite() const {
  constexpr uint32_t EXPONENT = 0x7F800000;
  uint32_t bad = 0;
  for (size_t i = 0; i < size; i++) bad |= (std::bit_cast<uint32_t>(values[i]) & EXPONENT) == EXPONENT;
  return bad == 0;
}

size_t Logits::largest() const {
  float most[LANES];
  std::fill_n(most, LANES, -INFINITY);
  size_t i = 0;
  for (; i + LANES <= size; i += LANES)
    for (size_t l = 0; l < LANES; l++) most[l] = values[i + l] > most[l] ? values[i + l] : most[l];
  for (; i < size; i++) most[0] = std::max(most[0], values[i]);
  return static_cast<size_t>(std::find(values, values + size, *std::max_element(most, most + LANES)) - values);
}

double Logits::mass(float most, double temperature) const {
  float weight[CHUNK];
  double sum = 0;
  for (size_t i = 0; i < size; i += CHUNK) sum += best_kernels().exps(values + i, std::min(CHUNK, size - i), most, inverse(temperature), weight);
  return sum;
}

size_t Logits::at_share(double share, float most, double temperature) const {
  const double target = share * mass(most, temperature);
  float weight[CHUNK];
  double sum = 0;
  size_t last = 0;  // with any mass: where rounding leaves the sum below the target
  for (size_t i = 0; i < size; i += CHUNK) {
    const size_t n = std::min(CHUNK, size - i);
    const double chunk = best_kernels().exps(values + i, n, most, inverse(temperature), weight);
    if (chunk > 0 && sum + chunk > target) {
      for (size_t j = 0; j < n; j++) {
        if (weight[j] == 0) continue;
        last = i + j;
        if ((sum += weight[j]) > target) break;
      }
      return last;
    }
    sum += chunk;
    for (size_t j = n; chunk > 0 && j-- > 0;) {
      if (weight[j] == 0) continue;
      last = i + j;
      break;
    }
  }
  return last;
}

}  // namespace wisecrack
