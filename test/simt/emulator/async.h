#pragma once
#include <cstddef>

namespace simt {

/// cp.async of 16 bytes (zeros instead, when not `valid`): nothing arrives before its group has been waited for; until then the place
/// holds NaN.
void copy_async(void* to, const void* from, bool valid);
void commit_copies();
/// Waits until at most `pending` of the thread's groups are on their way.
void wait_copies(size_t pending);

}  // namespace simt
