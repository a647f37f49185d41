#pragma once
#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

#include "device/device.h"

namespace wisecrack {

/// Who holds which block of the KV pool, and the prefix cache: full blocks are found again by their tokens and by what came before.
///
/// A block is free, held by some requests (counted), or held by nobody but remembered. Remembered blocks that nobody holds are the
/// cache; when blocks run out, the one that was let go of first is given away. A request holds all blocks from its first on and lets
/// go of them from the last on, so a remembered block never outlives the one before it.
///
/// A remembered block is never written to: whoever must, takes a block of its own and copies (Batch::admit).
class KvBlocks {
 public:
  /// Hash of a block's KV_BLOCK tokens and of what came before.
  using Hash = uint64_t (*)(uint64_t before, const int32_t* tokens);
  static uint64_t chain_hash(uint64_t before, const int32_t* tokens);
  static constexpr int32_t NONE = -1;

  explicit KvBlocks(size_t count, Hash hash = chain_hash);

  size_t total() const { return blocks_.size(); }
  /// Remembered and held by nobody.
  size_t cached() const { return unheld_.size(); }
  /// What take() can give.
  size_t available() const { return free_.size() + unheld_.size(); }

  /// The remembered block with these KV_BLOCK tokens after block `before` (NONE: at the start), or NONE.
  int32_t find(int32_t before, const int32_t* tokens) const;

  /// A block for the caller alone, contents unknown; there must be one available. Forgets a cached block when none is free.
  int32_t take();
  /// One holder more.
  void hold(int32_t block);
  /// One holder less.
  void release(int32_t block);

  /// The caller's block is complete: it holds these KV_BLOCK tokens after the remembered block `before`. Gives the block to use from
  /// now on: another one when the same tokens are remembered already; the caller then holds that one instead. Where two hashes
  /// are equal by accident, the first block is remembered and the second is not.
  int32_t remember(int32_t block, int32_t before, const int32_t* tokens);

 private:
  struct Block {
    uint32_t holders = 0;
    bool remembered = false;
    int32_t before = NONE;
    uint64_t hash = 0;
    int32_t tokens[KV_BLOCK];
    std::list<int32_t>::iterator place;  // in unheld_
  };

  uint64_t hash_after(int32_t before, const int32_t* tokens) const;
  Block& at(int32_t block) { return blocks_[static_cast<size_t>(block)]; }
  const Block& at(int32_t block) const { return blocks_[static_cast<size_t>(block)]; }

  const Hash hash_;
  std::vector<Block> blocks_;
  std::vector<int32_t> free_;
  std::list<int32_t> unheld_;                    // remembered, held by nobody; the one let go of first in front
  std::unordered_map<uint64_t, int32_t> known_;  // hash -> block
};

}  // namespace wisecrack
