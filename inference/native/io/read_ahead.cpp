#include "io/read_ahead.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "io/file.h"
#include "io/in_parallel.h"
#include "io/memory_nodes.h"

namespace wisecrack {
namespace {

// Large enough that a disk streams, small enough that all readers have work to the end.
constexpr size_t PIECE = 16 << 20;
// What a fast array of disks needs to be busy. They wait for the disk, not for a core.
constexpr size_t READERS = 8;

struct Piece {
  const std::byte* data;
  size_t bytes;
};

// Touched, too: where a hypervisor keeps page tables of its own, the first reply would pay for them.
void read(const Piece& piece) {
  spread_over_memory_nodes();
  bring_in(piece.data, piece.bytes);
  static const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  for (size_t i = 0; i < piece.bytes; i += page) static_cast<void>(*static_cast<const volatile std::byte*>(piece.data + i));
}

}  // namespace

bool read_ahead(const std::vector<std::span<const std::byte>>& stretches, size_t room, const std::function<void(double)>& progress) {
  std::vector<Piece> pieces;
  size_t total = 0;
  for (const auto stretch : stretches) {
    for (size_t at = 0; at < stretch.size(); at += PIECE) pieces.push_back({stretch.data() + at, std::min(PIECE, stretch.size() - at)});
    total += stretch.size();
  }
  const bool fits = total < room;
  if (fits) {
    for (const auto stretch : stretches) in_large_pages(stretch.data(), stretch.size());
    const std::atomic<bool> never{false};
    std::atomic<size_t> done{0};
    const auto read_piece = [&](size_t i, size_t) {
      read(pieces[i]);
      done++;
    };
    in_parallel(pieces.size(), READERS, never, read_piece, [&] {
      if (progress) progress(static_cast<double>(done) / static_cast<double>(pieces.size()));
    });
  }
  if (progress) progress(1);
  return fits;
}

}  // namespace wisecrack
