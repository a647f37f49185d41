#include "convert/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace wisecrack {
namespace {

constexpr uint32_t POLYNOMIAL = 0x82F63B78;

constexpr std::array<uint32_t, 256> make_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
    table[i] = crc;
  }
  return table;
}
constexpr std::array<uint32_t, 256> TABLE = make_table();

uint32_t by_table(const unsigned char* p, size_t n, uint32_t crc) {
  for (size_t i = 0; i < n; i++) crc = crc >> 8 ^ TABLE[(crc ^ p[i]) & 255];
  return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) uint32_t by_instruction(const unsigned char* p, size_t n, uint32_t crc) {
  uint64_t wide = crc;
  for (; n >= 8; p += 8, n -= 8) {
    uint64_t word;
    std::memcpy(&word, p, sizeof word);
    wide = _mm_crc32_u64(wide, word);
  }
  return by_table(p, n, static_cast<uint32_t>(wide));
}
#endif

}  // namespace

uint32_t crc32c(const void* data, size_t n, uint32_t before) {
  const auto* p = static_cast<const unsigned char*>(data);
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) return ~by_instruction(p, n, ~before);
#endif
  return ~by_table(p, n, ~before);
}

}  // namespace wisecrack
