#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace wisecrack {

/// Calls work(i, thread) for every i in [0, count), in order, on up to `threads` threads of their own: for work that waits for a disk, which a
/// pool with a thread a core does not suit. `thread` is in [0, threads). This thread calls watch() now and then meanwhile. `stop` ends it
/// before all is done; so does what one call throws, which is thrown here. Where the system has fewer threads to give, those do it.
/// Throws std::system_error where it has none.
template <class Work, class Watch>
void in_parallel(size_t count, size_t threads, const std::atomic<bool>& stop, const Work& work, const Watch& watch) {
  std::atomic<size_t> next{0}, running{0};
  std::atomic<bool> halt{false};
  std::mutex mutex;
  std::exception_ptr error;
  const auto share = [&](size_t thread) {
    try {
      for (size_t i = next++; i < count && !halt && !stop; i = next++) work(i, thread);
    } catch (...) {
      std::lock_guard lock(mutex);
      error = std::current_exception();
      halt = true;
    }
    running--;
  };
  std::vector<std::thread> all;
  for (size_t t = 0; t < std::min(threads, count); t++) {
    running++;
    try {
      all.emplace_back(share, t);
    } catch (const std::system_error&) {
      running--;
      if (all.empty()) throw;
      break;
    }
  }
  while (running > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(count > threads ? 20 : 1));
    watch();
  }
  for (std::thread& thread : all) thread.join();
  if (error) std::rethrow_exception(error);
}

}  // namespace wisecrack
