#pragma once
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "device/device.h"
#include "io/checkpoint.h"
#include "model/config.h"

namespace wisecrack {

/// One decoder layer (model.py: DecoderLayer).
struct Layer {
  Matrix q, k, v, o, router;
  std::vector<Expert> experts;
  std::vector<float> pre_attn_norm, post_attn_norm, pre_moe_norm, post_moe_norm;
};

/// Memory of small arrays that cannot be used as they lie in the files; a list, so that it never moves.
using Copies = std::list<std::vector<std::byte>>;

/// A model's weights. Matrices point into the mapped files; norms, and what of routers and scales lies the wrong way, are copied.
class Weights {
 public:
  /// Opens `folder` and checks every tensor against `config`. Throws ModelError that lists all that are missing, misshapen, of a
  /// wrong dtype or unknown. `round_product` is that of int8 matrices (device.h).
  Weights(const std::string& folder, const Config& config, bool round_product = true);
  Weights(const Weights&) = delete;
  Weights& operator=(const Weights&) = delete;

  Matrix embedding;  ///< [vocab, emb], also the output projection
  std::vector<float> final_norm;
  std::vector<Layer> layers;

  size_t bytes() const { return checkpoint_.bytes(); }
  const std::vector<MappedFile>& files() const { return checkpoint_.files(); }

  /// Brings the files into memory, with several readers, unless they are larger than it. `progress` gets 0..1. Gives whether they fit.
  /// Throws ModelError with the name of a file that was cut off meanwhile.
  bool read_ahead(const std::function<void(double)>& progress) const;

 private:
  Checkpoint checkpoint_;
  Copies copies_;
};

}  // namespace wisecrack
