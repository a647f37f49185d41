#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "io/safetensors.h"

namespace wisecrack {

/// One parameter of xAI's checkpoint: F32 [...], or I8 [..., in, out] with scales BF16 [..., groups, out]
/// (model.py: QuantizedWeight8bit).
struct Parameter {
  Tensor weight;
  std::optional<Tensor> scales;
};

/// Reads one file of ckpt-0, a pickled numpy array or QuantizedWeight8bit, without running or copying any of it: the tensors point
/// into `file`. Throws ModelError (Invalid) with `path`, the byte and the reason.
Parameter read_parameter(std::span<const std::byte> file, const std::string& path);

}  // namespace wisecrack
