#include "device/cpu/features.h"

#include <sched.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <algorithm>
#include <cmath>
#include <fstream>
#include <thread>

#include "device/cpu/kernels.h"
#include "io/cgroup.h"

namespace wisecrack {
namespace {

// "max 100000" or "150000 100000" (cgroup v2); 0 when there is no limit.
double quota_v2(const std::string& path) {
  std::ifstream file(path);
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0) return 0;
  return std::atof(quota.c_str()) / period;
}

double quota_v1(const std::string& folder) {
  std::ifstream quota_file(folder + "/cpu.cfs_quota_us"), period_file(folder + "/cpu.cfs_period_us");
  double quota = 0, period = 0;
  if (!(quota_file >> quota) || !(period_file >> period) || quota <= 0 || period <= 0) return 0;
  return quota / period;
}

}  // namespace

double cgroup_cores(const std::string& groups, const std::string& root) {
  double limit = 0;
  const auto note = [&limit](double cores) {
    if (cores > 0) limit = limit > 0 ? std::min(limit, cores) : cores;
  };
  const Cgroups found = cgroups_with("cpu", groups, root);
  for (const std::string& folder : found.v1) note(quota_v1(folder));
  for (const std::string& folder : found.v2) note(quota_v2(folder + "/cpu.max"));
  return limit;
}

bool has_amx_bf16() {
#if defined(__x86_64__)
  constexpr unsigned AMX_BF16 = 1u << 22, AMX_TILE = 1u << 24;  // not every compiler's __builtin_cpu_supports knows them
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & AMX_BF16) && (d & AMX_TILE);
#else
  return false;
#endif
}

std::vector<std::string> cpu_features() {
  std::vector<std::string> found;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("sse4.2")) found.emplace_back("sse4.2");
  if (__builtin_cpu_supports("avx")) found.emplace_back("avx");
  if (__builtin_cpu_supports("avx2")) found.emplace_back("avx2");
  if (__builtin_cpu_supports("fma")) found.emplace_back("fma");
  if (__builtin_cpu_supports("avx512f")) found.emplace_back("avx512f");
  if (__builtin_cpu_supports("avx512bw")) found.emplace_back("avx512bw");
  if (__builtin_cpu_supports("avx512vl")) found.emplace_back("avx512vl");
  if (__builtin_cpu_supports("avx512dq")) found.emplace_back("avx512dq");
  if (__builtin_cpu_supports("avx512bf16")) found.emplace_back("avx512bf16");
  if (has_amx_bf16()) found.emplace_back("amx-bf16");
#elif defined(__aarch64__)
  found.emplace_back("neon");
#endif
  return found;
}

int usable_cores() {
  int cores = static_cast<int>(std::thread::hardware_concurrency());
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) cores = CPU_COUNT(&set);
#endif
  const double quota = cgroup_cores();
  if (quota > 0) cores = std::min(cores, static_cast<int>(std::floor(quota + 0.01)));
  return std::max(1, cores);
}

int thread_count(int wanted) {
  if (wanted > 0) return wanted;
  const int cores = usable_cores();
  return cores > 2 ? cores - 1 : cores;
}

std::vector<const Kernels*> kernel_sets() {
  std::vector<const Kernels*> sets;
  for (const Kernels* k : {amx_kernels(), avx512_bf16_kernels(), avx512_kernels(), avx2_kernels(), &portable_kernels()})
    if (k && k->runs()) sets.push_back(k);
  return sets;
}

const Kernels& best_kernels() {
  static const Kernels& best = *kernel_sets().front();
  return best;
}

}  // namespace wisecrack
