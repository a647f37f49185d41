#include <cmath>

#include "device/device.h"

namespace wisecrack {

constexpr float ROPE_BASE = 10000.0f;  // model.py: RotaryEmbedding, base_exponent

void fill_rope_tables(size_t key_size, size_t positions, float* cosine, float* sine) {
  const size_t half = key_size / 2;
  for (size_t i = 0; i < half; i++) {
    const float frequency = 1.0f / std::pow(ROPE_BASE, static_cast<float>(2 * i) / static_cast<float>(key_size));
    for (size_t p = 0; p < positions; p++) {
      const float phase = static_cast<float>(p) * frequency;
      cosine[p * half + i] = std::cos(phase);
      sine[p * half + i] = std::sin(phase);
    }
  }
}

}  // namespace wisecrack
