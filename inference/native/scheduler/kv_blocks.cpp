#include "scheduler/kv_blocks.h"

#include <algorithm>

namespace wisecrack {

// FNV-1a with a last stir: a good spread is all that is asked for, tokens are compared.
uint64_t KvBlocks::chain_hash(uint64_t before, const int32_t* tokens) {
  uint64_t h = before ^ 0xcbf29ce484222325;
  for (size_t i = 0; i < KV_BLOCK; i++) h = (h ^ static_cast<uint32_t>(tokens[i])) * 0x100000001b3;
  return h ^ h >> 29;
}

KvBlocks::KvBlocks(size_t count, Hash hash) : hash_(hash), blocks_(count) {
  for (size_t i = count; i > 0; i--) free_.push_back(static_cast<int32_t>(i - 1));
}

uint64_t KvBlocks::hash_after(int32_t before, const int32_t* tokens) const {
  return hash_(before == NONE ? 0 : at(before).hash, tokens);
}

int32_t KvBlocks::find(int32_t before, const int32_t* tokens) const {
  if (before != NONE && !at(before).remembered) return NONE;
  const auto entry = known_.find(hash_after(before, tokens));
  if (entry == known_.end()) return NONE;
  const Block& b = at(entry->second);
  return b.before == before && std::equal(tokens, tokens + KV_BLOCK, b.tokens) ? entry->second : NONE;
}

int32_t KvBlocks::take() {
  if (free_.empty()) {
    const int32_t oldest = unheld_.front();
    unheld_.pop_front();
    known_.erase(at(oldest).hash);
    at(oldest).remembered = false;
    free_.push_back(oldest);
  }
  const int32_t block = free_.back();
  free_.pop_back();
  at(block).holders = 1;
  return block;
}

void KvBlocks::hold(int32_t block) {
  Block& b = at(block);
  if (b.holders++ == 0) unheld_.erase(b.place);
}

void KvBlocks::release(int32_t block) {
  Block& b = at(block);
  if (--b.holders > 0) return;
  if (b.remembered) b.place = unheld_.insert(unheld_.end(), block);
  else free_.push_back(block);
}

int32_t KvBlocks::remember(int32_t block, int32_t before, const int32_t* tokens) {
  const int32_t same = find(before, tokens);
  if (same != NONE) {
    hold(same);
    release(block);
    return same;
  }
  if (before != NONE && !at(before).remembered) return block;  // nobody could find it
  Block& b = at(block);
  b.hash = hash_after(before, tokens);
  b.before = before;
  std::copy_n(tokens, KV_BLOCK, b.tokens);
  b.remembered = known_.emplace(b.hash, block).second;  // not where another block has the same hash
  return block;
}

}  // namespace wisecrack
