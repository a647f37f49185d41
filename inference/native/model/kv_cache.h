#pragma once
#include <sys/mman.h>

#include <cstddef>
#include <new>

#include "device/device.h"

namespace wisecrack {

/// Keys and values of one sequence for all layers. Contiguous for now; pages will come behind this same face.
/// The memory is reserved at once, but the system gives pages only as positions are written.
class KvCache {
 public:
  /// `dtype` is the device's KV dtype. Throws std::bad_alloc.
  KvCache(size_t layers, HeadShape heads, size_t positions, DType dtype)
      : positions_(positions), layer_bytes_(heads.kv_heads * positions * heads.key_size * size_of(dtype)) {
    if (__builtin_mul_overflow(layer_bytes_, 2 * layers, &bytes_)) throw std::bad_alloc();
    data_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data_ == MAP_FAILED) throw std::bad_alloc();
  }
  ~KvCache() { munmap(data_, bytes_); }
  KvCache(const KvCache&) = delete;
  KvCache& operator=(const KvCache&) = delete;

  KvSpan layer(size_t i) const {
    char* k = static_cast<char*>(data_) + i * 2 * layer_bytes_;
    return {k, k + layer_bytes_, positions_};
  }
  size_t positions() const { return positions_; }
  size_t bytes() const { return bytes_; }

 private:
  size_t positions_, layer_bytes_, bytes_ = 0;
  void* data_ = nullptr;
};

}  // namespace wisecrack
