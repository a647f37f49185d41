#include "convert/checksum_record.h"

#include <cinttypes>
#include <cstdio>
#include <sstream>

#include "io/file.h"

namespace wisecrack {
namespace {

constexpr size_t MOST = 100'000'000;  // bytes of a record

}  // namespace

ChecksumRecord read_record(const std::string& path) {
  ChecksumRecord record;
  if (!exists(path)) return record;
  std::istringstream text(read_text(path, MOST));
  std::string line;
  // A line without its end says nothing: a kill has torn it.
  if (!std::getline(text, line) || text.eof()) return record;
  record.identity = line;
  while (std::getline(text, line) && !text.eof()) {
    ChecksumLine l{};
    if (std::sscanf(line.c_str(), "%zu %zu %" SCNx32, &l.at, &l.bytes, &l.crc) == 3) record.lines.push_back(l);
  }
  return record;
}

std::string text_of(const std::vector<ChecksumLine>& lines) {
  std::string text;
  for (const ChecksumLine& line : lines) {
    char entry[64];
    std::snprintf(entry, sizeof entry, "%zu %zu %08" PRIx32 "\n", line.at, line.bytes, line.crc);
    text += entry;
  }
  return text;
}

}  // namespace wisecrack
