#pragma once
#include <functional>
#include <vector>

#include "io/file.h"

namespace wisecrack {

/// Brings mapped files into the page cache, with several readers in the order of the files, so that the first reply does not wait for
/// the disk page by page. Files that are larger than `room`, the memory that is free, stay where they are: they would only push each
/// other out. `progress` gets 0..1, from this thread, and at least 1. Gives whether they fit.
bool read_ahead(const std::vector<MappedFile>& files, size_t room, const std::function<void(double)>& progress);

}  // namespace wisecrack
