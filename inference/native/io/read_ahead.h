#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace wisecrack {

/// Brings stretches of mapped files into memory, with several readers in their order and in large pages where that can be, so that the first
/// reply does not wait for the disk page by page. What is larger than `room`, the memory that is free, stays where it is: its parts would
/// only push each other out. `progress` gets 0..1, from this thread, and at least 1. Gives whether it fits. Throws what bring_in (io/file.h) throws.
bool read_ahead(const std::vector<std::span<const std::byte>>& stretches, size_t room, const std::function<void(double)>& progress);

}  // namespace wisecrack
