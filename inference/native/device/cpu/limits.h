#pragma once
#include <cstddef>
#include <span>

namespace wisecrack {

class ThreadPool;

/// The machine's own limits: what no kernel can beat.
struct MachineLimits {
  double read_bandwidth;  ///< sequential reads, bytes/s
  double fma_rate;        ///< float32 fused multiply-adds, flop/s (2 per FMA)
};

/// Measures both with `threads` threads (0: chosen by thread_count()); takes under a second. Throws std::bad_alloc.
MachineLimits measure_limits(int threads);

/// Reads memory as fast as the machine can and returns the seconds it took: the least for work that needs all of it once.
double seconds_to_read(ThreadPool& pool, const char* data, size_t bytes);

/// Bytes a second at which `threads` threads (0: chosen by thread_count()) read these stretches of memory. They are read until it gets no
/// faster, for what a virtual machine's host has to find first is slow; then it is the mean of up to half a second, in which the threads are
/// kept from their cores as often as whatever is measured beside it.
double read_rate(std::span<const std::span<const std::byte>> stretches, int threads);

}  // namespace wisecrack
