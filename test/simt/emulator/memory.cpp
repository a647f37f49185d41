#include "emulator/memory.h"

#include <signal.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <new>
#include <vector>

#include "emulator/block.h"
#include "emulator/turn.h"

namespace simt {
namespace {

constexpr size_t PAGE = 4096, ALIGN = 16;
constexpr unsigned char RED = 0xA5;

struct Allocation {
  char* base;    // the guard page before
  size_t pages;  // between the guards
  size_t bytes;
  int device;
  bool shared;
  bool open;  // can be touched
};

std::map<char*, Allocation>& allocations() {
  static std::map<char*, Allocation> all;
  return all;
}

int shown = 0;                    // the device whose memory can be touched
std::vector<Allocation*> opened;  // its allocations that have been touched: a kernel touches few

size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

void open(Allocation& a, bool can) {
  mprotect(a.base + PAGE, a.pages * PAGE, can ? PROT_READ | PROT_WRITE : PROT_NONE);
  a.open = can;
}

void check_red(const Allocation& a, const char* memory) {
  const char *first = a.base + PAGE, *last = first + a.pages * PAGE;
  for (const char* p = first; p < memory; p++)
    if (static_cast<unsigned char>(*p) != RED) fail("%zd bytes before an allocation of %zu bytes were written to", memory - p, a.bytes);
  for (const char* p = memory + a.bytes; p < last; p++)
    if (static_cast<unsigned char>(*p) != RED) fail("byte %zd of an allocation of %zu bytes was written to", p - memory, a.bytes);
}

void on_fault(int, siginfo_t* info, void*) {
  const auto* at = static_cast<const char*>(info->si_addr);
  for (auto& [memory, a] : allocations()) {
    if (at < a.base || at >= a.base + (a.pages + 2) * PAGE) continue;
    const bool inside = at >= a.base + PAGE && at < a.base + (a.pages + 1) * PAGE;
    if (inside && a.device == shown && !a.open) {
      open(a, true);
      return opened.push_back(&a);
    }
    fail("touched byte %zd of an allocation of %zu bytes of device %d", at - memory, a.bytes, a.device);
  }
  fail("touched address %p, which is no memory of the device (or a fiber's stack overflowed)", info->si_addr);
}

}  // namespace

void* allocate(size_t bytes) {
  const Turn turn;
  watch_faults();
  const size_t pages = round_up(bytes ? bytes : 1, PAGE) / PAGE;
  void* base = mmap(nullptr, (pages + 2) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED) throw std::bad_alloc();
  char* first = static_cast<char*>(base) + PAGE;
  mprotect(base, PAGE, PROT_NONE);
  mprotect(first + pages * PAGE, PAGE, PROT_NONE);
  char* memory = first + pages * PAGE - round_up(bytes, ALIGN);
  std::memset(first, RED, static_cast<size_t>(memory - first));
  std::memset(memory, 0xFF, bytes);
  std::memset(memory + bytes, RED, static_cast<size_t>(first + pages * PAGE - memory - bytes));
  Allocation& made = allocations()[memory] = {static_cast<char*>(base), pages, bytes, this_device(), false, true};
  opened.push_back(&made);
  return memory;
}

void share(void* memory) {
  const Turn turn;
  Allocation& a = allocations().at(static_cast<char*>(memory));
  a.shared = true;
  open(a, true);
  std::erase(opened, &a);
}

void show_memory_of(int device) {
  if (device == shown) return;
  for (Allocation* a : opened) open(*a, false);
  opened.clear();
  shown = device;
}

void release(void* memory) {
  if (!memory) return;
  const Turn turn;
  const auto found = allocations().find(static_cast<char*>(memory));
  if (found == allocations().end()) fail("%p is released, but was never allocated", memory);
  open(found->second, true);  // a device's end may be another thread's work
  check_red(found->second, found->first);
  std::erase(opened, &found->second);
  munmap(found->second.base, (found->second.pages + 2) * PAGE);
  allocations().erase(found);
}

size_t allocated() {
  const Turn turn;
  size_t bytes = 0;
  for (const auto& [memory, a] : allocations())
    if (a.device == this_device()) bytes += a.bytes;
  return bytes;
}

void watch_faults() {
  static thread_local bool watching = false;
  if (watching) return;
  watching = true;
  static thread_local char stack[64 << 10];  // the faulting fiber's own may be full
  stack_t alternate{};
  alternate.ss_sp = stack;
  alternate.ss_size = sizeof stack;
  sigaltstack(&alternate, nullptr);
  struct sigaction action{};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGSEGV, &action, nullptr);
  sigaction(SIGBUS, &action, nullptr);
}

}  // namespace simt
