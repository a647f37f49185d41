// What two or more threads keep of their speed while another process keeps one core busy: `native_busy_bench [threads]`.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#include "device/bf16.h"
#include "device/buffer.h"
#include "device/cpu/cpu_device.h"
#include "device/cpu/features.h"

using namespace wisecrack;

namespace {

// Calls a second, over one second: what is lost to waiting counts.
double rate(const std::function<void()>& work) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  double spent = 0;
  int calls = 0;
  do {
    work();
    calls++;
    spent = std::chrono::duration<double>(Clock::now() - start).count();
  } while (spent < 1);
  return calls / spent;
}

// The same while a process of ours spins on.
double disturbed(const std::function<void()>& work) {
  const pid_t child = fork();
  if (child == 0)
    for (std::atomic<unsigned> turns{0};;) turns++;
  const double result = rate(work);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = thread_count(argc > 1 ? std::atoi(argv[1]) : 0);
  constexpr size_t EMB = 1536, FFN = 8192, MATRICES = 24;
  const std::vector<bf16> weights(EMB * FFN * MATRICES, to_bf16(0.01f));
  CpuDevice one(true, 1), all(true, threads);
  std::printf("%d threads; calls a second: one thread alone, all alone, all beside a busy process (per free core, of one thread alone)\n", threads);
  for (const size_t rows : {1, 4, 128}) {
    const Buffer x(rows * FFN, 0.5f);
    Buffer y(rows * FFN);
    const auto layers = [&](CpuDevice& device) {
      return [&, rows] {
        for (size_t m = 0; m < MATRICES; m++) {  // up and down in turn, one after the other as in a step
          const bool up = m % 2 == 0;
          const Matmul job{x.data(), rows, {weights.data() + m * EMB * FFN, DType::BF16, up ? FFN : EMB, up ? EMB : FFN}, y.data()};
          device.matmul({&job, 1});
        }
      };
    };
    const double alone = rate(layers(one)), together = rate(layers(all)), beside = disturbed(layers(all));
    std::printf("  %3zu rows: %7.2f %7.2f %7.2f (%3.0f %%)\n", rows, alone, together, beside, 100 * beside / alone / std::max(threads - 1, 1));
  }
}
