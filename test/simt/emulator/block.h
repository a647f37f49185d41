#pragma once
// A launch: the blocks run one after another in a shuffled order, the threads of a block are fibers that change over at barriers and
// warp collectives, also in a shuffled order. A seed gives one order; a race shows as a result that depends on it.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <source_location>
#include <vector>

#include "emulator/vectors.h"

namespace simt {

constexpr int WARP = 32;
/// A warpgroup's product: rows of b, and values of d that a lane holds.
constexpr int PRODUCT_ROWS = 128, PRODUCT_VALUES = PRODUCT_ROWS / 2;

/// What a lane waits in, and what it brings and gets.
struct Collective {
  enum Kind { Sync, Exchange, Ballot, Mma, LoadMatrix, StartProduct, WaitProducts } kind = Sync;  // from Mma on: of the whole warp
  uint32_t mask = 0;
  uint64_t in = 0, out = 0;   // Exchange, Ballot; StartProduct: whether to add
  int source = 0;             // Exchange: the lane whose `in` is wanted
  float* d = nullptr;         // Mma, StartProduct
  const uint32_t* a = nullptr;
  const uint32_t* b = nullptr;
  const void* row = nullptr;  // LoadMatrix: the address of this lane's row; StartProduct: of the first
  uint32_t* r = nullptr;
  size_t pending = 0;         // WaitProducts: groups that may go on
};

/// A copy to shared memory that was asked for and has not arrived.
struct AsyncCopy {
  void* to;
  const void* from;
  size_t bytes;
  bool zero;
};

/// A product of a warpgroup that was asked for and has not been waited for: this lane's part.
struct AsyncProduct {
  const uint32_t* a;  // still the kernel's, so that a change is seen
  uint32_t held[4];
  const char* b;
  std::vector<char> seen;  // what b was, in lane 0
  bool add;
};

/// Accumulators that products are on their way to.
struct Accumulators {
  float* d = nullptr;
  std::vector<float> values;  // as far as groups were waited for; d itself holds NaN
  std::vector<std::vector<AsyncProduct>> groups;  // committed, the oldest first
  std::vector<AsyncProduct> open;
};

struct Thread {
  enum State { Ready, AtBarrier, InWarp, Done } state = Ready;
  void* sp = nullptr;
  dim3 index;
  int lane = 0, warp = 0;
  std::source_location where{};  // the barrier or collective it waits at
  Collective call;
  std::vector<std::vector<AsyncCopy>> groups;  // committed copies, the oldest first
  std::vector<AsyncCopy> open;                 // not committed yet
  bool unshown = false;                        // copies have arrived that the tensor cores of a warpgroup may not see
  Accumulators products;
};

/// The running thread; null outside of kernels.
Thread* current();
dim3 block_index();
dim3 block_size();
dim3 grid_size();

/// Dynamic shared memory of the running block; aborts when the launch gave less than `bytes`.
void* shared_memory(size_t bytes);

/// Whether a thread came to the last barrier with copies that it had not shown.
bool hides_copies();
void barrier(std::source_location where);
/// Hands the running thread's `call` in and waits until its warp has done it.
void collective(std::source_location where);

struct Launch {
  const char* kernel;
  dim3 grid, block;
  size_t shared;
};
void run(const Launch& launch, const std::function<void()>& body);

/// The order of threads and blocks from here on, in what this thread of the host starts.
void set_seed(uint64_t seed);
/// A random number from the same source.
uint32_t random_bits();

/// Says what went wrong where (kernel, block, thread) and ends the process with code 134.
[[noreturn]] void fail(const char* format, ...) __attribute__((format(printf, 1, 2)));

/// What kernels asked of memory, for tests that compare it with the least that is possible.
struct Counters {
  uint64_t streamed = 0;  ///< bytes of load_stream()
  uint64_t launches = 0;
  uint64_t copied_in = 0;  ///< bytes from the host
  uint64_t replays = 0;   ///< of graphs
};
Counters& counters();

}  // namespace simt
