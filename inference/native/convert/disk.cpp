#include "convert/disk.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "io/error.h"

namespace wisecrack {
namespace {

[[noreturn]] void fail(const std::string& path) { throw failed(path + ": " + std::strerror(errno)); }

}  // namespace

Descriptor::~Descriptor() {
  if (fd >= 0) close(fd);
}

void write_at(int fd, const void* data, size_t bytes, size_t at, const std::string& path) {
  const char* p = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t n = pwrite(fd, p, bytes, static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail(path);
    p += n;
    at += static_cast<size_t>(n);
    bytes -= static_cast<size_t>(n);
  }
}

void sync_file(int fd, const std::string& path) {
  if (fsync(fd) != 0) fail(path);
}

void forget([[maybe_unused]] int fd) {
#if defined(POSIX_FADV_DONTNEED)
  posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);  // a wish: nothing is wrong where it is not heard
#endif
}

void sync_folder(const std::string& folder) {
  const Descriptor d{open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (d.fd < 0) fail(folder);
  sync_file(d.fd, folder);
}

void rename_file(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) fail(to);
}

void write_whole(const std::string& path, const std::string& text) {
  const std::string part = path + ".part";
  {
    const Descriptor d{open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
    if (d.fd < 0) fail(part);
    write_at(d.fd, text.data(), text.size(), 0, part);
    sync_file(d.fd, part);
  }
  rename_file(part, path);
}

size_t free_space(const std::string& folder) {
  struct statvfs info {};
  if (statvfs(folder.c_str(), &info) != 0) fail(folder);
  return static_cast<size_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace wisecrack
