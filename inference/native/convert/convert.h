#pragma once
#include <atomic>
#include <cstddef>
#include <functional>
#include <string>

#include "device/device.h"

namespace wisecrack {

struct ConvertOptions {
  DType dtype = DType::BF16;  ///< of matrices: BF16 or I8
  size_t shards = 0;          ///< files; 0: of about 10 GB
  int threads = 0;            ///< 0: chosen by thread_count(), at most 16
};

struct ConvertProgress {
  size_t done = 0, total = 0;  ///< bytes of all files
  size_t found = 0;            ///< those of `done` that were there already
};

struct Converted {
  size_t bytes = 0, shards = 0;
  size_t found = 0;  ///< bytes that an earlier run had written
};

/// Writes the model in `source` (any form that Weights opens) as our safetensors files into `target`, which is made if need be.
///
/// Memory is bounded by a strip a thread (2 MiB, or 256 rows where these are more) and the few matrices of the source that are at work,
/// which are mapped. A run that was killed is gone on with by the same call; a call where all is there reads it again and mends what its
/// checksums (NAME.crc32c) do not confirm. No file has its name before it is whole, and the index comes last. Stops soon after `stop` is
/// set, with ModelError.
/// Throws ModelError: NotFound and Invalid for the source, Failed for the target (not empty and not ours, no room, a write error).
Converted convert(const std::string& source, const std::string& target, const ConvertOptions& options, const std::atomic<bool>& stop,
                  const std::function<void(const ConvertProgress&)>& progress);

}  // namespace wisecrack
