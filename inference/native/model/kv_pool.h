#pragma once
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#include "device/device.h"

namespace wisecrack {

/// What one shard has of a pool: its heads, in its device's memory.
struct KvPart {
  HeadShape heads;
  Memory* memory;
};

/// The keys and values of all sequences: blocks of KV_BLOCK positions. A block is one piece of memory for all layers,
/// [layers][k, v][kv_heads, KV_BLOCK, key_size]; each shard has such a piece of its own heads. All of it is taken here; the host's system
/// gives pages when a block is written for the first time.
class KvPool {
 public:
  /// `dtype` is the device's KV dtype. Throws std::bad_alloc.
  KvPool(size_t layers, HeadShape heads, size_t blocks, DType dtype, Memory& memory = host_memory())
      : KvPool(layers, {KvPart{heads, &memory}}, blocks, dtype) {}

  /// The same over several shards.
  KvPool(size_t layers, const std::vector<KvPart>& parts, size_t blocks, DType dtype) : blocks_(blocks) {
    for (const KvPart& part : parts) {
      const size_t half = half_bytes(part.heads, dtype), block = block_bytes(layers, part.heads, dtype);
      size_t bytes = 0;
      if (__builtin_mul_overflow(block, blocks, &bytes)) throw std::bad_alloc();
      Piece& piece = pieces_.emplace_back(Piece{half, block, Array<char>(*part.memory)});
      piece.memory.at_least(bytes);
      piece.data = piece.memory.data();
    }
  }

  /// Bytes of one block.
  static size_t block_bytes(size_t layers, HeadShape heads, DType dtype) { return 2 * layers * half_bytes(heads, dtype); }

  KvLayer layer(size_t i, size_t shard = 0) const {
    const Piece& p = pieces_[shard];
    return {p.data + i * 2 * p.half, p.data + (i * 2 + 1) * p.half, p.block};
  }
  /// Copies one block over another.
  void copy(int32_t from, int32_t to) {
    for (Piece& p : pieces_) p.memory.copy(static_cast<size_t>(to) * p.block, static_cast<size_t>(from) * p.block, p.block);
  }
  size_t blocks() const { return blocks_; }
  size_t bytes() const {
    size_t sum = 0;
    for (const Piece& p : pieces_) sum += p.memory.size();
    return sum;
  }

 private:
  struct Piece {
    size_t half, block;  // bytes of a block's keys, or values, in one layer; of a block
    Array<char> memory;
    char* data = nullptr;
  };

  static size_t half_bytes(HeadShape heads, DType dtype) { return heads.kv_heads * KV_BLOCK * heads.key_size * size_of(dtype); }

  const size_t blocks_;
  std::vector<Piece> pieces_;
};

/// Blocks that so many positions take.
constexpr size_t kv_blocks(size_t positions) { return (positions + KV_BLOCK - 1) / KV_BLOCK; }

}  // namespace wisecrack
