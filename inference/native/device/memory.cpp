#include "device/memory.h"

#include <sys/mman.h>

#include <cstddef>
#include <cstring>
#include <new>

#include "io/available_memory.h"
#include "io/file.h"

namespace wisecrack {
namespace {

class HostMemory final : public Memory {
 public:
  void* allocate(size_t bytes) override {
    if (bytes == 0) return nullptr;
    void* data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) throw std::bad_alloc();
    in_large_pages(static_cast<const std::byte*>(data), bytes);
    return data;
  }
  void release(void* data, size_t bytes) override {
    if (data) munmap(data, bytes);
  }
  void upload(void* to, const void* from, size_t bytes) override { std::memcpy(to, from, bytes); }
  void download(void* to, const void* from, size_t bytes) override { std::memcpy(to, from, bytes); }
  void copy(void* to, const void* from, size_t bytes) override { std::memcpy(to, from, bytes); }
  bool on_host() const override { return true; }
  size_t available() const override { return available_memory(); }
};

}  // namespace

Memory& host_memory() {
  static HostMemory memory;
  return memory;
}

}  // namespace wisecrack
