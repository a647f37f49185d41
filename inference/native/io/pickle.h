#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wisecrack {

/// What a pickle describes, as far as xAI's checkpoint goes. Nothing is ever called: what Python would call is only noted down.
struct PickleValue {
  enum class Kind { None, Bool, Int, Text, Bytes, Tuple, Dict, Global, Call, Mark };

  Kind kind = Kind::None;
  size_t at = 0;                ///< where in the file it begins
  int64_t integer = 0;          ///< Int, Bool
  std::string_view text;        ///< Text; Global: its name
  std::string_view module;      ///< Global
  std::span<const std::byte> bytes;  ///< Bytes, inside the file
  std::vector<uint32_t> items;  ///< Tuple; Dict: keys and values in turn; Call: the callable, the tuple of its arguments, its state if set
};

/// The values of one pickle. They point into the file and live as long as its bytes do.
class Pickle {
 public:
  /// Reads a pickle of protocol 4 with the opcodes that xAI's checkpoint has (numpy arrays in a dataclass) and the classes in it.
  /// Throws ModelError (Invalid) with `path`, the byte and the reason for everything else.
  Pickle(std::span<const std::byte> file, const std::string& path);

  const PickleValue& root() const { return values_[root_]; }
  const PickleValue& at(uint32_t index) const { return values_[index]; }
  const PickleValue& item(const PickleValue& of, size_t i) const { return values_[of.items[i]]; }

 private:
  friend class PickleReader;
  std::vector<PickleValue> values_;
  uint32_t root_ = 0;
};

}  // namespace wisecrack
