#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "io/file.h"

namespace wisecrack {

/// One named array inside a mapped file. `data` may be unaligned: read it with memcpy or unaligned loads.
struct Tensor {
  std::string dtype;  ///< as written in the file: "BF16", "F32", "I32", ...
  std::vector<int64_t> shape;
  const std::byte* data = nullptr;
  size_t bytes = 0;
  bool by_input = false;  ///< a matrix [in, out], as in xAI's checkpoint, instead of [out, in]
};

using Tensors = std::map<std::string, Tensor, std::less<>>;

/// "[2, 3]"
std::string shape_text(const std::vector<int64_t>& shape);

/// Reads the header of a .safetensors file and checks every offset against the file.
/// The tensors point into `file` and live as long as it does. Throws ModelError (Invalid) naming `path` and tensor.
Tensors read_safetensors(std::span<const std::byte> file, const std::string& path);
inline Tensors read_safetensors(const MappedFile& file) { return read_safetensors(file.bytes(), file.path()); }

}  // namespace wisecrack
