#include "scheduler/phrases.h"

#include <deque>

namespace wisecrack {
namespace {

constexpr char WORD_BEGINS = 1;  // a symbol of its own before the first letter of a word

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
char folded(char c) { return is_space(c) ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

// Text as symbols. `last` is the symbol before it and becomes its last one.
template <class Take>
void Phrases::spell(char& last, std::string_view text, const Take& take) {
  for (const char byte : text) {
    const char c = folded(byte);
    if (c == ' ' && last == ' ') continue;
    if (is_word(c) && !is_word(last)) take(WORD_BEGINS);
    take(c);
    last = c;
  }
}

Phrases::Phrases(const std::vector<std::string>& phrases) : nodes_(1) {
  for (const std::string& phrase : phrases) {
    int32_t at = 0;
    char last = 0;
    spell(last, phrase, [&](char symbol) {
      int32_t to = child(at, symbol);
      if (to == 0) {
        to = static_cast<int32_t>(nodes_.size());
        nodes_[static_cast<size_t>(at)].next.emplace_back(symbol, to);
        nodes_.emplace_back();
      }
      at = to;
    });
    if (at != 0) nodes_[static_cast<size_t>(at)].ends = true;
  }
  std::deque<int32_t> wave;
  for (const auto& [symbol, to] : nodes_[0].next) wave.push_back(to);
  for (; !wave.empty(); wave.pop_front()) {
    const Node& node = nodes_[static_cast<size_t>(wave.front())];
    for (const auto& [symbol, to] : node.next) {
      Node& below = nodes_[static_cast<size_t>(to)];
      below.fail = go(node.fail, symbol);
      below.ends = below.ends || nodes_[static_cast<size_t>(below.fail)].ends;
      wave.push_back(to);
    }
  }
}

int32_t Phrases::child(int32_t node, char symbol) const {
  for (const auto& [s, to] : nodes_[static_cast<size_t>(node)].next)
    if (s == symbol) return to;
  return 0;
}

int32_t Phrases::go(int32_t node, char symbol) const {
  for (; node != 0; node = nodes_[static_cast<size_t>(node)].fail)
    if (const int32_t to = child(node, symbol)) return to;
  return child(0, symbol);
}

bool Phrases::follow(State& state, std::string_view text) const {
  bool found = false;
  spell(state.last, text, [&](char symbol) {
    state.node = go(state.node, symbol);
    found = found || nodes_[static_cast<size_t>(state.node)].ends;
  });
  return found;
}

}  // namespace wisecrack
