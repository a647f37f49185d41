#include "scheduler/batch.h"

#include <algorithm>

namespace wisecrack {
namespace {

// Into a list in the order of Sequence::before.
void insert(Batch::Sequences& list, std::unique_ptr<Sequence> s) {
  const auto at = std::upper_bound(list.begin(), list.end(), s, [](auto& a, auto& b) { return a->before(*b); });
  list.insert(at, std::move(s));
}

const int32_t* tokens_of(const Sequence& s, size_t block) { return s.request.tokens.data() + block * KV_BLOCK; }

int32_t last_known(const Sequence& s) { return s.known ? s.table[s.known - 1] : KvBlocks::NONE; }

// Whether the block after the known ones is computed as a whole before the sequence's last token: that one is needed for its logits.
bool block_ahead(const Sequence& s) { return s.done == s.known * KV_BLOCK && s.done + KV_BLOCK < s.request.tokens.size(); }

// Whether `s` may wait for a block that `other` completes in this step.
bool computes_for(const Sequence& other, const Sequence& s) {
  return block_ahead(s) && other.known == s.known && last_known(other) == last_known(s) &&
         (other.known + 1) * KV_BLOCK <= other.request.tokens.size() &&
         std::equal(tokens_of(s, s.known), tokens_of(s, s.known + 1), tokens_of(other, other.known));
}

}  // namespace

Batch::Batch(Limits limits, KvBlocks::Hash hash) : limits_(limits), blocks_(limits.blocks, hash) {}

void Batch::add(std::unique_ptr<Sequence> sequence) { insert(waiting_, std::move(sequence)); }

const std::vector<Row>& Batch::plan() {
  copies_.clear();
  grow();
  admit();
  share_rows();
  rows_.clear();
  for (const auto& s : running_) {
    for (size_t position = s->done; position < s->done + s->now; position++) {
      const bool last = position + 1 == s->request.tokens.size();
      rows_.push_back({s->request.tokens[position], static_cast<int32_t>(position), s->table.data(), last});
    }
  }
  return rows_;
}

// The token that was drawn last needs a place. The first in order come first; who gets none is sent back.
void Batch::grow() {
  for (size_t i = 0; i < running_.size(); i++) {
    while (i < running_.size() && running_[i]->table.size() < kv_blocks(running_[i]->request.tokens.size())) {
      if (blocks_.available() == 0) send_back_last();
      else running_[i]->table.push_back(blocks_.take());
    }
  }
}

void Batch::send_back_last() {
  auto last = std::move(running_.back());
  running_.pop_back();
  let_go(*last);
  last->counted = true;
  stats_.preempted++;
  insert(waiting_, std::move(last));
}

void Batch::let_go(Sequence& s) {
  for (; !s.table.empty(); s.table.pop_back()) blocks_.release(s.table.back());
  s.done = s.known = s.now = s.idle = 0;
}

void Batch::admit() {
  const size_t shares = (limits_.step_rows - limits_.sequences) / 2 / KV_BLOCK;  // of prompts beside the first one, a block each
  const auto prompts = [this] { return std::count_if(running_.begin(), running_.end(), [](auto& r) { return !r->decodes(); }); };
  while (!waiting_.empty() && static_cast<size_t>(prompts()) <= shares) {
    if (admit(*waiting_.front())) {
      insert(running_, std::move(waiting_.front()));
      waiting_.erase(waiting_.begin());
    } else if (waiting_.front()->request.priority == Priority::Normal && !running_.empty() &&
               running_.back()->request.priority == Priority::Low) {
      send_back_last();
    } else {
      return;
    }
  }
}

// Gives a waiting sequence all blocks of its tokens: remembered ones, then own ones. False when it must go on waiting.
bool Batch::admit(Sequence& s) {
  if (running_.size() >= limits_.sequences) return false;
  const size_t n = s.request.tokens.size(), full = n / KV_BLOCK;
  for (int32_t found; s.table.size() < full; s.table.push_back(found)) {
    found = blocks_.find(s.table.empty() ? KvBlocks::NONE : s.table.back(), tokens_of(s, s.table.size()));
    if (found == KvBlocks::NONE) break;
    blocks_.hold(found);
  }
  // All of it is remembered: the last token is computed once more, for its logits, and its row must not be written to a shared block.
  bool copy = s.table.size() * KV_BLOCK == n;
  if (copy && blocks_.available() == 0) {
    blocks_.release(s.table.back());
    s.table.pop_back();
    copy = false;
  }
  const size_t reserve = running_.size();  // a block for each that runs
  if (blocks_.available() < kv_blocks(n) - s.table.size() + copy + reserve) {
    let_go(s);
    return false;
  }
  s.known = s.table.size() - copy;
  s.done = copy ? n - 1 : s.known * KV_BLOCK;
  if (copy) {
    const int32_t own = blocks_.take();
    copies_.emplace_back(s.table.back(), own);
    blocks_.release(s.table.back());
    s.table.back() = own;
  }
  while (s.table.size() < kv_blocks(n)) s.table.push_back(blocks_.take());
  if (!s.counted) {
    stats_.prompt_looked_up += n;
    stats_.prompt_cached += s.done;
  }
  return true;
}

// Somebody else has computed the next blocks since: they take the place of those that were to be computed here.
void Batch::adopt(Sequence& s) {
  while (block_ahead(s)) {
    const int32_t found = blocks_.find(last_known(s), tokens_of(s, s.known));
    if (found == KvBlocks::NONE) return;
    blocks_.hold(found);
    blocks_.release(s.table[s.known]);
    s.table[s.known++] = found;
    s.done += KV_BLOCK;
    s.idle = 0;
    if (!s.counted) stats_.prompt_cached += KV_BLOCK;
  }
}

void Batch::share_rows() {
  prompts_.clear();
  size_t left = limits_.step_rows;
  for (const auto& s : running_) {
    adopt(*s);
    s->now = s->decodes();
    left -= s->now;
    if (s->decodes()) continue;
    const auto helps = [&](const Sequence* p) { return computes_for(*p, *s); };
    if (std::none_of(prompts_.begin(), prompts_.end(), helps)) prompts_.push_back(s.get());
  }
  if (!prompts_.empty()) {
    const size_t others = prompts_.size() - 1, first = others ? left / 2 : left, each = others ? (left - first) / others : 0;
    const auto give = [&](Sequence& s, size_t rows) {
      rows = std::min({rows, s.missing() - s.now, left});
      s.now += rows;
      left -= rows;
    };
    for (Sequence* s : prompts_) give(*s, s == prompts_[0] ? first : each);
    for (Sequence* s : prompts_) give(*s, left);  // what is left over, in order
  }
  for (const auto& s : running_) {
    s->idle = s->now ? 0 : s->idle + 1;
    stats_.longest_idle = std::max(stats_.longest_idle, s->idle);
  }
}

void Batch::commit(Sequence& s) {
  s.done += s.now;
  for (; (s.known + 1) * KV_BLOCK <= s.done; s.known++)
    s.table[s.known] = blocks_.remember(s.table[s.known], last_known(s), tokens_of(s, s.known));
  if (s.missing() == 0) s.counted = true;
}

void Batch::drop_finished() {
  for (auto* list : {&running_, &waiting_}) {
    for (auto& s : *list)
      if (s->finished) let_go(*s);
    list->erase(std::remove_if(list->begin(), list->end(), [](auto& s) { return s->finished; }), list->end());
  }
}

}  // namespace wisecrack
