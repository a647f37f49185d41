#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wisecrack {

/// What the tokens spell: token t is bytes[ends[t - 1], ends[t]); those behind the last stand for nothing.
struct Pieces {
  std::string bytes;
  std::vector<uint32_t> ends;

  std::string_view operator[](int32_t token) const {
    const auto t = static_cast<size_t>(token);
    if (t >= ends.size()) return {};
    const uint32_t begin = t == 0 ? 0 : ends[t - 1];
    return std::string_view(bytes).substr(begin, ends[t] - begin);
  }
};

/// Finds any of some phrases in a text that grows, however it is cut into tokens (Aho and Corasick, 1975, over bytes).
/// Small and capital ASCII letters count as equal, and so do stretches of white space. A phrase that begins with a letter or digit is
/// found only where a word begins: "art" is not in "smart", but in "article".
class Phrases {
 public:
  /// Where in the phrases a text has come to.
  struct State {
    int32_t node = 0;
    char last = 0;  ///< the last symbol
  };

  explicit Phrases(const std::vector<std::string>& phrases);

  /// Goes on by `text`. True when a phrase ended in it; the state is of no use then.
  bool follow(State& state, std::string_view text) const;

 private:
  struct Node {
    std::vector<std::pair<char, int32_t>> next;
    int32_t fail = 0;
    bool ends = false;
  };
  int32_t child(int32_t node, char symbol) const;
  int32_t go(int32_t node, char symbol) const;
  template <class Take>
  static void spell(char& last, std::string_view text, const Take& take);

  std::vector<Node> nodes_;
};

/// The phrases that a reply must not spell, and how far it has come.
class PhraseFilter {
 public:
  PhraseFilter(const std::vector<std::string>& phrases, std::shared_ptr<const Pieces> pieces)
      : phrases_(phrases), pieces_(std::move(pieces)) {}

  /// Whether `token` would complete a phrase.
  bool completes(int32_t token) const {
    Phrases::State next = state_;
    return phrases_.follow(next, (*pieces_)[token]);
  }

  /// The reply grows by `token`.
  void push(int32_t token) {
    if (phrases_.follow(state_, (*pieces_)[token])) state_ = {};
  }

 private:
  const Phrases phrases_;
  const std::shared_ptr<const Pieces> pieces_;
  Phrases::State state_;
};

}  // namespace wisecrack
