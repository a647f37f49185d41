// The prefix cache alone: who holds what, what is found again, what is given away first.
#include "scheduler/kv_blocks.h"

#include <numeric>
#include <random>
#include <set>

#include "check.h"

using namespace wisecrack;

namespace {

constexpr int32_t NONE = KvBlocks::NONE;

// KV_BLOCK tokens that are all the same.
std::vector<int32_t> tokens(int32_t token) { return std::vector<int32_t>(KV_BLOCK, token); }

int32_t fill(KvBlocks& blocks, int32_t before, int32_t token) { return blocks.remember(blocks.take(), before, tokens(token).data()); }

}  // namespace

TEST(found_by_tokens_and_by_what_came_before) {
  KvBlocks blocks(4);
  const int32_t a = fill(blocks, NONE, 1), b = fill(blocks, a, 2);
  CHECK(blocks.find(NONE, tokens(1).data()) == a && blocks.find(a, tokens(2).data()) == b);
  CHECK(blocks.find(NONE, tokens(2).data()) == NONE && blocks.find(b, tokens(2).data()) == NONE);
  auto other = tokens(1);
  other.back() = 2;
  CHECK(blocks.find(NONE, other.data()) == NONE);
  CHECK(blocks.available() == 2 && blocks.cached() == 0);
  blocks.release(b);
  blocks.release(a);
  CHECK(blocks.available() == 4 && blocks.cached() == 2);
  blocks.hold(a);
  CHECK(blocks.available() == 3 && blocks.cached() == 1);
}

TEST(equal_blocks_become_one) {
  KvBlocks blocks(3);
  const int32_t a = fill(blocks, NONE, 1), again = fill(blocks, NONE, 1);
  CHECK(a == again && blocks.available() == 2);
  blocks.release(a);
  CHECK(blocks.available() == 2);
  blocks.release(a);
  CHECK(blocks.available() == 3 && blocks.cached() == 1);
}

TEST(the_longest_unused_goes_first) {
  KvBlocks blocks(3);
  const int32_t a = fill(blocks, NONE, 1), b = fill(blocks, a, 2), c = fill(blocks, NONE, 3);
  blocks.release(b);
  blocks.release(a);
  blocks.release(c);
  blocks.hold(a);  // used once more, together with nothing after it
  blocks.release(a);
  CHECK(blocks.take() == b && blocks.find(a, tokens(2).data()) == NONE);
  CHECK(blocks.take() == c && blocks.find(NONE, tokens(3).data()) == NONE);
  CHECK(blocks.find(NONE, tokens(1).data()) == a);
  CHECK(blocks.take() == a && blocks.available() == 0 && blocks.find(NONE, tokens(1).data()) == NONE);
}

TEST(a_collision_is_no_error) {
  KvBlocks blocks(4, [](uint64_t, const int32_t*) { return uint64_t{7}; });
  const int32_t a = fill(blocks, NONE, 1), b = fill(blocks, NONE, 2), c = fill(blocks, b, 3);
  CHECK(blocks.find(NONE, tokens(1).data()) == a);
  CHECK(blocks.find(NONE, tokens(2).data()) == NONE && blocks.find(b, tokens(3).data()) == NONE);
  for (const int32_t block : {c, b, a}) blocks.release(block);
  CHECK(blocks.available() == 4 && blocks.cached() == 1);
}

// Random chats that grow and go, against a plain list of what each block must hold.
TEST(random_use) {
  for (const KvBlocks::Hash hash : {KvBlocks::Hash{KvBlocks::chain_hash}, KvBlocks::Hash{[](uint64_t before, const int32_t* t) {
                                      return before * 3 % 5 + static_cast<uint64_t>(t[0]) % 2;
                                    }}}) {
    std::mt19937 random(1);
    KvBlocks blocks(12, hash);
    using Text = std::vector<int32_t>;                // one number per block
    std::vector<Text> content(12);                    // all that a block and those before it hold
    std::vector<std::pair<Text, std::vector<int32_t>>> chats;
    for (int round = 0; round < 20000; round++) {
      if (chats.size() < 4 && random() % 3 == 0) chats.emplace_back();
      if (chats.empty()) continue;
      auto& [text, table] = chats[random() % chats.size()];
      const int32_t before = table.empty() ? NONE : table.back(), token = static_cast<int32_t>(random() % 3);
      if (random() % 6 == 0 || text.size() == 5) {
        for (; !table.empty(); table.pop_back()) blocks.release(table.back());
        text.clear();
        continue;
      }
      Text longer = text;
      longer.push_back(token);
      const int32_t found = blocks.find(before, tokens(token).data());
      if (found != NONE) {
        CHECK(content[static_cast<size_t>(found)] == longer);
        blocks.hold(found);
        table.push_back(found);
      } else {
        if (blocks.available() == 0) continue;
        const int32_t block = blocks.take();
        content[static_cast<size_t>(block)] = longer;
        table.push_back(blocks.remember(block, before, tokens(token).data()));
        CHECK(content[static_cast<size_t>(table.back())] == longer);
      }
      text = longer;
      std::set<int32_t> held;
      for (const auto& chat : chats) held.insert(chat.second.begin(), chat.second.end());
      CHECK(held.size() + blocks.available() == 12);
    }
  }
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
