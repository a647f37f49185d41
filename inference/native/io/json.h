#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace wisecrack {

/// Text that is not JSON. The message says what was expected and at which byte.
class JsonError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One JSON value, parsed strictly (RFC 8259): no comments, no trailing commas, no duplicate keys, depth <= 64.
struct Json {
  enum class Kind { Null, Bool, Number, String, Array, Object };

  Kind kind = Kind::Null;
  bool boolean = false;
  double number = 0;
  std::string string;
  std::vector<Json> array;
  std::map<std::string, Json, std::less<>> object;

  /// Parses the whole text. Throws JsonError.
  static Json parse(std::string_view text);

  bool is(Kind wanted) const { return kind == wanted; }

  /// The member of that name, or null when this is no object or has none.
  const Json* find(std::string_view key) const;

  /// The number as an integer in [0, 2^53], or nothing when it is none.
  std::optional<int64_t> integer() const;
};

}  // namespace wisecrack
