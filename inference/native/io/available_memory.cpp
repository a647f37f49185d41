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

// A file with one number, or "max".
size_t number_in(const std::string& path, size_t otherwise) {
  std::ifstream file(path);
  size_t number;
  return file >> number ? number : otherwise;
}

// What the group's files take of its memory can be had back: mapped weights above all.
size_t cached_in(const std::string& folder) {
  std::ifstream stat(folder + "/memory.stat");
  std::string key;
  for (size_t bytes = 0; stat >> key >> bytes;)
    if (key == "file") return bytes;
  return 0;
}

size_t of_group() {
  size_t least = SIZE_MAX;
  std::ifstream self("/proc/self/cgroup");
  for (std::string line; std::getline(self, line);) {
    if (line.rfind("0::", 0) != 0) continue;
    for (std::string path = line.substr(3);; path.resize(path.rfind('/'))) {
      const std::string folder = "/sys/fs/cgroup" + path;
      const size_t most = number_in(folder + "/memory.max", SIZE_MAX);
      if (most != SIZE_MAX) {
        const size_t all = number_in(folder + "/memory.current", 0), used = all - std::min(all, cached_in(folder));
        least = std::min(least, most - std::min(most, used));
      }
      if (path.find('/') == std::string::npos) break;
    }
  }
  return least;
}

}  // namespace

size_t available_memory() { return std::min(of_system(), of_group()); }

}  // namespace wisecrack
