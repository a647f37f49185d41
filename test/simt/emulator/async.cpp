#include "emulator/async.h"

#include <cstdint>
#include <cstring>

#include "emulator/block.h"

namespace simt {

void copy_async(void* to, const void* from, bool valid) {
  if ((reinterpret_cast<uintptr_t>(to) | (valid ? reinterpret_cast<uintptr_t>(from) : 0)) % 16)
    fail("cp.async: an address is no multiple of 16");
  std::memset(to, 0xFF, 16);
  current()->open.push_back({to, from, !valid});
}

void commit_copies() {
  Thread& me = *current();
  me.groups.push_back(std::move(me.open));
  me.open.clear();
}

void wait_copies(size_t pending) {
  auto& groups = current()->groups;
  while (groups.size() > pending) {
    for (const AsyncCopy& copy : groups.front()) {
      if (copy.zero) std::memset(copy.to, 0, 16);
      else std::memcpy(copy.to, copy.from, 16);
    }
    groups.erase(groups.begin());
  }
}

}  // namespace simt
