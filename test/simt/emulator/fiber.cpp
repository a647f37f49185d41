#include "emulator/fiber.h"

#include <sys/mman.h>

#include <cstdint>
#include <new>

namespace simt {
namespace {

constexpr size_t PAGE = 4096, STACK = 64 << 10, SLOT = STACK + PAGE;

}  // namespace

#if !defined(__x86_64__)
#error "the emulator switches fibers in x86-64 assembler"
#endif
// System V: rbp, rbx, r12 to r15 belong to the caller. ucontext would cost two system calls a switch.
asm(R"(
.globl simt_switch_to
.type simt_switch_to,@function
simt_switch_to:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
)");

Stacks::~Stacks() {
  if (base_) munmap(base_, count_ * SLOT);
}

void Stacks::reserve(size_t count) {
  if (count <= count_) return;
  if (base_) munmap(base_, count_ * SLOT);
  count_ = count;
  void* memory = mmap(nullptr, count * SLOT, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  base_ = static_cast<char*>(memory);
  for (size_t i = 0; i < count; i++) mprotect(base_ + i * SLOT, PAGE, PROT_NONE);
}

void* Stacks::fresh(size_t i, void (*entry)()) {
  auto** sp = reinterpret_cast<void**>(base_ + (i + 1) * SLOT);
  *--sp = nullptr;  // entry finds the alignment that a call would have left
  *--sp = reinterpret_cast<void*>(entry);
  for (int saved = 0; saved < 6; saved++) *--sp = nullptr;
  return sp;
}

}  // namespace simt
