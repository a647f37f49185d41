#pragma once
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "model/forward.h"
#include "scheduler/kv_blocks.h"
#include "scheduler/phrases.h"
#include "scheduler/request.h"

namespace wisecrack {

/// A request in the batch or on its way there.
struct Sequence {
  int64_t id = 0;
  Request request;               ///< its tokens grow by what is drawn
  int64_t reply = 0;             ///< reply tokens so far, resumed ones included
  std::unique_ptr<PhraseFilter> filter{};  ///< of the banned phrases, where there are any
  std::vector<int32_t> table{};  ///< its blocks
  size_t done = 0;               ///< positions that are in them
  size_t known = 0;              ///< leading blocks that are complete and were offered to the prefix cache
  size_t now = 0;                ///< rows in this step
  size_t idle = 0;               ///< steps without a row or a block from the cache
  bool counted = false;          ///< its prompt was looked up in the prefix cache before
  bool finished = false;

  size_t missing() const { return request.tokens.size() - done; }
  bool decodes() const { return missing() == 1; }
  /// This step gives its next token.
  bool complete_after_step() const { return now > 0 && now == missing(); }
  /// Goes before another: by priority, then by arrival.
  bool before(const Sequence& o) const {
    return request.priority != o.request.priority ? request.priority < o.request.priority : id < o.id;
  }
};

/// Which requests run, which wait, and what each computes in the next step. Knows tokens and blocks, neither model nor threads.
///
/// - A request joins when the batch has a place, its tokens have blocks, and each request that runs could get one block more.
/// - When a request needs a block and none is left, the last one (lowest priority, youngest) is sent back to wait; it will be
///   computed again, as far as the prefix cache has not kept it. The first one always goes on.
/// - Every request that decodes has one row in each step. What the step's budget leaves goes to prompts: half to the first, the rest
///   evenly to the others, so that neither a long prompt nor many make anybody wait.
/// - A prompt waits a step when another one is computing the block that both need next, and takes it from the cache then.
class Batch {
 public:
  struct Limits {
    size_t sequences;  ///< requests that run at once
    size_t step_rows;  ///< rows of a step; at least sequences + 2 * KV_BLOCK
    size_t blocks;     ///< of the KV pool
  };
  struct Stats {
    size_t preempted = 0;        ///< times that a request was sent back
    size_t prompt_cached = 0;    ///< prompt tokens that came from the prefix cache
    size_t prompt_looked_up = 0;
    size_t longest_idle = 0;     ///< most steps that a request which runs was without a row
  };
  using Sequences = std::vector<std::unique_ptr<Sequence>>;
  using Copies = std::vector<std::pair<int32_t, int32_t>>;

  explicit Batch(Limits limits, KvBlocks::Hash hash = KvBlocks::chain_hash);

  /// A request comes. Its tokens must fit all blocks together.
  void add(std::unique_ptr<Sequence> sequence);

  /// Decides on the next step: its rows, those of a sequence together, in the order of running().
  const std::vector<Row>& plan();

  /// Blocks to copy (from, to), in this order, before the rows are computed.
  const Copies& copies() const { return copies_; }

  /// The rows of a sequence were computed. Call it for all that run, before their tokens grow.
  void commit(Sequence& sequence);

  /// Removes what has finished and frees its blocks.
  void drop_finished();

  /// In the order of Sequence::before.
  const Sequences& running() const { return running_; }
  const Sequences& waiting() const { return waiting_; }
  const KvBlocks& blocks() const { return blocks_; }
  const Stats& stats() const { return stats_; }
  bool empty() const { return running_.empty() && waiting_.empty(); }

 private:
  void grow();
  void admit();
  bool admit(Sequence& sequence);
  void adopt(Sequence& sequence);
  void share_rows();
  void send_back_last();
  void let_go(Sequence& sequence);

  const Limits limits_;
  KvBlocks blocks_;
  Sequences running_, waiting_;
  std::vector<Sequence*> prompts_;  // those that have a part in this step
  std::vector<Row> rows_;
  Copies copies_;
  Stats stats_;
};

}  // namespace wisecrack
