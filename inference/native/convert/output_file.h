#pragma once
#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "convert/checksum_record.h"
#include "convert/plan.h"

namespace wisecrack {

/// One file that is being written, piece by piece and in any order, and that can be gone on with after a kill at any moment.
///
/// It is called NAME.part until all of it is on the disk. Beside it lies its ChecksumRecord, which says what is there. It stays as the
/// file's checksums.
class OutputFile {
 public:
  /// `identity` says what is converted, and how; `pieces` are those of this file, in order.
  OutputFile(const std::string& folder, const ShardPlan& shard, const std::string& identity, std::vector<const Piece*> pieces);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Whether the file is there under its own name.
  bool finished() const;

  /// Whether something of it is there that belongs to another conversion.
  bool foreign() const;

  /// Of each piece whether it is there: on record and, when `check` is set, as its checksum says. A finished file with a piece that is
  /// wrong becomes unfinished again.
  std::vector<bool> present(bool check);

  /// Makes the file ready for those pieces that are not there. Throws ModelError (Failed).
  void open(const std::vector<bool>& present);

  /// Writes bytes at that place of the file. May be called from several threads. Throws ModelError (Failed).
  void write(const std::byte* data, size_t bytes, size_t at);

  /// All of a piece is written, with that checksum; the last one gives the file its name. May be called from several threads. Throws
  /// ModelError (Failed).
  void finish(const Piece& piece, uint32_t crc);

 private:
  void name();

  const ShardPlan& shard_;
  const std::string folder_, path_, part_, record_path_, identity_;
  const std::vector<const Piece*> pieces_;

  std::mutex mutex_;
  int fd_ = -1, record_fd_ = -1;
  std::vector<ChecksumLine> written_;  // not yet on record
  size_t missing_ = 0, unrecorded_ = 0;  // pieces
};

}  // namespace wisecrack
