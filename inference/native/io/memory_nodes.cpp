#include "io/memory_nodes.h"

#if defined(__linux__)
#include <linux/mempolicy.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bit>
#include <climits>
#endif

namespace wisecrack {

void spread_over_memory_nodes() {
#if defined(__linux__) && defined(SYS_set_mempolicy)
  constexpr unsigned long MOST = 1024;  // nodes that Linux can have
  unsigned long nodes[MOST / (CHAR_BIT * sizeof(unsigned long))] = {};
  if (syscall(SYS_get_mempolicy, nullptr, nodes, MOST, nullptr, MPOL_F_MEMS_ALLOWED) != 0) return;
  int count = 0;
  for (const unsigned long word : nodes) count += std::popcount(word);
  if (count > 1) syscall(SYS_set_mempolicy, MPOL_INTERLEAVE, nodes, MOST);
#endif
}

}  // namespace wisecrack
