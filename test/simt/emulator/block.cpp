#include "emulator/block.h"

#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <numeric>
#include <string>

#include "emulator/collectives.h"
#include "emulator/fiber.h"
#include "emulator/memory.h"
#include "emulator/turn.h"

namespace simt {
namespace {

constexpr size_t MAX_SHARED = 227 * 1024;  // of a block, on sm_90
constexpr unsigned MAX_THREADS = 1024;

struct Block {
  const Launch* launch = nullptr;
  const std::function<void()>* body = nullptr;
  dim3 index;
  void* shared = nullptr;
  std::vector<Thread> threads;
  bool hidden = false;  // see hides_copies()
  void* sp = nullptr;  // the scheduler's
};

thread_local Block block;
thread_local Thread* running = nullptr;
thread_local uint64_t state = 1;

void leave(Thread::State next) {
  Thread* me = running;
  me->state = next;
  simt_switch_to(&me->sp, block.sp);
}

void enter() {
  (*block.body)();
  for (const auto& group : running->groups)
    if (!group.empty()) fail("the thread ends with copies to shared memory on their way");
  if (running->products.d) fail("the thread ends with products on their way");
  leave(Thread::Done);
}

const char* name(const Thread& t) {
  return t.state == Thread::AtBarrier ? "barrier" : t.state == Thread::Done ? "end" : t.state == Thread::InWarp ? "collective" : "code";
}

[[noreturn]] void stuck() {
  std::string list;
  const Thread* last = nullptr;
  for (const Thread& t : block.threads) {
    if (last && last->state == t.state && last->where.line() == t.where.line()) continue;
    list.append("\n  thread ").append(std::to_string(t.index.x)).append("... at ").append(name(t));
    if (t.state != Thread::Done) list.append(" ").append(t.where.file_name()).append(":").append(std::to_string(t.where.line()));
    last = &t;
  }
  running = nullptr;
  fail("threads wait for each other in vain:%s", list.c_str());
}

// Runs the collectives of a warp whose lanes are all there. True when one ran.
bool complete(Thread* lanes, int count) {
  bool any = false;
  for (int i = 0; i < count; i++) {
    Thread& first = lanes[i];
    if (first.state != Thread::InWarp) continue;
    const uint32_t mask = first.call.mask;
    bool all = true;
    for (int j = 0; j < WARP && all; j++) {
      if (!(mask >> j & 1)) continue;
      if (j >= count || lanes[j].state == Thread::Done) {
        running = &first;
        fail("the mask %08x names lane %d, which has ended", mask, j);
      }
      all = lanes[j].state == Thread::InWarp;
    }
    if (!all) continue;
    for (int j = 0; j < WARP; j++) {
      if (!(mask >> j & 1)) continue;
      const Thread& t = lanes[j];
      if (t.call.mask == mask && t.call.kind == first.call.kind && t.where.line() == first.where.line()) continue;
      running = &first;
      fail("lanes %d and %d of a warp are in different collectives (lines %u and %u)", i, j, first.where.line(), t.where.line());
    }
    running = &first;
    run_collective(lanes, mask);
    for (int j = 0; j < WARP; j++)
      if (mask >> j & 1) lanes[j].state = Thread::Ready;
    any = true;
  }
  return any;
}

// Lets a warp run until all its lanes wait for the block, or for some random number of collectives.
bool run_warp(Thread* lanes, int count) {
  bool progress = false;
  for (uint32_t turns = 1 + random_bits() % 64; turns > 0; turns--) {
    const uint32_t order = random_bits();
    for (uint32_t i = 0; i < WARP; i++) {
      const auto lane = static_cast<int>((i * (order << 1 | 1) + (order >> 16)) % WARP);  // odd factor: every lane once
      if (lane >= count || lanes[lane].state != Thread::Ready) continue;
      running = &lanes[lane];
      simt_switch_to(&block.sp, running->sp);
      progress = true;
    }
    if (!complete(lanes, count)) break;
    progress = true;
  }
  return progress;
}

// All threads wait at the barrier: let them go. False when not all do.
bool release_barrier() {
  const Thread& first = block.threads[0];
  for (const Thread& t : block.threads)
    if (t.state != Thread::AtBarrier) return false;
  for (const Thread& t : block.threads) {
    if (t.where.line() == first.where.line()) continue;
    running = &block.threads[0];
    fail("threads %u and %u wait at different barriers (lines %u and %u)", first.index.x, t.index.x, first.where.line(), t.where.line());
  }
  block.hidden = std::any_of(block.threads.begin(), block.threads.end(), [](const Thread& t) { return t.unshown; });
  for (Thread& t : block.threads) t.state = Thread::Ready;
  return true;
}

void run_block(Stacks& stacks) {
  const auto count = static_cast<int>(block.threads.size());
  const dim3 size = block.launch->block;
  for (int i = 0; i < count; i++) {
    Thread& t = block.threads[static_cast<size_t>(i)];
    const auto n = static_cast<unsigned>(i);
    t = Thread{};
    t.index = dim3(n % size.x, n / size.x % size.y, n / (size.x * size.y));
    t.lane = i % WARP;
    t.warp = i / WARP;
    t.sp = stacks.fresh(static_cast<size_t>(i), enter);
  }
  block.hidden = false;
  std::vector<int> warps(static_cast<size_t>(count + WARP - 1) / WARP);
  std::iota(warps.begin(), warps.end(), 0);
  for (;;) {
    for (size_t i = warps.size(); i > 1; i--) std::swap(warps[i - 1], warps[random_bits() % i]);
    bool progress = false;
    for (const int w : warps) progress |= run_warp(&block.threads[static_cast<size_t>(w) * WARP], std::min(WARP, count - w * WARP));
    if (std::all_of(block.threads.begin(), block.threads.end(), [](const Thread& t) { return t.state == Thread::Done; })) return;
    if (!release_barrier() && !progress) stuck();
  }
}

}  // namespace

Thread* current() { return running; }
dim3 block_index() { return block.index; }
dim3 block_size() { return block.launch->block; }
dim3 grid_size() { return block.launch->grid; }

void* shared_memory(size_t bytes) {
  if (bytes > block.launch->shared) fail("wants %zu bytes of shared memory, the launch gave %zu", bytes, block.launch->shared);
  return block.shared;
}

bool hides_copies() { return block.hidden; }

void barrier(std::source_location where) {
  running->where = where;
  leave(Thread::AtBarrier);
}

void collective(std::source_location where) {
  running->where = where;
  if (!(running->call.mask >> running->lane & 1)) fail("the lane is not in its own mask %08x", running->call.mask);
  leave(Thread::InWarp);
}

void run(const Launch& launch, const std::function<void()>& body) {
  const Turn turn;
  static thread_local Stacks stacks;
  watch_faults();
  counters().launches++;
  block.launch = &launch;
  block.body = &body;
  const unsigned threads = launch.block.x * launch.block.y * launch.block.z;
  const size_t blocks = size_t{launch.grid.x} * launch.grid.y * launch.grid.z;
  if (threads < 1 || threads > MAX_THREADS) fail("%u threads in a block", threads);
  if (blocks < 1 || launch.grid.y > 65535 || launch.grid.z > 65535) fail("a grid of %u x %u x %u", launch.grid.x, launch.grid.y, launch.grid.z);
  if (launch.shared > MAX_SHARED) fail("%zu bytes of shared memory", launch.shared);
  block.threads.resize(threads);
  stacks.reserve(threads);
  std::vector<size_t> order(blocks);
  std::iota(order.begin(), order.end(), size_t{0});
  for (size_t i = blocks; i > 1; i--) std::swap(order[i - 1], order[random_bits() % i]);
  block.shared = allocate(launch.shared);
  for (const size_t b : order) {
    block.index = dim3(static_cast<unsigned>(b % launch.grid.x), static_cast<unsigned>(b / launch.grid.x % launch.grid.y),
                       static_cast<unsigned>(b / (size_t{launch.grid.x} * launch.grid.y)));
    std::memset(block.shared, 0xFF, launch.shared);
    run_block(stacks);
  }
  release(block.shared);
  running = nullptr;
  block.launch = nullptr;
}

void set_seed(uint64_t seed) { state = seed * 0x9E3779B97F4A7C15u + 1; }

uint32_t random_bits() {  // xorshift64*
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return static_cast<uint32_t>(state * 0x2545F4914F6CDD1Du >> 32);
}

void fail(const char* format, ...) {
  std::fprintf(stderr, "simt: ");
  if (block.launch) {
    std::fprintf(stderr, "%s, block (%u, %u, %u)", block.launch->kernel, block.index.x, block.index.y, block.index.z);
    if (running) std::fprintf(stderr, ", thread (%u, %u, %u)", running->index.x, running->index.y, running->index.z);
    std::fprintf(stderr, ": ");
  }
  va_list arguments;
  va_start(arguments, format);
  std::vfprintf(stderr, format, arguments);
  va_end(arguments);
  std::fputc('\n', stderr);
  std::fflush(stderr);
  _exit(134);
}

Counters& counters() {
  static Counters counters;
  return counters;
}

}  // namespace simt
