#include "io/available_memory.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>

#include "io/cgroup.h"

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

// How a version of Linux's control groups names its figures.
struct Names {
  const char *most, *used, *cached;
};
constexpr Names V1 = {"/memory.limit_in_bytes", "/memory.usage_in_bytes", "total_cache"};
constexpr Names V2 = {"/memory.max", "/memory.current", "file"};

size_t left_in(const std::string& folder, const Names& names) {
  const size_t most = number_in(folder + names.most, SIZE_MAX);
  if (most >= NO_LIMIT) return SIZE_MAX;
  const size_t all = number_in(folder + names.used, 0), used = all - std::min(all, cached_in(folder, names.cached));
  return most - std::min(most, used);
}

size_t of_group() {
  const Cgroups found = cgroups_with("memory");
  size_t least = SIZE_MAX;
  for (const std::string& folder : found.v1) least = std::min(least, left_in(folder, V1));
  for (const std::string& folder : found.v2) least = std::min(least, left_in(folder, V2));
  return least;
}

}  // namespace

size_t available_memory() { return std::min(of_system(), of_group()); }

}  // namespace wisecrack
