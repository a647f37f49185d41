#pragma once
#include <cstddef>
#include <cstdint>
#include <source_location>

namespace simt {

/// cp.async of 16 bytes, or of 4 (zeros instead, when not `valid`): nothing arrives before its group has been waited for; until then the
/// place holds NaN.
void copy_async(void* to, const void* from, bool valid, size_t bytes = 16);
void commit_copies();
/// Waits until at most `pending` of the thread's groups are on their way.
void wait_copies(size_t pending);
/// fence.proxy.async: the tensor cores of a warpgroup may see this thread's copies after the next barrier.
void show_copies();

/// wgmma of m64n128k16: d (64 values of this lane) gets the product when its group has been waited for; until then it holds NaN. What `a`
/// and the rows at `b` hold must not change before.
void multiply_async(float* d, const uint32_t* a, const void* b, bool add, std::source_location where);
void commit_products();
/// Waits until at most `pending` of the warp's groups are on their way.
void wait_products(size_t pending, std::source_location where);

}  // namespace simt
