#include "io/json.h"

#include <cmath>
#include <locale>
#include <sstream>

namespace wisecrack {
namespace {

constexpr int MAX_DEPTH = 64;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Json document() {
    Json value = parse_value(0);
    skip_space();
    if (at_ != text_.size()) fail("the end of the text");
    return value;
  }

 private:
  [[noreturn]] void fail(const char* expected) const {
    throw JsonError("expected " + std::string(expected) + " at byte " + std::to_string(at_));
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    at_++;
    return true;
  }

  void skip_space() {
    while (at_ < text_.size() && (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t')) at_++;
  }

  void word(std::string_view w) {
    if (text_.substr(at_, w.size()) != w) fail("a JSON value");
    at_ += w.size();
  }

  Json parse_value(int depth) {
    if (depth > MAX_DEPTH) fail("at most 64 nested levels");
    skip_space();
    Json v;
    switch (peek()) {
      case '{': v.kind = Json::Kind::Object; parse_object(v, depth); break;
      case '[': v.kind = Json::Kind::Array; parse_array(v, depth); break;
      case '"': v.kind = Json::Kind::String; v.string = parse_string(); break;
      case 't': v.kind = Json::Kind::Bool; v.boolean = true; word("true"); break;
      case 'f': v.kind = Json::Kind::Bool; word("false"); break;
      case 'n': word("null"); break;
      default: v.kind = Json::Kind::Number; v.number = parse_number();
    }
    return v;
  }

  void parse_object(Json& v, int depth) {
    take('{');
    skip_space();
    if (take('}')) return;
    do {
      skip_space();
      if (peek() != '"') fail("a quoted key");
      std::string key = parse_string();
      skip_space();
      if (!take(':')) fail("':'");
      if (v.object.count(key)) throw JsonError("duplicate key \"" + key + "\" at byte " + std::to_string(at_));
      v.object.emplace(std::move(key), parse_value(depth + 1));
      skip_space();
    } while (take(','));
    if (!take('}')) fail("',' or '}'");
  }

  void parse_array(Json& v, int depth) {
    take('[');
    skip_space();
    if (take(']')) return;
    do {
      v.array.push_back(parse_value(depth + 1));
      skip_space();
    } while (take(','));
    if (!take(']')) fail("',' or ']'");
  }

  uint32_t hex4() {
    uint32_t code = 0;
    for (int i = 0; i < 4; i++, at_++) {
      const char c = peek();
      if (c >= '0' && c <= '9') code = code * 16 + static_cast<uint32_t>(c - '0');
      else if (c >= 'a' && c <= 'f') code = code * 16 + static_cast<uint32_t>(c - 'a' + 10);
      else if (c >= 'A' && c <= 'F') code = code * 16 + static_cast<uint32_t>(c - 'A' + 10);
      else fail("four hexadecimal digits");
    }
    return code;
  }

  // A \uXXXX escape, joined with its second half when it is a surrogate.
  void escape_unicode(std::string& out) {
    uint32_t code = hex4();
    if (code >= 0xD800 && code < 0xDC00) {
      if (!take('\\') || !take('u')) fail("the second half of a surrogate pair");
      const uint32_t low = hex4();
      if (low < 0xDC00 || low > 0xDFFF) fail("the second half of a surrogate pair");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code < 0xE000) {
      fail("no lone surrogate");
    }
    const auto put = [&out](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xC0 | code >> 6), put(0x80 | (code & 63));
    } else if (code < 0x10000) {
      put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 63)), put(0x80 | (code & 63));
    } else {
      put(0xF0 | code >> 18), put(0x80 | (code >> 12 & 63)), put(0x80 | (code >> 6 & 63)), put(0x80 | (code & 63));
    }
  }

  std::string parse_string() {
    take('"');
    std::string out;
    while (true) {
      if (at_ >= text_.size()) fail("the end of a string");
      const char c = text_[at_++];
      if (c == '"') return out;
      if (static_cast<unsigned char>(c) < 0x20) fail("no control character in a string");
      if (c != '\\') {
        out.push_back(c);
        continue;
      }
      const char e = peek();
      at_++;
      switch (e) {
        case '"': case '\\': case '/': out.push_back(e); break;
        case 'b': out.push_back('\b'); break;
        case 'f': out.push_back('\f'); break;
        case 'n': out.push_back('\n'); break;
        case 'r': out.push_back('\r'); break;
        case 't': out.push_back('\t'); break;
        case 'u': escape_unicode(out); break;
        default: fail("a known escape");
      }
    }
  }

  size_t digits() {
    const size_t start = at_;
    while (peek() >= '0' && peek() <= '9') at_++;
    if (at_ == start) fail("a JSON value");
    return at_ - start;
  }

  double parse_number() {
    const size_t start = at_;
    take('-');
    const bool zero = peek() == '0';
    if (digits() > 1 && zero) fail("no leading zero");
    const size_t whole_end = at_;
    if (take('.')) digits();
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      digits();
    }
    if (at_ == whole_end && at_ - start <= 15) {  // most numbers are short integers
      const bool negative = text_[start] == '-';
      int64_t n = 0;
      for (size_t i = start + (negative ? 1 : 0); i < at_; i++) n = n * 10 + (text_[i] - '0');
      return static_cast<double>(negative ? -n : n);
    }
    std::istringstream stream{std::string(text_.substr(start, at_ - start))};
    stream.imbue(std::locale::classic());  // strtod would obey the process' locale
    double number = 0;
    stream >> number;
    if (stream.fail() || !std::isfinite(number)) fail("a number that fits a double");
    return number;
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

Json Json::parse(std::string_view text) { return Parser(text).document(); }

const Json* Json::find(std::string_view key) const {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &found->second;
}

std::optional<int64_t> Json::integer() const {
  if (kind != Kind::Number || number < 0 || number > 9007199254740992.0 || number != std::floor(number)) return {};
  return static_cast<int64_t>(number);
}

}  // namespace wisecrack
