#pragma once
#include <cstddef>

namespace simt {

/// Memory whose end touches a page that nobody may touch, and with such a page before it. The up to 15 bytes between its end and
/// the page, and what lies before it on its first page, hold a pattern that release() looks at. Contents: NaN (all bits set).
void* allocate(size_t bytes);

/// Aborts when something was written beside the memory, or when it is none of ours.
void release(void* memory);

/// Bytes in use.
size_t allocated();

/// Installs the handler that says which thread of which kernel touched what, and ends the process.
void watch_faults();

}  // namespace simt
