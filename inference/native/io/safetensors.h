#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
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
};

using Tensors = std::map<std::string, Tensor, std::less<>>;

/// "[2, 3]"
std::string shape_text(const std::vector<int64_t>& shape);

/// Reads the header of a .safetensors file and checks every offset against the file.
/// The tensors point into `file` and live as long as it does. Throws ModelError (Invalid) naming file and tensor.
Tensors read_safetensors(const MappedFile& file);

/// The tensors of a model folder, from model.safetensors or from the shards of model.safetensors.index.json.
class Checkpoint {
 public:
  /// Maps all files of `folder`. Throws ModelError that lists every missing shard and misplaced tensor.
  explicit Checkpoint(const std::string& folder);

  const Tensors& tensors() const { return tensors_; }
  size_t bytes() const;

 private:
  void open_shards(const std::string& folder, const std::string& index_path);

  std::vector<MappedFile> files_;
  Tensors tensors_;
};

}  // namespace wisecrack
