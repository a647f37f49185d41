// The emulator itself: it runs what CUDA would run, and it catches what a card would let pass.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "../../native/check.h"
#include "device/bf16.h"
#include "device/cuda/intrinsics.cuh"
#include "device/cuda/launch.h"
#include "device/cuda/warpgroup.cuh"

using namespace wisecrack::cuda;
using wisecrack::to_bf16;

namespace {

// What a child process that runs `work` writes to stderr before it ends with the emulator's code; empty when it ends well.
std::string complaint(const std::function<void()>& work) {
  int ends[2];
  if (pipe(ends)) return "no pipe";
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 2);
    work();
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  char buffer[1024];
  for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<size_t>(n));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? "" : text;
}

template <class T>
struct Device {
  T* p;
  explicit Device(size_t n) : p(static_cast<T*>(simt::allocate(n * sizeof(T)))) {}
  ~Device() { simt::release(p); }
  Device(const Device&) = delete;
};

struct Line {
  float value[256];
};

__global__ void reverse(float* x, bool wait) {
  Line& line = shared_memory<Line>();
  line.value[threadIdx.x] = x[threadIdx.x];
  if (wait) __syncthreads();
  x[threadIdx.x] = line.value[blockDim.x - 1 - threadIdx.x];
}

std::vector<float> reversed(bool wait, uint64_t seed) {
  Device<float> x(256);
  std::iota(x.p, x.p + 256, 0.0f);
  simt::set_seed(seed);
  launch("reverse", reverse, 1, 256, sizeof(Line), nullptr, x.p, wait);
  return {x.p, x.p + 256};
}

}  // namespace

TEST(a_barrier_lets_threads_see_each_other) {
  const auto y = reversed(true, 1);
  for (int i = 0; i < 256; i++) CHECK(y[static_cast<size_t>(i)] == 255 - i);
}

TEST(a_missing_barrier_shows_as_nan_and_depends_on_the_seed) {
  const auto first = reversed(false, 1);
  bool differs = false;
  for (uint64_t seed = 1; seed <= 4; seed++) {
    const auto y = reversed(false, seed);
    CHECK(std::any_of(y.begin(), y.end(), [](float v) { return std::isnan(v); }));
    differs |= std::memcmp(first.data(), y.data(), 1024) != 0;
  }
  CHECK(differs);
}

__global__ void add_unguarded(float* sum) {
  const float seen = *sum;
  __syncwarp();
  *sum = seen + 1;
}
__global__ void last_writer(int* who) { *who = static_cast<int>(threadIdx.x); }

TEST(a_race_in_global_memory_depends_on_the_seed) {
  std::vector<int> seen;
  for (uint64_t seed = 1; seed <= 4; seed++) {
    Device<int> who(1);
    simt::set_seed(seed);
    launch("last_writer", last_writer, 1, 64, 0, nullptr, who.p);
    seen.push_back(*who.p);
  }
  CHECK(std::adjacent_find(seen.begin(), seen.end(), std::not_equal_to<>()) != seen.end());
  Device<float> sum(1);
  *sum.p = 0;
  launch("add_unguarded", add_unguarded, 1, 32, 0, nullptr, sum.p);
  CHECK(*sum.p == 1);  // an update that 31 lanes lost
}

__global__ void count(int* n) { atomicAdd(n, 1); }

TEST(blocks_and_threads_all_run) {
  Device<int> n(1);
  *n.p = 0;
  launch("count", count, dim3(3, 5, 2), dim3(33, 2), 0, nullptr, n.p);
  CHECK(*n.p == 3 * 5 * 2 * 66);
}

__global__ void half_wait() {
  if (threadIdx.x < 32) __syncthreads();
}
__global__ void two_barriers() {
  if (threadIdx.x < 32) __syncthreads();
  else
    __syncthreads();
}
__global__ void half_shuffle(float* out) {
  if (threadIdx.x < 16) out[threadIdx.x] = __shfl_xor_sync(ALL_LANES, 1.0f, 1);
}
__global__ void stranger() {
  if (threadIdx.x < 16) __shfl_sync(0xFFFF, 1, 20);
}

TEST(barriers_that_not_all_reach_are_reported) {
  CHECK_CONTAINS(complaint([] { launch("half_wait", half_wait, 1, 64, 0, nullptr); }), "half_wait");
  CHECK_CONTAINS(complaint([] { launch("half_wait", half_wait, 1, 64, 0, nullptr); }), "wait for each other in vain");
  CHECK_CONTAINS(complaint([] { launch("two", two_barriers, 1, 64, 0, nullptr); }), "different barriers");
  Device<float> out(32);
  CHECK_CONTAINS(complaint([&] { launch("half_shuffle", half_shuffle, 1, 32, 0, nullptr, out.p); }), "which has ended");
  CHECK_CONTAINS(complaint([] { launch("stranger", stranger, 1, 32, 0, nullptr); }), "not in the mask");
}

__global__ void write_at(char* memory, int at) { memory[at] = 1; }
__global__ void read_at(const char* memory, int at, char* to) { *to = memory[at]; }
__global__ void load_odd(const char* memory) { load16(memory + 4); }
__global__ void shared_at(int at) { shared_memory<Line>().value[at] = 1; }

TEST(what_lies_beside_a_buffer_is_guarded) {
  Device<char> memory(4096 + 20), one(1);
  CHECK_CONTAINS(complaint([&] { launch("write_at", write_at, 1, 1, 0, nullptr, memory.p, 4096 + 32); }), "touched byte 4128");
  CHECK_CONTAINS(complaint([&] { launch("read_at", read_at, 1, 1, 0, nullptr, memory.p, 4096 + 32, one.p); }), "touched byte 4128");
  CHECK_CONTAINS(complaint([&] { launch("write_at", write_at, 1, 1, 0, nullptr, memory.p, -4065); }), "touched byte -4065");
  CHECK_CONTAINS(complaint([&] {
                   Device<char> m(20);
                   launch("write_at", write_at, 1, 1, 0, nullptr, m.p, 20);
                 }),
                 "byte 20 of an allocation of 20 bytes was written to");
  CHECK_CONTAINS(complaint([&] {
                   Device<char> m(20);
                   launch("write_at", write_at, 1, 1, 0, nullptr, m.p, -1);
                 }),
                 "1 bytes before");
  CHECK_CONTAINS(complaint([&] { launch("load_odd", load_odd, 1, 1, 0, nullptr, memory.p); }), "no multiple of 16");
  CHECK_CONTAINS(complaint([] { launch("shared_at", shared_at, 1, 1, sizeof(Line), nullptr, 256); }), "touched byte 1024");
  CHECK_CONTAINS(complaint([] { launch("shared_at", shared_at, 1, 1, sizeof(Line) - 4, nullptr, 0); }), "bytes of shared memory");
  CHECK(complaint([&] { launch("write_at", write_at, 1, 1, 0, nullptr, memory.p, 0); }).empty());
}

struct Piece {
  float value[4 * 32];
};

__global__ void through_shared(const float* from, float* to, int how) {
  Piece& piece = shared_memory<Piece>();
  copy_async(&piece.value[threadIdx.x * 4], from + threadIdx.x * 4, threadIdx.x < 30);
  commit_copies();
  if (how > 0) wait_copies<0>();
  if (how > 1) __syncthreads();
  to[threadIdx.x] = piece.value[127 - threadIdx.x];
  wait_copies<0>();
}

TEST(asynchronous_copies_arrive_after_wait_and_barrier) {
  Device<float> from(120), to(32);
  std::iota(from.p, from.p + 120, 0.0f);
  for (int how = 0; how < 3; how++) {
    launch("through_shared", through_shared, 1, 32, sizeof(Piece), nullptr, from.p, to.p, how);
    const bool good = std::none_of(to.p, to.p + 32, [](float v) { return std::isnan(v); });
    CHECK(good == (how == 2));
  }
  for (int i = 0; i < 32; i++) CHECK(to.p[i] == (i < 8 ? 0 : 127 - i));
}

__global__ void one_tile(const bf16* a, const bf16* b, float* d) {  // a [16, 16], b [8 columns, 16], d [16, 8]
  const int lane = threadIdx.x, g = lane / 4, t = lane % 4;
  const auto pair = [](const bf16* p) { return p[0] | static_cast<uint32_t>(p[1]) << 16; };
  const uint32_t fa[4] = {pair(a + g * 16 + 2 * t), pair(a + (g + 8) * 16 + 2 * t), pair(a + g * 16 + 2 * t + 8),
                          pair(a + (g + 8) * 16 + 2 * t + 8)};
  const uint32_t fb[2] = {pair(b + g * 16 + 2 * t), pair(b + g * 16 + 2 * t + 8)};
  float fd[4] = {1, 1, 1, 1};
  mma(fd, fa, fb);
  for (int r = 0; r < 4; r++) d[(g + r / 2 * 8) * 8 + 2 * t + r % 2] = fd[r];
}

TEST(mma_multiplies_a_tile) {
  Device<bf16> a(256), b(128);
  Device<float> d(128);
  for (int i = 0; i < 256; i++) a.p[i] = to_bf16(static_cast<float>(i * 7 % 11 - 5));
  for (int i = 0; i < 128; i++) b.p[i] = to_bf16(static_cast<float>(i * 5 % 13 - 6));
  launch("one_tile", one_tile, 1, 32, 0, nullptr, a.p, b.p, d.p);
  for (int m = 0; m < 16; m++) {
    for (int n = 0; n < 8; n++) {
      float sum = 1;
      for (int k = 0; k < 16; k++) sum += widen(a.p[m * 16 + k]) * widen(b.p[n * 16 + k]);
      CHECK(d.p[m * 8 + n] == sum);
    }
  }
}

struct alignas(1024) Turned {
  bf16 row[WIDE_N][64];
};

enum class Slip { None, Hidden, TooEarly, Row, Register };

__global__ void one_wide_tile(const bf16* a, const bf16* b, float* d, Slip slip) {  // a [16, 16], b [128, 16], d [16, 128]
  Turned& shared = shared_memory<Turned>();
  const int lane = threadIdx.x, g = lane / 4, t = lane % 4;
  for (int i = lane; i < WIDE_N * 2; i += 32) {  // the second 16 of 64 inputs, which are pieces 2 and 3
    const int row = i / 2, piece = 2 + i % 2;
    copy_async(&shared.row[row][(piece ^ (row & 7)) * 8], b + i * 8);
  }
  commit_copies();
  wait_copies<0>();
  if (slip != Slip::Hidden) show_copies();
  __syncthreads();
  uint32_t fa[4];
  for (int r = 0; r < 4; r++) fa[r] = *reinterpret_cast<const uint32_t*>(a + (g + r % 2 * 8) * 16 + 2 * t + r / 2 * 8);
  float fd[WIDE_N / 8][4];
  for (auto& column : fd)
    for (float& value : column) value = 1;
  begin_products();
  multiply_async(fd, fa, &shared.row[0][16], false);
  multiply_async(fd, fa, &shared.row[0][16], true);
  commit_products();
  if (slip == Slip::TooEarly) d[lane] = fd[0][0];
  if (slip == Slip::Row) shared.row[5][0] = 1;
  if (slip == Slip::Register) fa[0]++;
  wait_products<0>();
  take(fd);
  if (slip == Slip::TooEarly) return;
  for (int n = 0; n < WIDE_N / 8; n++)
    for (int r = 0; r < 4; r++) d[(g + r / 2 * 8) * WIDE_N + n * 8 + 2 * t + r % 2] = fd[n][r];
}

TEST(a_product_of_a_warpgroup_arrives_when_it_is_waited_for) {
  Device<bf16> a(256), b(WIDE_N * 16);
  Device<float> d(16 * WIDE_N);
  for (int i = 0; i < 256; i++) a.p[i] = to_bf16(static_cast<float>(i * 7 % 11 - 5));
  for (int i = 0; i < WIDE_N * 16; i++) b.p[i] = to_bf16(static_cast<float>(i * 5 % 13 - 6));
  const auto run = [&](Slip slip) { launch("one_wide_tile", one_wide_tile, 1, 32, sizeof(Turned), nullptr, a.p, b.p, d.p, slip); };
  run(Slip::None);
  for (int m = 0; m < 16; m++) {
    for (int n = 0; n < WIDE_N; n++) {
      float sum = 0;
      for (int k = 0; k < 16; k++) sum += widen(a.p[m * 16 + k]) * widen(b.p[n * 16 + k]);
      CHECK(d.p[m * WIDE_N + n] == 2 * sum);
    }
  }
  run(Slip::TooEarly);
  CHECK(std::all_of(d.p, d.p + 32, [](float v) { return std::isnan(v); }));
  CHECK_CONTAINS(complaint([&] { run(Slip::Hidden); }), "without showing its copies");
  CHECK_CONTAINS(complaint([&] { run(Slip::Row); }), "the rows in shared memory were changed too early");
  CHECK_CONTAINS(complaint([&] { run(Slip::Register); }), "the rows in registers of lane 0 were changed too early");
}

struct Matrices {
  bf16 value[32][8];
};

__global__ void transposed(uint32_t* out) {
  Matrices& m = shared_memory<Matrices>();
  for (int c = 0; c < 8; c++) m.value[threadIdx.x][c] = static_cast<bf16>(threadIdx.x * 8 + c);
  __syncwarp();
  uint32_t r[4];
  load_transposed(r, m.value[threadIdx.x]);
  for (int i = 0; i < 4; i++) out[threadIdx.x * 4 + i] = r[i];
}

TEST(ldmatrix_transposes) {
  Device<uint32_t> out(128);
  launch("transposed", transposed, 1, 32, sizeof(Matrices), nullptr, out.p);
  for (uint32_t lane = 0; lane < 32; lane++)
    for (uint32_t m = 0; m < 4; m++) {
      const uint32_t g = lane / 4, row = 8 * m + 2 * (lane % 4);
      CHECK(out.p[lane * 4 + m] == ((row * 8 + g) | ((row + 1) * 8 + g) << 16));
    }
}

__global__ void votes(uint32_t* out) {
  const int lane = threadIdx.x;
  out[lane] = __ballot_sync(ALL_LANES, lane % 3 == 0);
  if (lane < 8) out[lane] += __any_sync(0xFF, lane == 9) + 2 * __all_sync(0xFF, lane < 8);
}

namespace {

__global__ void double_all(float* x) { x[threadIdx.x] *= 2; }

// A kernel on one stream, a copy over what it reads on another: what the kernel leaves.
float after_copy(bool wait, bool late) {
  float *x, *kept;
  const float one = 1, seven = 7;
  float result = 0;
  cudaStream_t kernels, copies;
  cudaEvent_t read;
  cudaStreamCreate(&kernels), cudaStreamCreate(&copies), cudaEventCreate(&read);
  cudaMalloc(reinterpret_cast<void**>(&x), sizeof(float)), cudaMalloc(reinterpret_cast<void**>(&kept), sizeof(float));
  cudaMemcpyAsync(x, &one, sizeof one, cudaMemcpyHostToDevice, kernels);
  cudaStreamSynchronize(kernels);
  simt::everything_late() = late;
  launch("double_all", double_all, 1, 1, 0, kernels, x);
  cudaMemcpyAsync(kept, x, sizeof one, cudaMemcpyDeviceToDevice, kernels);
  cudaEventRecord(read, kernels);
  launch("double_all", double_all, 1, 1, 0, kernels, kept);
  if (wait) cudaStreamWaitEvent(copies, read, 0);
  cudaMemcpyAsync(x, &seven, sizeof seven, cudaMemcpyHostToDevice, copies);
  cudaStreamSynchronize(copies);
  cudaMemcpyAsync(&result, kept, sizeof result, cudaMemcpyDeviceToHost, kernels);
  cudaStreamSynchronize(kernels);
  simt::everything_late() = false;
  cudaFree(x), cudaFree(kept);
  cudaEventDestroy(read), cudaStreamDestroy(kernels), cudaStreamDestroy(copies);
  return result;
}

}  // namespace

TEST(a_copy_that_does_not_wait_for_a_kernel_on_another_stream_comes_before_it) {
  CHECK(after_copy(true, false) == 4 && after_copy(true, true) == 4);
  CHECK(after_copy(false, true) == 28);
}

TEST(votes_and_sums) {
  Device<uint32_t> out(32);
  launch("votes", votes, 1, 32, 0, nullptr, out.p);
  uint32_t wanted = 0;
  for (int i = 0; i < 32; i += 3) wanted |= 1u << i;
  for (uint32_t i = 0; i < 32; i++) CHECK(out.p[i] == wanted + (i < 8 ? 2 : 0));
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
