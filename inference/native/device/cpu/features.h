#pragma once
#include <string>
#include <vector>

namespace wisecrack {

/// The vector extensions of this processor that matter here, such as "avx2" and "fma".
std::vector<std::string> cpu_features();

/// Whether this processor has AMX's tiles of bf16; whether a process may use them the system says.
bool has_amx_bf16();

/// The smallest CPU quota, in cores, between a process' cgroup and the root; 0 when there is none. `groups`: what /proc/self/cgroup says;
/// `root`: where the controllers are mounted.
double cgroup_cores(const std::string& groups = "/proc/self/cgroup", const std::string& root = "/sys/fs/cgroup");

/// Cores this process may use: its affinity mask, cut by the cgroup's CPU quota. At least 1.
int usable_cores();

/// `wanted`, or when that is 0: all usable cores up to 2, all but one above.
int thread_count(int wanted);

}  // namespace wisecrack
