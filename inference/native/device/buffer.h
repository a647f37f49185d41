#pragma once
#include <cstddef>
#include <new>
#include <vector>

namespace wisecrack {

/// Gives memory that begins on a cache line: vector loads from malloc's 16-byte alignment would straddle two lines.
template <class T>
struct LineAllocator {
  using value_type = T;
  static constexpr std::align_val_t LINE{64};

  LineAllocator() = default;
  template <class U>
  LineAllocator(const LineAllocator<U>&) {}  // NOLINT: allocators convert implicitly

  T* allocate(size_t n) {
    if (n > static_cast<size_t>(-1) / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(::operator new(n * sizeof(T), LINE));
  }
  void deallocate(T* p, size_t) { ::operator delete(p, LINE); }
  bool operator==(const LineAllocator&) const { return true; }
};

/// Working memory of a device: activations.
using Buffer = std::vector<float, LineAllocator<float>>;

}  // namespace wisecrack
