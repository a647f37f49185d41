// Speed of the matrix kernels beside the machine's limits: `native_bench [threads] [kernel set]`.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <vector>

#include "device/bf16.h"
#include "device/buffer.h"
#include "device/cpu/features.h"
#include "device/cpu/limits.h"
#include "kernel_sets.h"

using namespace wisecrack;

namespace {

// As many bytes of weights as no cache holds; each call takes the next matrix of them.
const std::vector<bf16>& weights() {
  static const std::vector<bf16> all(size_t{1} << 29, to_bf16(0.01f));
  return all;
}

// Seconds per call, the median of several runs.
double typical(const std::function<void()>& work) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> runs;
  for (int run = 0; run < 5; run++) {
    int calls = 0;
    const auto start = Clock::now();
    double spent = 0;
    do {
      work();
      calls++;
      spent = std::chrono::duration<double>(Clock::now() - start).count();
    } while (spent < 0.1);
    runs.push_back(spent / calls);
  }
  std::sort(runs.begin(), runs.end());
  return runs[2];
}

void matmul(CpuDevice& device, DType dtype, size_t rows, size_t in, size_t out) {
  const size_t size = in * out * size_of(dtype), matrices = weights().size() * sizeof(bf16) / size;
  const std::vector<bf16> scales(out * 8, to_bf16(0.01f));
  Buffer x(rows * in, 0.5f), y(rows * out);
  size_t next = 0;
  const MachineLimits limits = measure_limits(device.threads());
  const double s = typical([&] {
    const char* data = reinterpret_cast<const char*>(weights().data()) + next++ % matrices * size;
    const Matmul job{x.data(), rows, {data, dtype, out, in, false, scales.data(), 8, true}, y.data()};
    device.matmul({&job, 1});
  });
  const double flops = 2.0 * static_cast<double>(rows * in * out), bytes = static_cast<double>(size);
  const double limit = std::max(flops / limits.fma_rate, bytes / limits.read_bandwidth);
  std::printf("  %s %3zu x [%5zu, %5zu]: %8.1f us, %6.1f GFLOP/s, %5.1f GB/s of weights, %3.0f %% of the limit\n",
              dtype == DType::I8 ? "int8" : "bf16", rows, out, in, s * 1e6, flops / s / 1e9, bytes / s / 1e9, 100 * limit / s);
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = thread_count(argc > 1 ? std::atoi(argv[1]) : 0);
  const MachineLimits limits = measure_limits(threads);
  std::printf("%d threads; limits: %.1f GB/s, %.1f GFLOP/s\n", threads, limits.read_bandwidth / 1e9, limits.fma_rate / 1e9);
  for (const Kernels* k : kernel_sets()) {
    if (argc > 2 ? std::strcmp(argv[2], k->name) != 0 : k == &portable_kernels()) continue;
    CpuDevice device(true, threads, *k);
    std::printf("%s\n", device.kernels());
    for (const DType dtype : {DType::BF16, DType::I8}) {
      for (const size_t rows : {1, 2, 3, 4, 6, 8, 12, 64, 128}) {
        matmul(device, dtype, rows, 1536, 8192);
        matmul(device, dtype, rows, 8192, 1536);
      }
    }
  }
}
