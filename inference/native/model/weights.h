#pragma once
#include <functional>
#include <string>
#include <vector>

#include "device/device.h"
#include "io/safetensors.h"
#include "model/config.h"

namespace wisecrack {

/// One decoder layer (model.py: DecoderLayer).
struct Layer {
  Matrix q, k, v, o, router;
  std::vector<Expert> experts;
  std::vector<float> pre_attn_norm, post_attn_norm, pre_moe_norm, post_moe_norm;
};

/// A model's weights. Matrices point into the mapped files, norms are copied as float32.
class Weights {
 public:
  /// Opens `folder` and checks every tensor against `config`. Throws ModelError that lists all that are missing, misshapen,
  /// of a wrong dtype or unknown. `progress` gets 0..1.
  Weights(const std::string& folder, const Config& config, const std::function<void(double)>& progress = {});

  Matrix embedding;  ///< [vocab, emb], also the output projection
  std::vector<float> final_norm;
  std::vector<Layer> layers;

  size_t bytes() const { return checkpoint_.bytes(); }

 private:
  Checkpoint checkpoint_;
};

}  // namespace wisecrack
