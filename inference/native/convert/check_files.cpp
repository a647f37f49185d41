#include "convert/check_files.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <set>

#include "convert/checksum_record.h"
#include "convert/crc32c.h"
#include "convert/target.h"
#include "io/error.h"
#include "io/file.h"
#include "io/in_parallel.h"

namespace wisecrack {
namespace {

// They wait for the disk, not for a core.
constexpr size_t READERS = 8;

// A stretch to be read, and its file.
struct Work {
  size_t file;
  ChecksumLine line;
};

// One file: what is on record, and what is there.
struct Candidate {
  std::string name;
  std::unique_ptr<MappedFile> file;
  std::vector<ChecksumLine> lines;  // one for each place, in their order
  std::string wrong;                // what is known before anything is read
  std::vector<ChecksumLine> bad;    // what was read and is not what was written
};

// The last line of each place: a piece that was mended is on record again. Empty where they do not cover a file from its first byte on.
std::vector<ChecksumLine> in_order(std::vector<ChecksumLine> lines) {
  std::reverse(lines.begin(), lines.end());
  std::stable_sort(lines.begin(), lines.end(), [](const ChecksumLine& a, const ChecksumLine& b) { return a.at < b.at; });
  lines.erase(std::unique(lines.begin(), lines.end(), [](const ChecksumLine& a, const ChecksumLine& b) { return a.at == b.at; }), lines.end());
  size_t at = 0;
  for (const ChecksumLine& line : lines) {
    if (line.at != at) return {};
    at += line.bytes;
  }
  return lines;
}

Candidate open_candidate(const std::string& folder, const std::string& name) {
  Candidate c{name, nullptr, in_order(read_record(folder + "/" + name + CHECKSUMS).lines), {}, {}};
  const std::string path = folder + "/" + name;
  if (!exists(path)) {
    c.wrong = exists(path + ".part") ? "was not finished" : "is missing";
    return c;
  }
  if (c.lines.empty()) {
    c.wrong = "has checksums that are torn";
    return c;
  }
  const size_t wanted = c.lines.back().at + c.lines.back().bytes;
  try {
    c.file = std::make_unique<MappedFile>(path);
  } catch (const ModelError& error) {
    c.wrong = error.what();
    return c;
  }
  if (c.file->size() != wanted)
    c.wrong = "has " + std::to_string(c.file->size()) + " bytes, " + std::to_string(wanted) + " were written";
  return c;
}

// Names of files with checksums, sorted.
std::set<std::string> recorded_names(const std::string& folder) {
  const std::string suffix = CHECKSUMS;
  std::set<std::string> names;
  for (const std::string& name : names_in(folder))
    if (name.ends_with(suffix)) names.insert(name.substr(0, name.size() - suffix.size()));
  if (names.empty()) throw not_found(folder + ": there are no checksums (NAME" + suffix + ")");
  return names;
}

// Compares every stretch with its checksum.
void read_all(std::vector<Candidate>& candidates, const std::vector<Work>& work, size_t total, const std::atomic<bool>& stop,
              const std::function<void(size_t, size_t)>& progress) {
  std::mutex mutex;
  std::atomic<size_t> done{0};
  const auto compare = [&](size_t i, size_t) {
    const auto& [f, line] = work[i];
    const std::byte* data = candidates[f].file->data() + line.at;
    will_need(data, line.bytes);
    if (crc32c(data, line.bytes) != line.crc) {
      std::lock_guard lock(mutex);
      candidates[f].bad.push_back(line);
    }
    let_go(data, line.bytes);
    done += line.bytes;
  };
  in_parallel(work.size(), READERS, stop, compare, [&] {
    if (progress) progress(done, total);
  });
}

// What is to be said of a file; empty when it is as it was written.
std::string verdict(const Candidate& c) {
  if (!c.wrong.empty()) return c.name + " " + c.wrong;
  if (c.bad.empty()) return {};
  const auto first = *std::min_element(c.bad.begin(), c.bad.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  const std::string more = c.bad.size() > 1 ? ", and in " + std::to_string(c.bad.size() - 1) + " places more" : "";
  return c.name + " does not hold what was written: bytes " + std::to_string(first.at) + " to " + std::to_string(first.at + first.bytes) + more;
}

}  // namespace

CheckedFiles check_files(const std::string& folder, const std::atomic<bool>& stop, const std::function<void(size_t, size_t)>& progress) {
  std::vector<Candidate> candidates;
  for (const std::string& name : recorded_names(folder)) candidates.push_back(open_candidate(folder, name));
  CheckedFiles result;
  result.files = candidates.size();
  std::vector<Work> work;
  for (size_t f = 0; f < candidates.size(); f++) {
    if (!candidates[f].wrong.empty()) continue;
    for (const ChecksumLine& line : candidates[f].lines) {
      work.push_back({f, line});
      result.bytes += line.bytes;
    }
  }
  read_all(candidates, work, result.bytes, stop, progress);
  if (stop) throw failed("stopped");
  for (const Candidate& c : candidates)
    if (const std::string said = verdict(c); !said.empty()) result.wrong.push_back(said);
  return result;
}

}  // namespace wisecrack
