#pragma once
#include <cstddef>

namespace wisecrack {

/// Bytes that this process may take without pushing other programs out: what the system has, or what is left of the process' control
/// group (Linux's cgroups of both versions). SIZE_MAX where nobody says.
size_t available_memory();

}  // namespace wisecrack
