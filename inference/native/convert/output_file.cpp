#include "convert/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>

#include "convert/crc32c.h"
#include "convert/disk.h"
#include "io/error.h"
#include "io/file.h"

namespace wisecrack {
namespace {

// After so many pieces (1 GiB) they are brought to the disk and put on record: what a kill costs, against what waiting for the disk costs.
constexpr size_t PIECES_PER_RECORD = 32;

int open_file(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
  if (fd < 0) throw failed(path + ": " + std::strerror(errno));
  return fd;
}

}  // namespace

OutputFile::OutputFile(const std::string& folder, const ShardPlan& shard, const std::string& identity, std::vector<const Piece*> pieces)
    : shard_(shard),
      folder_(folder),
      path_(folder + "/" + shard.name),
      part_(path_ + ".part"),
      record_path_(path_ + CHECKSUMS),
      identity_(identity),
      pieces_(std::move(pieces)) {}

OutputFile::~OutputFile() {
  for (const int fd : {fd_, record_fd_})
    if (fd >= 0) close(fd);
}

bool OutputFile::finished() const { return exists(path_); }

bool OutputFile::foreign() const {
  if (!exists(record_path_)) return finished();
  const auto identity = read_record(record_path_).identity;
  return identity && identity != identity_;
}

std::vector<bool> OutputFile::present(bool check) {
  std::vector<bool> there(pieces_.size(), false);
  const bool done = finished();
  const std::string& path = done ? path_ : part_;
  if (!exists(path) || std::filesystem::file_size(path) == 0) return there;
  if (done && !check) {
    there.assign(pieces_.size(), true);
    return there;
  }
  const ChecksumRecord record = read_record(record_path_);
  std::map<size_t, ChecksumLine> by_place;
  if (record.identity == identity_)
    for (const ChecksumLine& line : record.lines) by_place[line.at] = line;
  if (by_place.empty()) return there;
  const MappedFile file(path);
  written_.clear();
  for (size_t i = 0; i < pieces_.size(); i++) {
    const auto line = by_place.find(pieces_[i]->at);
    if (line == by_place.end() || line->second.bytes != pieces_[i]->bytes || pieces_[i]->at + pieces_[i]->bytes > file.size()) continue;
    // Looked at once: it need not stay in memory.
    there[i] = crc32c(file.data() + pieces_[i]->at, pieces_[i]->bytes) == line->second.crc;
    let_go(file.data() + pieces_[i]->at, pieces_[i]->bytes);
    if (there[i]) written_.push_back(line->second);
  }
  return there;
}

void OutputFile::open(const std::vector<bool>& present) {
  missing_ = unrecorded_ = static_cast<size_t>(std::count(present.begin(), present.end(), false));
  if (missing_ == 0 && finished()) return;
  if (finished()) rename_file(path_, part_);
  // The record is written anew, so that nothing torn or wrong is left in it.
  write_whole(record_path_, identity_ + "\n" + text_of(written_));
  written_.clear();
  fd_ = open_file(part_, O_WRONLY | O_CREAT);
  if (ftruncate(fd_, static_cast<off_t>(shard_.bytes)) != 0) throw failed(part_ + ": " + std::strerror(errno));
  record_fd_ = open_file(record_path_, O_WRONLY | O_APPEND);
  if (missing_ == 0) name();
}

void OutputFile::write(const std::byte* data, size_t bytes, size_t at) { write_at(fd_, data, bytes, at, part_); }

void OutputFile::finish(const Piece& piece, uint32_t crc) {
  const ChecksumLine line{piece.at, piece.bytes, crc};
  std::vector<ChecksumLine> due;
  {
    std::lock_guard lock(mutex_);
    written_.push_back(line);
    if (--missing_ == 0 || written_.size() >= PIECES_PER_RECORD) due.swap(written_);
  }
  if (due.empty()) return;
  // Only what is on the disk goes on record. Others may write meanwhile.
  sync_file(fd_, part_);
  const std::string text = text_of(due);
  std::lock_guard lock(mutex_);
  if (::write(record_fd_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw failed(record_path_ + ": " + std::strerror(errno));
  unrecorded_ -= due.size();
  if (unrecorded_ == 0) name();
}

void OutputFile::name() {
  sync_file(record_fd_, record_path_);
  sync_file(fd_, part_);
  forget(fd_);
  rename_file(part_, path_);
  sync_folder(folder_);
  for (int* fd : {&fd_, &record_fd_}) {
    close(*fd);
    *fd = -1;
  }
}

}  // namespace wisecrack
