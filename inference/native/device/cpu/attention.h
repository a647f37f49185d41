#pragma once
#include <vector>

#include "device/buffer.h"
#include "device/cpu/kernels.h"

namespace wisecrack {

/// y[rows, q_heads, key_size] of q: each row attends to positions 0..its own of its block table.
struct AttentionJob {
  const float* q;
  KvLayer cache;
  const int32_t* const* tables;
  const int32_t* positions;
  size_t rows;
  HeadShape heads;
  float multiplier;
  bool round;  ///< keys, values and y are bf16
  float* y;
};

/// Attention on the processor. The query heads that share a key head, of several rows of a sequence, pass over its keys and values
/// together. Where that gives the threads too little to share, a row's positions are shared, too.
///
/// Logits are capped at 30, so exp needs no largest one and sums over positions can be cut anywhere. They are cut every PIECE
/// positions, whoever computes what: each piece is added up from zero, and the pieces in order. So bits depend neither on the rows of
/// a step nor on the threads.
class Attention {
 public:
  Attention(const Kernels& kernels, size_t threads) : k_(kernels), threads_(threads) {}

  /// Floats of working memory for steps of so many rows and sequences of so many positions.
  size_t work_floats(HeadShape heads, size_t rows, size_t positions) const;
  void reserve(HeadShape heads, size_t rows, size_t positions);
  void give_back() { Buffer().swap(memory_); }

  /// Cuts a job into items. compute() may run for all of them at once, then finish() for all cut rows.
  void plan(const AttentionJob& job);
  size_t items() const { return items_.size(); }
  size_t cut_rows() const { return cut_rows_.size(); }
  void compute(size_t item, size_t thread);
  void finish(size_t cut_row);

 private:
  static constexpr size_t PIECE = 4 * KV_STAGE;
  static constexpr size_t NONE = static_cast<size_t>(-1);

  // Rows of a sequence and one key head, over positions [begin, end) or, without a slot, all that each row sees.
  struct Item {
    size_t row, rows, kv_head;
    size_t begin, end;
    size_t slot;  // where the sums of its first piece go
  };
  // A row whose pieces lie in slots.
  struct CutRow {
    size_t row, kv_head, slot, pieces;
  };
  // Sizes that follow from the heads.
  struct Layout {
    explicit Layout(HeadShape heads);
    size_t n, group;  // queries that share a key head
    size_t queries;   // of a tile, at most
    size_t sums;      // of one query: outputs, filled up, then the weights' sums by place in a block
    size_t work;      // of a thread
  };
  // What a thread works with.
  struct Work {
    float* q;       // [n, queries]
    float* weight;  // [queries, KV_STAGE]
    float* piece;   // [queries, sums]
    float* total;   // [queries, sums]
  };

  Work work_of(size_t thread);
  float* slot(size_t i) { return memory_.data() + threads_ * layout_.work + i * layout_.group * layout_.sums; }
  void attend(const Item& item, const Work& work, size_t first, size_t queries, size_t begin, size_t end, bool complete);
  void close_piece(const float* piece, size_t queries, float* total) const;
  void put(const float* total, size_t row, size_t kv_head) const;

  const Kernels& k_;
  size_t threads_;
  AttentionJob job_{};
  Layout layout_{{1, 1, 0}};
  std::vector<Item> items_;
  std::vector<CutRow> cut_rows_;
  Buffer memory_;  // the threads' work, then the slots
};

}  // namespace wisecrack
