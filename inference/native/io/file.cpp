#include "io/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <new>
#include <sstream>

#include "io/error.h"

namespace wisecrack {
namespace {

// Closes a descriptor at the end of a scope.
struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) close(fd);
  }
};

std::string reason(int error) { return std::string(": ") + std::strerror(error); }

#ifndef MADV_POPULATE_READ
constexpr int MADV_POPULATE_READ = 22;  // Linux 5.14; older systems know nothing of it, and then nothing is looked after
#endif

// madvise() for the pages that hold these bytes.
int advise(const std::byte* data, size_t bytes, int advice) {
  static const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t begin = reinterpret_cast<uintptr_t>(data) / page * page;
  return madvise(reinterpret_cast<void*>(begin), reinterpret_cast<uintptr_t>(data) + bytes - begin, advice);
}

// The file that is mapped at an address (proc(5): /proc/PID/maps).
std::string file_at(const std::byte* data) {
  const auto at = reinterpret_cast<uintptr_t>(data);
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    uintptr_t first = 0, last = 0;
    char dash = 0;
    std::string rights, offset, device, node, path;
    words >> std::hex >> first >> dash >> last >> rights >> offset >> device >> node;
    std::getline(words >> std::ws, path);
    if (at >= first && at < last) return path;
  }
  return "a mapped file";
}

}  // namespace

MappedFile::MappedFile(const std::string& path) : path_(path) {
  Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) throw not_found(path + reason(errno));
  struct stat info {};
  if (fstat(file.fd, &info) != 0) throw invalid(path + reason(errno));
  if (!S_ISREG(info.st_mode)) throw invalid(path + ": not a regular file");
  if (info.st_size == 0) throw invalid(path + ": the file is empty");
  size_ = static_cast<size_t>(info.st_size);
  void* mapping = mmap(nullptr, size_, PROT_READ, MAP_SHARED, file.fd, 0);
  if (mapping == MAP_FAILED) {
    if (errno == ENOMEM) throw std::bad_alloc();
    throw invalid(path + reason(errno));
  }
  data_ = static_cast<const std::byte*>(mapping);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)), data_(other.data_), size_(other.size_) {
  other.data_ = nullptr;
}

MappedFile::~MappedFile() {
  if (data_) munmap(const_cast<std::byte*>(data_), size_);
}

void in_large_pages([[maybe_unused]] const std::byte* data, [[maybe_unused]] size_t bytes) {
#if defined(MADV_HUGEPAGE)
  advise(data, bytes, MADV_HUGEPAGE);
#endif
}

void will_need(const std::byte* data, size_t bytes) { advise(data, bytes, MADV_WILLNEED); }

void bring_in(const std::byte* data, size_t bytes) {
  if (bytes == 0 || advise(data, bytes, MADV_POPULATE_READ) == 0) return;
  const int error = errno;
  if (error == EFAULT || error == EIO || error == EHWPOISON)
    throw invalid(file_at(data) + ": weights that were there when it was opened cannot be read" + reason(error));
}

void let_go(const std::byte* data, size_t bytes) {
  static const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t begin = (reinterpret_cast<uintptr_t>(data) + page - 1) / page * page;
  const uintptr_t end = (reinterpret_cast<uintptr_t>(data) + bytes) / page * page;
  if (end > begin) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

bool exists(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0;
}

std::string read_text(const std::string& path, size_t limit) {
  const MappedFile file(path);
  if (file.size() > limit) throw invalid(path + ": larger than " + std::to_string(limit) + " bytes");
  return {reinterpret_cast<const char*>(file.data()), file.size()};
}

}  // namespace wisecrack
