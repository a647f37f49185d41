#include "emulator/turn.h"

#include <sched.h>

#include <mutex>

#include "emulator/memory.h"

namespace simt {
namespace {

std::mutex& machine() {
  static std::mutex mutex;
  return mutex;
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
