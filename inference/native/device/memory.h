#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>

namespace wisecrack {

/// The memory that a device's kernels work in. The host's is `host_memory()`; on others only the device may follow pointers.
class Memory {
 public:
  virtual ~Memory() = default;

  /// At a multiple of 64 bytes. Throws std::bad_alloc.
  virtual void* allocate(size_t bytes) = 0;
  virtual void release(void* data, size_t bytes) = 0;

  /// From the host to the device, before the kernels that are started later. `from` may change after the call.
  virtual void upload(void* to, const void* from, size_t bytes) = 0;
  /// From the device to the host, after the kernels that were started before; waits for it.
  virtual void download(void* to, const void* from, size_t bytes) = 0;
  /// Within the device.
  virtual void copy(void* to, const void* from, size_t bytes) = 0;

  /// Whether the host may follow pointers to it.
  virtual bool on_host() const { return false; }

  /// Bytes that can be allocated now.
  virtual size_t available() const = 0;
  /// Bytes that a card has; 0 for the host's memory, of which the system knows more.
  virtual size_t total() const { return 0; }
};

/// Ordinary memory; the system gives pages, large ones where it has them, when they are written for the first time.
Memory& host_memory();

/// Numbers in a device's memory; never shrinks.
template <class T>
class Array {
 public:
  explicit Array(Memory& memory) : memory_(&memory) {}
  ~Array() { give_back(); }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;
  Array(Array&& other) noexcept
      : memory_(other.memory_), data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

  /// Room for n; contents are lost when it grows. Throws std::bad_alloc.
  void at_least(size_t n) {
    if (n <= size_) return;
    give_back();
    data_ = static_cast<T*>(memory_->allocate(n * sizeof(T)));
    size_ = n;
  }
  void give_back() {
    if (data_) memory_->release(data_, size_ * sizeof(T));
    data_ = nullptr;
    size_ = 0;
  }
  /// Copies n within the array; the two stretches do not overlap.
  void copy(size_t to, size_t from, size_t n) {
    if (n > 0) memory_->copy(data_ + to, data_ + from, n * sizeof(T));
  }
  /// Copies the first n to the host.
  void download(T* to, size_t n) const { memory_->download(to, data_, n * sizeof(T)); }

  T* data() { return data_; }
  const T* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  Memory* memory_;
  T* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace wisecrack
