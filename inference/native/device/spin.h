#pragma once
#include <chrono>

namespace wisecrack {

constexpr auto SPIN = std::chrono::microseconds(40);  // longer spinning starves other processes on a busy machine

/// Lets the other thread of a core go first.
inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Looks for a short while; false when the condition did not come true.
template <class Condition>
bool spin_until(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + SPIN;
  do {
    for (int i = 0; i < 32; i++) {
      if (condition()) return true;
      relax();
    }
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

}  // namespace wisecrack
