#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model/weights.h"

namespace wisecrack {

/// One tensor of the files to be written, and what it is made of.
struct Output {
  std::string name, dtype;
  std::vector<int64_t> shape;
  size_t bytes = 0;
  Matrix matrix;                             ///< where it is a matrix or the scales of one
  size_t groups = 0;                         ///< of the scales of an int8 matrix
  bool is_scales = false;
  const std::vector<float>* norm = nullptr;  ///< where it is a norm

  /// Bytes [begin, end) of the tensor, whole rows of it.
  void write(size_t begin, size_t end, std::byte* out) const;
  /// Bytes that can only be written together.
  size_t row_bytes() const;
};

/// A stretch of a file that is written at once.
struct Piece {
  size_t shard, output;      ///< output NO_OUTPUT: the header
  size_t at, bytes;          ///< in the file
  size_t begin;              ///< in the tensor
};
constexpr size_t NO_OUTPUT = static_cast<size_t>(-1);

/// One file to be written.
struct ShardPlan {
  std::string name;
  std::string header;  ///< its length field included
  size_t bytes = 0;
};

/// What a conversion writes: everything about it but the progress.
struct Plan {
  std::vector<Output> outputs;
  std::vector<ShardPlan> shards;
  std::vector<Piece> pieces;
  size_t bytes = 0;
  std::string index;  ///< model.safetensors.index.json, or empty where one file holds all
};

/// Lays out the weights in `shards` files (0: of about 10 GB) with matrices in `dtype`. Embedding and router are never int8. The
/// weights must outlive the plan. Throws std::out_of_range when there are fewer tensors than shards.
Plan make_plan(const Weights& weights, DType dtype, size_t shards);

}  // namespace wisecrack
