// Speed of the matrix kernels beside the machine's limits: `native_bench [threads]`.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#include "device/bf16.h"
#include "device/buffer.h"
#include "device/cpu/cpu_device.h"
#include "device/cpu/features.h"
#include "device/cpu/limits.h"

using namespace wisecrack;

namespace {

// Seconds per call, the best of several runs.
double best(const std::function<void()>& work) {
  using Clock = std::chrono::steady_clock;
  double least = 1e9;
  for (int run = 0; run < 7; run++) {
    int calls = 0;
    const auto start = Clock::now();
    double spent = 0;
    do {
      work();
      calls++;
      spent = std::chrono::duration<double>(Clock::now() - start).count();
    } while (spent < 0.05);
    least = std::min(least, spent / calls);
  }
  return least;
}

void matmul(CpuDevice& device, size_t rows, size_t in, size_t out) {
  const std::vector<bf16> w(in * out, to_bf16(0.01f));
  Buffer x(rows * in, 0.5f), y(rows * out);
  const Matmul job{x.data(), rows, {w.data(), DType::BF16, out, in}, y.data()};
  const double s = best([&] { device.matmul({&job, 1}); });
  const double flops = 2.0 * static_cast<double>(rows * in * out), bytes = 2.0 * static_cast<double>(in * out);
  std::printf("  %4zu rows x [%zu, %zu]: %8.1f us, %6.1f GFLOP/s, %5.1f GB/s of weights\n", rows, out, in, s * 1e6, flops / s / 1e9,
              bytes / s / 1e9);
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = thread_count(argc > 1 ? std::atoi(argv[1]) : 0);
  const MachineLimits limits = measure_limits(threads);
  std::printf("%d threads; limits: %.1f GB/s, %.1f GFLOP/s\n", threads, limits.read_bandwidth / 1e9, limits.fma_rate / 1e9);
  for (const Kernels* k : {&best_kernels(), &portable_kernels()}) {
    CpuDevice device(true, threads, *k);
    std::printf("%s\n", device.kernels());
    for (const size_t rows : {1, 4, 8, 32, 256}) matmul(device, rows, 200, 400);
    for (const size_t rows : {1, 2, 3, 4, 6, 8, 64}) matmul(device, rows, 1536, 8192);
    matmul(device, 1, 6144, 32768);
    matmul(device, 2, 6144, 32768);
  }
}
