#pragma once
#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace wisecrack {

/// What the checksums of a model folder say of its files.
struct CheckedFiles {
  size_t files = 0, bytes = 0;
  std::vector<std::string> wrong;  ///< a line for each file that is missing, too short, too long, or holds other bytes
};

/// Reads all files that convert() has written into `folder`, with several readers, and compares them with the checksums that lie beside
/// them. Nothing stays in memory. `progress` gets bytes done and of all, from this thread. Stops soon after `stop` is set, with
/// ModelError (Failed). Throws ModelError: NotFound when there are no checksums, Failed when the folder cannot be read.
CheckedFiles check_files(const std::string& folder, const std::atomic<bool>& stop, const std::function<void(size_t, size_t)>& progress);

}  // namespace wisecrack
