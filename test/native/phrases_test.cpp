#include "scheduler/phrases.h"

#include <random>

#include "check.h"

using namespace wisecrack;

namespace {

// Whether a phrase ends anywhere in `text`, given all at once.
bool found(const std::vector<std::string>& phrases, const std::string& text) {
  Phrases::State state;
  return Phrases(phrases).follow(state, text);
}

// The same by looking at each place: what Phrases must come to. Only for text in small letters with single spaces.
bool found_slowly(const std::vector<std::string>& phrases, const std::string& text) {
  const auto word = [](char c) { return c >= 'a' && c <= 'z'; };
  for (const std::string& phrase : phrases)
    for (size_t at = text.find(phrase); at != std::string::npos; at = text.find(phrase, at + 1))
      if (at == 0 || !word(phrase[0]) || !word(text[at - 1])) return true;
  return false;
}

}  // namespace

TEST(a_phrase_is_found_in_any_case_and_over_any_white_space) {
  CHECK(found({"As an AI"}, "Well, as an ai I cannot"));
  CHECK(found({"as an AI"}, "AS\n   AN\tAI"));
  CHECK(!found({"as an AI"}, "as an aunt"));
  CHECK(!found({"as an AI"}, "asan ai"));
}

TEST(a_phrase_begins_where_a_word_begins) {
  CHECK(!found({"art"}, "smart"));
  CHECK(found({"art"}, "article"));
  CHECK(found({"art"}, "(art)"));
  CHECK(found({"!"}, "what!"));
  CHECK(found({"人工"}, "我是人工智能"));
}

TEST(nothing_is_found_where_there_are_no_phrases) {
  CHECK(!found({}, "anything"));
  CHECK(!found({"x"}, ""));
}

TEST(where_a_text_is_cut_makes_no_difference) {
  std::mt19937 random(7);
  const auto up_to = [&](size_t n) { return std::uniform_int_distribution<size_t>(0, n)(random); };
  const auto text_of = [&](size_t n) {
    std::string s;
    while (s.size() < n) {
      const char c = "ab !"[up_to(3)];
      if (c != ' ' || (!s.empty() && s.back() != ' ')) s += c;
    }
    return s;
  };
  size_t hits = 0;
  for (int round = 0; round < 3000; round++) {
    std::vector<std::string> phrases;
    for (size_t i = 0; i < 1 + up_to(3); i++) phrases.push_back(text_of(1 + up_to(4)));
    const std::string text = text_of(up_to(12));
    const Phrases all(phrases);
    Phrases::State state;
    bool hit = false;
    for (size_t at = 0; at < text.size() && !hit;) {
      const size_t length = 1 + up_to(3);
      hit = all.follow(state, std::string_view(text).substr(at, length));
      at += length;
    }
    CHECK(hit == found_slowly(phrases, text));
    hits += hit;
  }
  CHECK(hits > 300 && hits < 2900);
}

TEST(a_filter_knows_which_token_would_complete_a_phrase) {
  auto pieces = std::make_shared<Pieces>();
  for (const std::string piece : {"", " as", " an", " A", "I", "unt"}) {
    pieces->bytes += piece;
    pieces->ends.push_back(static_cast<uint32_t>(pieces->bytes.size()));
  }
  PhraseFilter filter({"as an ai"}, pieces);
  for (const int32_t token : {1, 2, 3}) {
    CHECK(!filter.completes(token));
    filter.push(token);
  }
  CHECK(filter.completes(4));
  CHECK(!filter.completes(5));
  CHECK(!filter.completes(0));
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
