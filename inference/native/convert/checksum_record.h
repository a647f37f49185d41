#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wisecrack {

/// What the checksums of NAME are called: NAME.crc32c.
constexpr const char* CHECKSUMS = ".crc32c";

/// A stretch of a file, and its CRC-32C.
struct ChecksumLine {
  size_t at, bytes;
  uint32_t crc;
};

/// The checksums of a file: a line with what was converted, then a line `at bytes crc` for each piece that is on the disk.
struct ChecksumRecord {
  std::optional<std::string> identity;  ///< none where there is no record, or a kill has torn the line
  std::vector<ChecksumLine> lines;      ///< whole ones, in the order in which they were written
};

/// Reads a record; empty when there is none.
ChecksumRecord read_record(const std::string& path);

/// Lines as they stand in the file.
std::string text_of(const std::vector<ChecksumLine>& lines);

}  // namespace wisecrack
