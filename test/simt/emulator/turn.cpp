#include "emulator/turn.h"

#include <sched.h>

#include <condition_variable>
#include <mutex>

#include "emulator/memory.h"

namespace simt {
namespace {

// First come, first served: a thread that passes its turn gets it back when all who wait have had theirs.
struct Machine {
  std::mutex mutex;
  std::condition_variable changed;
  unsigned next = 0, served = 0;

  void lock() {
    std::unique_lock lock(mutex);
    const unsigned ticket = next++;
    changed.wait(lock, [&] { return served == ticket; });
  }
  void unlock() {
    {
      std::lock_guard lock(mutex);
      served++;
    }
    changed.notify_all();
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

void pass_turn() {
  machine().unlock();
  sched_yield();
  take();
}

}  // namespace simt
