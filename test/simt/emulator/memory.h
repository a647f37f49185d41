#pragma once
#include <cstddef>

namespace simt {

/// Memory whose end touches a page that nobody may touch, and with such a page before it. The up to 15 bytes between its end and
/// the page, and what lies before it on its first page, hold a pattern that release() looks at. Contents: NaN (all bits set).
void* allocate(size_t bytes);

/// Lets all devices touch memory of the calling thread's: what peers may read and write.
void share(void* memory);

/// From here on only this device's memory, and what is shared, can be touched.
void show_memory_of(int device);

/// Aborts when something was written beside the memory, or when it is none of ours.
void release(void* memory);

/// Bytes that the calling thread's device has in use.
size_t allocated();

/// Installs the handler that says which thread of which kernel touched what, and ends the process.
void watch_faults();

}  // namespace simt
