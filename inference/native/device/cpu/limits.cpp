#include "device/cpu/limits.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "device/cpu/avx512.h"
#include "device/cpu/features.h"
#include "device/cpu/kernels.h"
#include "device/memory.h"
#include "device/thread_pool.h"

namespace wisecrack {
namespace {

using Clock = std::chrono::steady_clock;
constexpr size_t MiB = 1 << 20;
constexpr size_t FMA_ROUNDS = 1 << 16, FMA_CHAINS = 12;
constexpr size_t AHEAD_BYTES = 2048;  // of the reads: without, one core gets a fifth less

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

float read_portable(const float* data, size_t n) {
  float lanes[16] = {};
  for (size_t i = 0; i + 16 <= n; i += 16)
    for (size_t l = 0; l < 16; l++) lanes[l] += data[i + l];
  return lanes[0] + lanes[7];
}

float fma_portable() {
  float lanes[FMA_CHAINS * 8] = {};
  const float a = 0.999f, b = 0.001f;
  for (size_t i = 0; i < FMA_ROUNDS; i++)
    for (float& l : lanes) l = l * a + b;
  return lanes[0] + lanes[FMA_CHAINS * 8 - 1];
}

#if defined(__x86_64__)
WC_AVX2 float read_avx2(const float* data, size_t n) {
  __m256 s[4] = {_mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps()};
  for (size_t i = 0; i + 32 <= n; i += 32) {
    for (size_t j = 0; j < 32; j += 16) _mm_prefetch(reinterpret_cast<const char*>(data + i + j) + AHEAD_BYTES, _MM_HINT_T0);
    for (size_t j = 0; j < 4; j++) s[j] = _mm256_add_ps(s[j], _mm256_loadu_ps(data + i + j * 8));
  }
  return avx2::sum(_mm256_add_ps(_mm256_add_ps(s[0], s[1]), _mm256_add_ps(s[2], s[3])));
}

WC_AVX2 float fma_avx2() {
  __m256 s[FMA_CHAINS];
  for (__m256& v : s) v = _mm256_setzero_ps();
  const __m256 a = _mm256_set1_ps(0.999f), b = _mm256_set1_ps(0.001f);
  for (size_t i = 0; i < FMA_ROUNDS; i++) {
#pragma GCC unroll 12
    for (size_t j = 0; j < FMA_CHAINS; j++) s[j] = _mm256_fmadd_ps(s[j], a, b);
  }
  __m256 total = s[0];
  for (size_t j = 1; j < FMA_CHAINS; j++) total = _mm256_add_ps(total, s[j]);
  return avx2::sum(total);
}

WC_AVX512 float fma_avx512() {
  __m512 s[FMA_CHAINS];
  for (__m512& v : s) v = _mm512_setzero_ps();
  const __m512 a = _mm512_set1_ps(0.999f), b = _mm512_set1_ps(0.001f);
  for (size_t i = 0; i < FMA_ROUNDS; i++) {
#pragma GCC unroll 12
    for (size_t j = 0; j < FMA_CHAINS; j++) s[j] = _mm512_fmadd_ps(s[j], a, b);
  }
  __m512 total = s[0];
  for (size_t j = 1; j < FMA_CHAINS; j++) total = _mm512_add_ps(total, s[j]);
  alignas(64) float lanes[16];
  _mm512_store_ps(lanes, total);
  return lanes[0] + lanes[15];
}
#endif

struct Loops {
  float (*read)(const float* data, size_t n);
  float (*fma)();
  size_t lanes;  // of fma
};

Loops loops() {
#if defined(__x86_64__)
  if (avx512_kernels() && avx512_kernels()->runs()) return {read_avx2, fma_avx512, 16};
  if (avx2_kernels() && avx2_kernels()->runs()) return {read_avx2, fma_avx2, 8};
#endif
  return {read_portable, fma_portable, 8};
}

// Four times the last-level cache, so that reads come from memory.
size_t buffer_bytes() {
  long cache = 0;
#if defined(_SC_LEVEL3_CACHE_SIZE)
  cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
#endif
  return std::clamp(static_cast<size_t>(std::max(0L, cache)) * 4, 256 * MiB, 1024 * MiB);
}

// The best of several runs of `work` within `budget` seconds: what the machine can do, not what its neighbours leave.
template <class Work>
double best_rate(double amount, double budget, const Work& work) {
  double best = 0;
  const auto start = Clock::now();
  do {
    const auto run = Clock::now();
    work();
    best = std::max(best, amount / seconds_since(run));
  } while (seconds_since(start) < budget);
  return best;
}

// Where results go, so that no loop is optimised away; each thread's own.
thread_local volatile float sink;

constexpr size_t SLICE = MiB;  // that a thread reads at once

}  // namespace

double seconds_to_read(ThreadPool& pool, const char* data, size_t bytes) {
  const Loops loop = loops();
  const auto start = Clock::now();
  pool.run((bytes + SLICE - 1) / SLICE, [&](size_t i, int) {
    sink = loop.read(reinterpret_cast<const float*>(data + i * SLICE), std::min(SLICE, bytes - i * SLICE) / sizeof(float));
  });
  return seconds_since(start);
}

double read_rate(std::span<const std::span<const std::byte>> stretches, int threads) {
  constexpr double FASTER = 1.03, LONG_ENOUGH = 0.5;
  constexpr int PASSES = 5;
  ThreadPool pool(thread_count(threads));
  double best = 0, bytes = 0, seconds = 0;
  for (int passes = 0; passes < PASSES && seconds < LONG_ENOUGH; passes++) {
    double now_bytes = 0, now_seconds = 0;
    for (const auto& stretch : stretches) {
      now_seconds += seconds_to_read(pool, reinterpret_cast<const char*>(stretch.data()), stretch.size());
      now_bytes += static_cast<double>(stretch.size());
    }
    if (const double rate = now_bytes / now_seconds; rate > best * FASTER) {  // so what came before was slow, or this is the first
      best = rate;
      bytes = seconds = passes = 0;
    }
    bytes += now_bytes;
    seconds += now_seconds;
  }
  return bytes / seconds;
}

MachineLimits measure_limits(int threads) {
  ThreadPool pool(thread_count(threads));
  const Loops loop = loops();
  const size_t bytes = buffer_bytes();
  // Kept: where a hypervisor gives memory by the page, a buffer that is made anew takes seconds, and slows down what is measured next.
  // Never given back: a process may exit while a thread of it still measures.
  static char* const data = static_cast<char*>(host_memory().allocate(bytes));
  pool.run(bytes / SLICE, [&](size_t i, int) { std::memset(data + i * SLICE, 0, SLICE); });
  MachineLimits limits{};
  limits.read_bandwidth = best_rate(static_cast<double>(bytes), 0.12, [&] {
    seconds_to_read(pool, data, bytes);
  });
  const size_t tasks = static_cast<size_t>(pool.size()) * 8;
  limits.fma_rate = best_rate(static_cast<double>(tasks * FMA_ROUNDS * FMA_CHAINS * loop.lanes * 2), 0.06, [&] {
    pool.run(tasks, [&](size_t, int) { sink = loop.fma(); });
  });
  return limits;
}

}  // namespace wisecrack
