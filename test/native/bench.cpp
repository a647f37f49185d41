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
#include "device/memory.h"
#include "device/thread_pool.h"
#include "kernel_sets.h"

using namespace wisecrack;

namespace {

// As many bytes of weights as no cache holds, in large pages where the system has them.
constexpr size_t WEIGHT_BYTES = size_t{1} << 30;

const char* weights() {
  static const char* const all = [] {
    auto* data = static_cast<bf16*>(host_memory().allocate(WEIGHT_BYTES));
    std::fill_n(data, WEIGHT_BYTES / sizeof(bf16), to_bf16(0.01f));
    return reinterpret_cast<const char*>(data);
  }();
  return all;
}

double seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

// Products with all weights, matrix by matrix; between the passes the same memory is only read: what the machine gives drifts.
void matmul(CpuDevice& device, ThreadPool& pool, double fma_rate, DType dtype, size_t rows, size_t in, size_t out) {
  const size_t size = in * out * size_of(dtype), matrices = WEIGHT_BYTES / size / (rows < 32 ? 1 : rows / 8);
  const std::vector<bf16> scales(out * 8, to_bf16(0.01f));
  Buffer x(rows * in, 0.5f), y(rows * out);
  const double flops = 2.0 * static_cast<double>(rows * in * out * matrices);
  std::vector<double> ratios, times;
  for (int pass = 0; pass < 9; pass++) {
    const double read = seconds_to_read(pool, weights(), matrices * size);
    const double spent = seconds([&] {
      for (size_t m = 0; m < matrices; m++) {
        const Matmul job{x.data(), rows, {weights() + m * size, dtype, out, in, false, scales.data(), 8, true}, y.data()};
        device.matmul({&job, 1});
      }
    });
    ratios.push_back(std::max(flops / fma_rate, read) / spent);
    times.push_back(spent);
  }
  const double s = median(times);
  std::printf("  %s %3zu x [%5zu, %5zu]: %8.1f us, %6.1f GFLOP/s, %5.1f GB/s of weights, %3.0f %% of the limit\n",
              dtype == DType::I8 ? "int8" : "bf16", rows, out, in, s / static_cast<double>(matrices) * 1e6, flops / s / 1e9,
              static_cast<double>(size * matrices) / s / 1e9, 100 * median(ratios));
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = thread_count(argc > 1 ? std::atoi(argv[1]) : 0);
  const MachineLimits limits = measure_limits(threads);
  std::printf("%d threads; limits: %.1f GB/s, %.1f GFLOP/s\n", threads, limits.read_bandwidth / 1e9, limits.fma_rate / 1e9);
  for (const Kernels* k : kernel_sets()) {
    if (argc > 2 ? std::strcmp(argv[2], k->name) != 0 : k == &portable_kernels()) continue;
    CpuDevice device(true, threads, *k);
    ThreadPool pool(threads);
    std::printf("%s\n", device.kernels());
    for (const DType dtype : {DType::BF16, DType::I8}) {
      for (const size_t rows : {1, 2, 3, 4, 6, 8, 12, 64, 128}) {
        matmul(device, pool, limits.fma_rate, dtype, rows, 1536, 8192);
        matmul(device, pool, limits.fma_rate, dtype, rows, 8192, 1536);
      }
    }
  }
}
