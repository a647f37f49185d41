#pragma once
#include <cstddef>
#include <cstdint>

namespace wisecrack {

/// CRC-32C (Castagnoli, RFC 3720) of `n` bytes; `before` is that of what came before them.
uint32_t crc32c(const void* data, size_t n, uint32_t before = 0);

}  // namespace wisecrack
