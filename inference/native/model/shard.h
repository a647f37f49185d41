#pragma once
#include "model/weights.h"

namespace wisecrack {

/// [first, last)
struct Range {
  size_t first, last;
  size_t size() const { return last - first; }
};

/// What one device of a team computes of a model, as xAI's mesh (1, N) splits it: kv heads with the query heads that read them, columns
/// of every expert, rows of the vocabulary. What does not divide is spread as evenly as it goes; a shard may get nothing of it.
struct Shard {
  Shape shape;                    ///< the shard's own
  Range q, kv, ffn, vocab;        ///< of the whole model's rows (q, kv: elements)

  Shard(const Shape& whole, const Member& member);
};

/// Rows [first, last) of a matrix, where they lie.
Matrix outputs_of(const Matrix& matrix, Range range);

/// Columns [first, last) of a matrix, where they lie. Throws ModelError when that cuts a group of an int8 matrix's inputs that have a
/// scale in common.
Matrix inputs_of(const Matrix& matrix, Range range);

/// A layer's matrices as a shard has them.
struct LayerPart {
  Matrix q, k, v, o, router;
  std::vector<Expert> experts;

  /// Throws ModelError as inputs_of does.
  LayerPart(const Layer& layer, const Shard& shard);
};

}  // namespace wisecrack
