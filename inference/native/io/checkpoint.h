#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "io/file.h"
#include "io/safetensors.h"

namespace wisecrack {

/// The tensors of a model folder, whatever form they lie in, under the names of the Hugging Face conversion (io/names.h).
class Checkpoint {
 public:
  /// Maps all files of `folder`: model.safetensors, or the shards of model.safetensors.index.json, or xAI's ckpt-0 of a model of so
  /// many layers. Throws ModelError that lists every missing, truncated or wrong file.
  Checkpoint(const std::string& folder, int32_t layers);

  const Tensors& tensors() const { return tensors_; }
  const std::vector<MappedFile>& files() const { return files_; }

  /// Bytes of all tensors.
  size_t bytes() const;

 private:
  void add(const std::string& name, const Tensor& tensor);
  void open_shards(const std::string& folder, const std::string& index_path);
  void open_ckpt(const std::string& folder, int32_t layers);

  std::vector<MappedFile> files_;
  Tensors tensors_;
};

}  // namespace wisecrack
