#include "emulator/async.h"

#include <cstdint>
#include <cstring>

#include "emulator/block.h"

namespace simt {

void copy_async(void* to, const void* from, bool valid, size_t bytes) {
  if ((reinterpret_cast<uintptr_t>(to) | (valid ? reinterpret_cast<uintptr_t>(from) : 0)) % bytes)
    fail("cp.async: an address is no multiple of %zu", bytes);
  std::memset(to, 0xFF, bytes);
  current()->open.push_back({to, from, bytes, !valid});
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
      if (copy.zero) std::memset(copy.to, 0, copy.bytes);
      else std::memcpy(copy.to, copy.from, copy.bytes);
      current()->unshown = true;
    }
    groups.erase(groups.begin());
  }
}

void show_copies() { current()->unshown = false; }

void multiply_async(float* d, const uint32_t* a, const void* b, bool add, std::source_location where) {
  current()->call = {.kind = Collective::StartProduct, .mask = ~0u, .in = add, .d = d, .a = a, .row = b};
  collective(where);
}

void commit_products() {
  Accumulators& products = current()->products;
  products.groups.push_back(std::move(products.open));
  products.open.clear();
}

void wait_products(size_t pending, std::source_location where) {
  current()->call = {.kind = Collective::WaitProducts, .mask = ~0u, .pending = pending};
  collective(where);
}

}  // namespace simt
