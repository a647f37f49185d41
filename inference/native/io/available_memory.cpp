#include "io/available_memory.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>

namespace wisecrack {
namespace {

size_t of_system() {
  std::ifstream info("/proc/meminfo");
  std::string key, unit;
  for (size_t kib = 0; info >> key >> kib; std::getline(info, unit))
    if (key == "MemAvailable:") return kib * 1024;
  return SIZE_MAX;
}

// The first version writes a number near 2^63 where there is no limit.
constexpr size_t NO_LIMIT = size_t{1} << 60;

// A file with one number, or "max".
size_t number_in(const std::string& path, size_t otherwise) {
  std::ifstream file(path);
  size_t number;
  return file >> number ? number : otherwise;
}

// What the group's files take of its memory can be had back: mapped weights above all.
size_t cached_in(const std::string& folder, const std::string& name) {
  std::ifstream stat(folder + "/memory.stat");
  std::string key;
  for (size_t bytes = 0; stat >> key >> bytes;)
    if (key == name) return bytes;
  return 0;
}

// Where a version of Linux's control groups keeps its figures.
struct Version {
  const char *root, *most, *used, *cached;
};
constexpr Version V1 = {"/sys/fs/cgroup/memory", "/memory.limit_in_bytes", "/memory.usage_in_bytes", "total_cache"};
constexpr Version V2 = {"/sys/fs/cgroup", "/memory.max", "/memory.current", "file"};

// What is left in the group of that path and in those above it.
size_t left_in(const Version& v, std::string path) {
  size_t least = SIZE_MAX;
  for (;; path.resize(path.rfind('/'))) {
    const std::string folder = v.root + path;
    const size_t most = number_in(folder + v.most, SIZE_MAX);
    if (most < NO_LIMIT) {
      const size_t all = number_in(folder + v.used, 0), used = all - std::min(all, cached_in(folder, v.cached));
      least = std::min(least, most - std::min(most, used));
    }
    if (path.find('/') == std::string::npos) return least;
  }
}

size_t of_group() {
  size_t least = SIZE_MAX;
  std::ifstream self("/proc/self/cgroup");
  for (std::string line; std::getline(self, line);) {  // number:controllers:path
    const size_t controllers = line.find(':') + 1, path = line.find(':', controllers) + 1;
    if (controllers == 0 || path == 0) continue;
    const std::string names = "," + line.substr(controllers, path - 1 - controllers) + ",";
    if (names == ",,") least = std::min(least, left_in(V2, line.substr(path)));
    if (names.find(",memory,") != std::string::npos) least = std::min(least, left_in(V1, line.substr(path)));
  }
  return least;
}

}  // namespace

size_t available_memory() { return std::min(of_system(), of_group()); }

}  // namespace wisecrack
