#pragma once
#include <cstddef>

namespace simt {

/// Stacks for so many fibers, each with a page below it that nobody may touch. They live as long as the OS thread.
class Stacks {
 public:
  ~Stacks();
  /// A stack pointer from which switch_to() starts `entry`, which must never return.
  void* fresh(size_t i, void (*entry)());
  void reserve(size_t count);

 private:
  char* base_ = nullptr;
  size_t count_ = 0;
};

/// Leaves the running fiber, whose stack pointer goes to *save, and goes on with the other one.
extern "C" void simt_switch_to(void** save, void* load);

}  // namespace simt
