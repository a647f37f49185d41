#pragma once
#include <cstdint>
#include <cstring>

namespace wisecrack {

/// bfloat16 as it lies in memory: the upper half of a float32.
using bf16 = uint16_t;

inline float to_float(bf16 value) {
  const uint32_t bits = static_cast<uint32_t>(value) << 16;
  float f;
  std::memcpy(&f, &bits, sizeof f);
  return f;
}

/// Nearest bfloat16, ties to even; a NaN stays a NaN.
inline bf16 to_bf16(float f) {
  uint32_t bits;
  std::memcpy(&bits, &f, sizeof bits);
  if ((bits & 0x7FFFFFFF) > 0x7F800000) return static_cast<bf16>(bits >> 16 | 0x40);
  return static_cast<bf16>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

/// A float32 that holds a bfloat16 value.
inline float round_bf16(float f) { return to_float(to_bf16(f)); }

}  // namespace wisecrack
