#include "emulator/turn.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "emulator/block.h"
#include "emulator/memory.h"

namespace simt {
namespace {

// Whoever is first: a card runs as far ahead of the others as it can without them.
struct Machine {
  std::mutex mutex;
  std::condition_variable free, written;
  bool taken = false;
  uint64_t words = 0;  // that cards wrote for each other: whoever has taken it counts
  uint64_t told = 0;   // how many of them when it was last given back

  void lock() {
    std::unique_lock lock(mutex);
    free.wait(lock, [&] { return !taken; });
    taken = true;
  }
  void unlock() {
    std::lock_guard lock(mutex);
    taken = false;
    free.notify_one();
    if (told != words) written.notify_all();
    told = words;
  }
  /// False when no card writes anything for half a minute.
  bool lock_when_written(uint64_t known) {
    std::unique_lock lock(mutex);
    if (!written.wait_for(lock, std::chrono::seconds(30), [&] { return told != known; })) return false;
    free.wait(lock, [&] { return !taken; });
    taken = true;
    return true;
  }
};

Machine& machine() {
  static Machine one;
  return one;
}

thread_local int depth = 0;

void take() {
  machine().lock();
  show_memory_of(this_device());
}

}  // namespace

int& this_device() {
  thread_local int device = 0;
  return device;
}

Turn::Turn() {
  if (depth++ == 0) take();
  else show_memory_of(this_device());  // it may have changed
}

Turn::~Turn() {
  if (--depth == 0) machine().unlock();
}

void wrote_to_peer() { machine().words++; }

void wait_for_peers() {
  const uint64_t known = machine().words;
  machine().unlock();
  if (!machine().lock_when_written(known)) fail("waits for a card that writes nothing");
  show_memory_of(this_device());
}

}  // namespace simt
