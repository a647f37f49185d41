#pragma once

namespace wisecrack {

/// On a machine whose processors each have memory of their own (NUMA): what the calling thread brings into memory from now on is spread evenly over
/// all nodes that this process may use. Threads take parts of a product as they come, so nothing can lie near to who will read it; but all
/// nodes together give their bandwidth. Where there is one node, or the system does not allow it (set_mempolicy(2)), nothing changes.
void spread_over_memory_nodes();

}  // namespace wisecrack
