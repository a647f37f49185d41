#pragma once
#include <string>
#include <vector>

namespace wisecrack {

/// Where Linux keeps the figures of the control groups that a process is in, from its own group up to the root: a container may see its own
/// group as the root. A folder may be named twice, and need not be there.
struct Cgroups {
  std::vector<std::string> v1, v2;
};

/// Those that have a controller, such as "cpu" or "memory". `groups`: what /proc/self/cgroup says; `root`: where the controllers are mounted.
Cgroups cgroups_with(const std::string& controller, const std::string& groups = "/proc/self/cgroup",
                     const std::string& root = "/sys/fs/cgroup");

}  // namespace wisecrack
