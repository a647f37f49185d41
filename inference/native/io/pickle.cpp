// The opcodes are those of Python's pickletools.py, protocol 4.
#include "io/pickle.h"

#include <algorithm>
#include <utility>

#include "io/error.h"

namespace wisecrack {
namespace {

// A parameter of the checkpoint takes about 100 values; a file that wants more is another.
constexpr size_t MAX_VALUES = 1000;

constexpr std::pair<std::string_view, std::string_view> KNOWN_GLOBALS[] = {
    {"numpy.core.multiarray", "_reconstruct"}, {"numpy", "ndarray"}, {"numpy", "dtype"},
    {"ml_dtypes", "bfloat16"},                 {"__main__", "QuantizedWeight8bit"}};

using Kind = PickleValue::Kind;

}  // namespace

class PickleReader {
 public:
  PickleReader(Pickle& pickle, std::span<const std::byte> file, const std::string& path)
      : pickle_(pickle), file_(file), path_(path) {}

  void run() {
    if (byte() != 0x80 || byte() != 4) fail(0, "no pickle of protocol 4");
    while (step()) {
    }
    if (at_ != file_.size()) fail(at_, "bytes behind the end of the pickle");
  }

 private:
  [[noreturn]] void fail(size_t at, const std::string& reason) const {
    throw invalid(path_ + ": byte " + std::to_string(at) + ": " + reason);
  }

  std::span<const std::byte> take(uint64_t n) {
    if (n > file_.size() - at_)
      fail(at_, "needs " + std::to_string(n) + " bytes, but the file has only " + std::to_string(file_.size() - at_) +
                    " more (truncated?)");
    at_ += n;
    return file_.subspan(at_ - n, n);
  }

  uint8_t byte() { return static_cast<uint8_t>(take(1)[0]); }

  uint64_t little_endian(size_t width) {
    const auto bytes = take(width);
    uint64_t n = 0;
    for (size_t i = width; i-- > 0;) n = n << 8 | static_cast<uint64_t>(bytes[i]);
    return n;
  }

  std::string_view text(size_t n) {
    const auto bytes = take(n);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  PickleValue& push(Kind kind) {
    if (pickle_.values_.size() == MAX_VALUES) fail(op_, "more values than a parameter of the checkpoint has");
    stack_.push_back(static_cast<uint32_t>(pickle_.values_.size()));
    PickleValue& value = pickle_.values_.emplace_back();
    value.kind = kind;
    value.at = op_;
    return value;
  }

  void push_int(int64_t n) { push(Kind::Int).integer = n; }

  uint32_t pop() {
    if (stack_.empty()) fail(op_, "the stack is empty");
    const uint32_t index = stack_.back();
    if (value(index).kind == Kind::Mark) fail(op_, "a mark where a value is needed");
    stack_.pop_back();
    return index;
  }

  PickleValue& value(uint32_t index) { return pickle_.values_[index]; }

  // The values above the last mark, which goes with them.
  std::vector<uint32_t> pop_to_mark() {
    size_t from = stack_.size();
    while (from > 0 && value(stack_[from - 1]).kind != Kind::Mark) from--;
    if (from == 0) fail(op_, "no mark on the stack");
    std::vector<uint32_t> items(stack_.begin() + static_cast<ptrdiff_t>(from), stack_.end());
    stack_.resize(from - 1);
    return items;
  }

  void push_tuple(std::vector<uint32_t> items) { push(Kind::Tuple).items = std::move(items); }

  void push_tuple(size_t n) {
    std::vector<uint32_t> items(n);
    for (size_t i = n; i-- > 0;) items[i] = pop();
    push_tuple(std::move(items));
  }

  void push_bytes(size_t width) {
    const uint64_t n = little_endian(width);
    push(Kind::Bytes).bytes = take(n);
  }

  void stack_global() {
    const uint32_t name = pop(), module = pop();
    if (value(name).kind != Kind::Text || value(module).kind != Kind::Text) fail(op_, "a class whose name is no text");
    const std::pair wanted{value(module).text, value(name).text};
    if (std::find(std::begin(KNOWN_GLOBALS), std::end(KNOWN_GLOBALS), wanted) == std::end(KNOWN_GLOBALS))
      fail(value(module).at, "it wants \"" + printable(wanted.first) + "." + printable(wanted.second) +
                                 "\", which is not part of xAI's checkpoint; it was not loaded");
    PickleValue& global = push(Kind::Global);
    global.module = wanted.first;
    global.text = wanted.second;
  }

  // REDUCE and NEWOBJ: the callable is noted with its arguments.
  void call() {
    const uint32_t arguments = pop(), callable = pop();
    if (value(callable).kind != Kind::Global || value(arguments).kind != Kind::Tuple) fail(op_, "a call of something else than a class");
    push(Kind::Call).items = {callable, arguments};
  }

  void build() {
    const uint32_t state = pop();
    if (stack_.empty() || value(stack_.back()).kind != Kind::Call || value(stack_.back()).items.size() != 2)
      fail(op_, "a state for something that takes none");
    value(stack_.back()).items.push_back(state);
  }

  void set_items() {
    const std::vector<uint32_t> items = pop_to_mark();
    if (stack_.empty() || value(stack_.back()).kind != Kind::Dict || items.size() % 2) fail(op_, "entries for something that is no dictionary");
    auto& entries = value(stack_.back()).items;
    entries.insert(entries.end(), items.begin(), items.end());
    if (entries.size() > MAX_VALUES) fail(op_, "more entries than a parameter of the checkpoint has");
  }

  void get(uint8_t index) {
    if (index >= memo_.size()) fail(op_, "no value is remembered under " + std::to_string(index));
    if (stack_.size() == MAX_VALUES) fail(op_, "more values than a parameter of the checkpoint has");
    stack_.push_back(memo_[index]);
  }

  void memoize() {
    const uint32_t index = pop();
    stack_.push_back(index);
    if (memo_.size() == MAX_VALUES) fail(op_, "more values than a parameter of the checkpoint has");
    memo_.push_back(index);
  }

  static std::string printable(std::string_view text) {
    std::string out(text.substr(0, 80));
    for (char& c : out)
      if (c < 0x20 || c > 0x7E) c = '?';
    return out;
  }

  // One opcode; false at STOP.
  bool step() {
    op_ = at_;
    const uint8_t op = byte();
    switch (op) {
      case 0x95: {  // FRAME
        const uint64_t length = little_endian(8);
        if (length > file_.size() - at_) fail(op_, "a frame of " + std::to_string(length) + " bytes, but the file is shorter (truncated?)");
        break;
      }
      case 0x8C: {  // SHORT_BINUNICODE
        const uint8_t n = byte();
        push(Kind::Text).text = text(n);
        break;
      }
      case 'C': push_bytes(1); break;   // SHORT_BINBYTES
      case 'B': push_bytes(4); break;   // BINBYTES
      case 0x8E: push_bytes(8); break;  // BINBYTES8
      case 'K': push_int(static_cast<int64_t>(little_endian(1))); break;  // BININT1
      case 'M': push_int(static_cast<int64_t>(little_endian(2))); break;  // BININT2
      case 'J': push_int(static_cast<int32_t>(static_cast<uint32_t>(little_endian(4)))); break;  // BININT
      case 'N': push(Kind::None); break;
      case 0x88: push(Kind::Bool).integer = 1; break;  // NEWTRUE
      case 0x89: push(Kind::Bool); break;              // NEWFALSE
      case '(': push(Kind::Mark); break;
      case ')': push_tuple(size_t{0}); break;   // EMPTY_TUPLE
      case 0x85: push_tuple(size_t{1}); break;  // TUPLE1
      case 0x86: push_tuple(size_t{2}); break;
      case 0x87: push_tuple(size_t{3}); break;
      case 't': push_tuple(pop_to_mark()); break;  // TUPLE
      case '}': push(Kind::Dict); break;           // EMPTY_DICT
      case 'u': set_items(); break;                // SETITEMS
      case 'h': get(byte()); break;                // BINGET
      case 0x94: memoize(); break;                 // MEMOIZE
      case 0x93: stack_global(); break;            // STACK_GLOBAL
      case 'R': case 0x81: call(); break;          // REDUCE, NEWOBJ
      case 'b': build(); break;                    // BUILD
      case '.':                                    // STOP
        pickle_.root_ = pop();
        if (!stack_.empty()) fail(op_, "values are left over at the end");
        return false;
      default: {
        static constexpr char HEX[] = "0123456789abcdef";
        fail(op_, std::string("the opcode 0x") + HEX[op >> 4] + HEX[op & 15] + " is not part of xAI's checkpoint");
      }
    }
    return true;
  }

  Pickle& pickle_;
  std::span<const std::byte> file_;
  const std::string& path_;
  size_t at_ = 0, op_ = 0;  // the next byte; the opcode at work
  std::vector<uint32_t> stack_, memo_;
};

Pickle::Pickle(std::span<const std::byte> file, const std::string& path) {
  PickleReader(*this, file, path).run();
}

}  // namespace wisecrack
