// The scheduler without model and threads: who runs, what each step computes, where it is written.
#include "scheduler/batch.h"

#include <map>
#include <random>
#include <set>

#include "check.h"

using namespace wisecrack;

namespace {

// Stands in for the model: remembers for each place in the pool which text led to it, and checks what each row would read.
class Steps {
 public:
  explicit Steps(Batch::Limits limits, KvBlocks::Hash hash = KvBlocks::chain_hash)
      : batch(limits, hash), limits_(limits), pool_(limits.blocks, std::vector<uint64_t>(KV_BLOCK)) {}

  int64_t add(std::vector<int32_t> tokens, int64_t max_tokens, Priority priority = Priority::Normal) {
    auto s = std::make_unique<Sequence>();
    s->id = next_++;
    s->request.tokens = std::move(tokens);
    s->request.max_tokens = max_tokens;
    s->request.priority = priority;
    batch.add(std::move(s));
    return next_ - 1;
  }

  // One step; gives the ids that had a row.
  std::set<int64_t> step() {
    const auto& rows = batch.plan();
    CHECK(rows.size() <= limits_.step_rows && batch.running().size() <= limits_.sequences);
    for (const auto& [from, to] : batch.copies()) pool_[static_cast<size_t>(to)] = pool_[static_cast<size_t>(from)];
    std::set<int64_t> ids;
    std::set<uint64_t*> written;
    for (const Row& row : rows) CHECK(written.insert(&place(row.table, static_cast<size_t>(row.position))).second);
    size_t r = 0;
    for (const auto& s : batch.running()) {
      for (size_t i = 0; i < s->now; i++, r++) {
        const Row& row = rows[r];
        const auto position = static_cast<size_t>(row.position);
        CHECK(position == s->done + i && row.token == s->request.tokens[position] && row.table == s->table.data());
        CHECK(row.wants_logits == (position + 1 == s->request.tokens.size()));
        place(row.table, position) = text_hash(s->request.tokens, position);
        for (size_t p = 0; p <= position; p++) CHECK(place(row.table, p) == text_hash(s->request.tokens, p));
      }
      if (s->now) ids.insert(s->id);
    }
    CHECK(r == rows.size());
    for (const auto& s : batch.running()) {
      const bool complete = s->complete_after_step();
      batch.commit(*s);
      if (!complete) continue;
      const auto& tokens = s->request.tokens;
      s->request.tokens.push_back(static_cast<int32_t>(text_hash(tokens, tokens.size() - 1) % 3));
      s->finished = ++s->reply >= s->request.max_tokens || tokens.size() > limits_.blocks * KV_BLOCK;
      if (s->finished) ended[s->id] = s->reply;
    }
    batch.drop_finished();
    return ids;
  }

  void cancel(int64_t id) {
    for (auto* list : {&batch.running(), &batch.waiting()})
      for (auto& s : *list)
        if (s->id == id) s->finished = true;
    batch.drop_finished();
  }

  bool runs(int64_t id) const {
    return std::any_of(batch.running().begin(), batch.running().end(), [&](auto& s) { return s->id == id; });
  }

  Batch batch;
  std::map<int64_t, int64_t> ended;  // id -> reply tokens

 private:
  static uint64_t text_hash(const std::vector<int32_t>& tokens, size_t last) {
    uint64_t h = 1;
    for (size_t i = 0; i <= last; i++) h = (h ^ static_cast<uint64_t>(tokens[i] + 1)) * 0x9E3779B97F4A7C15;
    return h ^ h >> 31;
  }
  uint64_t& place(const int32_t* table, size_t position) {
    return pool_[static_cast<size_t>(table[position / KV_BLOCK])][position % KV_BLOCK];
  }

  const Batch::Limits limits_;
  std::vector<std::vector<uint64_t>> pool_;
  int64_t next_ = 1;
};

std::vector<int32_t> text(size_t n, int32_t token) { return std::vector<int32_t>(n, token); }

}  // namespace

TEST(a_long_prompt_stalls_nobody) {
  Steps steps({4, 64, 100});
  const int64_t talks = steps.add(text(3, 1), 50);
  steps.step();
  const int64_t reads = steps.add(text(800, 2), 5), asks = steps.add(text(20, 3), 5);
  for (int i = 0; i < 10; i++) {
    const auto ids = steps.step();
    CHECK(ids.count(talks) && ids.count(reads) && (ids.count(asks) || steps.ended.count(asks)));
  }
  CHECK(steps.ended.count(asks) && !steps.ended.count(reads));
  for (int i = 0; i < 40; i++) steps.step();
  CHECK(steps.ended.size() == 3 && steps.batch.stats().longest_idle == 0);
}

TEST(low_priority_waits_and_gives_way) {
  Steps steps({2, 64, 100});
  const int64_t low = steps.add(text(5, 1), 100, Priority::Low), lower = steps.add(text(5, 2), 100, Priority::Low);
  steps.step();
  CHECK(steps.runs(low) && steps.runs(lower));
  const int64_t a = steps.add(text(5, 3), 10);
  steps.step();
  CHECK(steps.runs(a) && steps.runs(low) && !steps.runs(lower));
  const int64_t b = steps.add(text(5, 4), 10), c = steps.add(text(5, 5), 10);
  steps.step();
  CHECK(steps.runs(a) && steps.runs(b) && !steps.runs(low));
  for (int i = 0; i < 12; i++) steps.step();
  CHECK(steps.ended.count(a) && steps.ended.count(b) && steps.runs(c));
  for (int i = 0; i < 250; i++) steps.step();
  CHECK(steps.ended.size() == 5 && steps.ended[low] == 100 && steps.ended[lower] == 100 && steps.batch.stats().preempted >= 2);
}

TEST(the_oldest_is_kept_when_blocks_run_out) {
  Steps steps({3, 64, 8});
  const int64_t oldest = steps.add(text(10, 1), 118);
  const int64_t middle = steps.add(text(10, 2), 60), youngest = steps.add(text(10, 0), 60);
  steps.step();  // two prompts are all that 64 rows are shared among
  steps.step();
  CHECK(steps.runs(youngest));
  while (!steps.ended.count(oldest)) CHECK(steps.step().count(oldest));
  for (int i = 0; i < 200; i++) steps.step();
  CHECK(steps.ended[oldest] == 118 && steps.ended[middle] == 60 && steps.ended[youngest] == 60);
  CHECK(steps.batch.stats().preempted > 0 && steps.batch.blocks().available() == 8);
}

TEST(a_prompt_that_takes_every_block_runs_also_the_second_time) {
  Steps steps({2, 64, 4});
  for (int i = 0; i < 3; i++) {
    const int64_t id = steps.add(text(64, 1), 5);
    for (int n = 0; n < 3; n++) steps.step();
    CHECK(steps.ended[id] == 1);  // the window is full
  }
}

// Random requests with common beginnings under a small budget: nobody reads what is not his, everybody ends.
TEST(random_requests) {
  for (unsigned seed = 0; seed < 12; seed++) {
    std::mt19937 random(seed);
    const size_t sequences = 1 + random() % 8;
    Steps steps({sequences, sequences + 2 * KV_BLOCK + random() % 60, 10 + random() % 30},
                seed % 3 ? KvBlocks::chain_hash : [](uint64_t before, const int32_t* t) { return before % 7 + static_cast<uint64_t>(t[3]); });
    std::map<int64_t, int64_t> wanted;
    std::vector<int64_t> ids;
    for (int round = 0; round < 4000 && (round < 1000 || !steps.batch.empty()); round++) {
      if (round < 1000 && random() % 6 == 0) {
        auto tokens = text(random() % 70, static_cast<int32_t>(random() % 2));
        for (unsigned n = 1 + random() % 40; n > 0; n--) tokens.push_back(static_cast<int32_t>(random() % 2));
        const auto max_tokens = static_cast<int64_t>(1 + random() % 40);
        const int64_t id = steps.add(tokens, max_tokens, random() % 5 ? Priority::Normal : Priority::Low);
        wanted[id] = max_tokens;
        ids.push_back(id);
      }
      if (!ids.empty() && random() % 20 == 0) {
        const int64_t id = ids[random() % ids.size()];
        steps.cancel(id);
        if (!steps.ended.count(id)) wanted.erase(id);
      }
      std::map<int64_t, bool> decoding;
      for (const auto& s : steps.batch.running()) decoding[s->id] = s->decodes();
      const auto had = steps.step();
      for (const auto& [id, decodes] : decoding) CHECK(!decodes || had.count(id) || !steps.runs(id));  // sent back at most
    }
    CHECK(steps.batch.empty() && steps.batch.blocks().available() == steps.batch.blocks().total());
    CHECK(steps.batch.stats().longest_idle <= 2);
    for (const auto& [id, reply] : steps.ended) CHECK(!wanted.count(id) || reply == wanted[id] || reply > 0);
    for (const auto& [id, reply] : wanted) CHECK(steps.ended.count(id) == 1);
  }
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
