#pragma once
#include <cstddef>
#include <cstdint>
#include <new>

#include "device/device.h"

namespace wisecrack {

/// The keys and values of all sequences: blocks of KV_BLOCK positions. A block is one piece of memory for all layers,
/// [layers][k, v][kv_heads, KV_BLOCK, key_size]. All of it is taken here; the host's system gives pages when a block is written for
/// the first time.
class KvPool {
 public:
  /// `dtype` is the device's KV dtype. Throws std::bad_alloc.
  KvPool(size_t layers, HeadShape heads, size_t blocks, DType dtype, Memory& memory = host_memory())
      : memory_(memory),
        half_(half_bytes(heads, dtype)),
        block_bytes_(block_bytes(layers, heads, dtype)),
        blocks_(blocks) {
    if (__builtin_mul_overflow(block_bytes_, blocks, &bytes_)) throw std::bad_alloc();
    data_ = static_cast<char*>(memory_.allocate(bytes_));
  }
  ~KvPool() { memory_.release(data_, bytes_); }
  KvPool(const KvPool&) = delete;
  KvPool& operator=(const KvPool&) = delete;

  /// Bytes of one block.
  static size_t block_bytes(size_t layers, HeadShape heads, DType dtype) { return 2 * layers * half_bytes(heads, dtype); }

  KvLayer layer(size_t i) const { return {data_ + i * 2 * half_, data_ + (i * 2 + 1) * half_, block_bytes_}; }
  /// Copies one block over another.
  void copy(int32_t from, int32_t to) { memory_.copy(at(to), at(from), block_bytes_); }
  size_t blocks() const { return blocks_; }
  size_t bytes() const { return bytes_; }

 private:
  // The keys, or the values, of a block in one layer.
  static size_t half_bytes(HeadShape heads, DType dtype) { return heads.kv_heads * KV_BLOCK * heads.key_size * size_of(dtype); }
  char* at(int32_t block) const { return data_ + static_cast<size_t>(block) * block_bytes_; }

  Memory& memory_;
  size_t half_, block_bytes_, blocks_, bytes_ = 0;
  char* data_ = nullptr;
};

/// Blocks that so many positions take.
constexpr size_t kv_blocks(size_t positions) { return (positions + KV_BLOCK - 1) / KV_BLOCK; }

}  // namespace wisecrack
