#include "io/parameter.h"

#include "io/error.h"
#include "io/pickle.h"

namespace wisecrack {
namespace {

using Kind = PickleValue::Kind;

// Recognises in a pickle what numpy writes: numpy/core/src/multiarray/methods.c, array_reduce and array_setstate.
class Arrays {
 public:
  Arrays(const Pickle& pickle, const std::string& path) : pickle_(pickle), path_(path) {}

  Parameter parameter() const {
    const PickleValue& root = pickle_.root();
    if (!is_call(root, "QuantizedWeight8bit")) {
      Parameter plain{array(root), std::nullopt};
      if (plain.weight.dtype != "F32") fail(root, "an array that is not float32");
      return plain;
    }
    Parameter quantized;
    bool found = false;
    const PickleValue& state = pickle_.item(root, 2);
    if (!pickle_.item(root, 1).items.empty() || state.kind != Kind::Dict || state.items.size() != 4)
      fail(root, "QuantizedWeight8bit holds something else than weight and scales");
    for (size_t i = 0; i < 4; i += 2) {
      const PickleValue& key = pickle_.item(state, i);
      const Tensor value = array(pickle_.item(state, i + 1));
      if (key.kind == Kind::Text && key.text == "weight" && !found) {
        quantized.weight = value;
        found = true;
      } else if (key.kind == Kind::Text && key.text == "scales" && !quantized.scales) {
        quantized.scales = value;
      } else {
        fail(key, "QuantizedWeight8bit holds something else than weight and scales");
      }
    }
    check_scales(root, quantized.weight, *quantized.scales);
    return quantized;
  }

 private:
  [[noreturn]] void fail(const PickleValue& value, const std::string& reason) const {
    throw invalid(path_ + ": byte " + std::to_string(value.at) + ": " + reason);
  }

  bool is_global(const PickleValue& value, std::string_view name) const { return value.kind == Kind::Global && value.text == name; }

  // A call of that class whose state is set.
  bool is_call(const PickleValue& value, std::string_view name) const {
    return value.kind == Kind::Call && value.items.size() == 3 && is_global(pickle_.item(value, 0), name);
  }

  bool is_bool(const PickleValue& value, bool wanted) const { return value.kind == Kind::Bool && value.integer == wanted; }

  // dtype("f4", False, True) with the state (3, "<", None, None, None, ...): what it is by the names of safetensors.
  std::string dtype(const PickleValue& value) const {
    if (!is_call(value, "dtype")) fail(value, "no dtype of numpy");
    const PickleValue &arguments = pickle_.item(value, 1), &state = pickle_.item(value, 2);
    const bool right = arguments.items.size() == 3 && is_bool(pickle_.item(arguments, 1), false) &&
                       is_bool(pickle_.item(arguments, 2), true) && state.kind == Kind::Tuple && state.items.size() == 8 &&
                       pickle_.item(state, 1).kind == Kind::Text;
    if (!right) fail(value, "a dtype of an unknown form");
    const PickleValue& type = pickle_.item(arguments, 0);
    const std::string_view order = pickle_.item(state, 1).text;
    for (size_t i = 2; i < 5; i++)  // no fields, no subarray
      if (pickle_.item(state, i).kind != Kind::None) fail(value, "a dtype with fields");
    if (type.kind == Kind::Text && type.text == "f4" && order == "<") return "F32";
    if (type.kind == Kind::Text && type.text == "i1" && order == "|") return "I8";
    if (is_global(type, "bfloat16") && order == "<") return "BF16";
    fail(value, "a dtype other than little-endian float32, int8 and bfloat16");
  }

  // _reconstruct(ndarray, (0,), b"b") with the state (1, shape, dtype, fortran_order, bytes).
  Tensor array(const PickleValue& value) const {
    if (!is_call(value, "_reconstruct")) fail(value, "no array of numpy");
    const PickleValue &arguments = pickle_.item(value, 1), &state = pickle_.item(value, 2);
    if (arguments.items.size() != 3 || !is_global(pickle_.item(arguments, 0), "ndarray") || state.kind != Kind::Tuple ||
        state.items.size() != 5)
      fail(value, "an array of an unknown form");
    const PickleValue &shape = pickle_.item(state, 1), &bytes = pickle_.item(state, 4);
    if (shape.kind != Kind::Tuple || shape.items.size() > 8 || bytes.kind != Kind::Bytes) fail(value, "an array of an unknown form");
    if (!is_bool(pickle_.item(state, 3), false)) fail(value, "an array in Fortran's order");
    Tensor tensor;
    tensor.dtype = dtype(pickle_.item(state, 2));
    uint64_t size = tensor.dtype == "F32" ? 4 : tensor.dtype == "BF16" ? 2 : 1;
    for (size_t i = 0; i < shape.items.size(); i++) {
      const PickleValue& n = pickle_.item(shape, i);
      if (n.kind != Kind::Int || n.integer < 1) fail(n, "a dimension that is no whole number > 0");
      if (__builtin_mul_overflow(size, static_cast<uint64_t>(n.integer), &size)) fail(n, "a shape too large");
      tensor.shape.push_back(n.integer);
    }
    if (bytes.bytes.size() != size)
      fail(bytes, std::to_string(bytes.bytes.size()) + " bytes of data, but the shape " + shape_text(tensor.shape) + " needs " +
                      std::to_string(size));
    tensor.data = bytes.bytes.data();
    tensor.bytes = size;
    return tensor;
  }

  // Scales have the weight's shape, but for the inputs, which they share in groups.
  void check_scales(const PickleValue& root, const Tensor& weight, const Tensor& scales) const {
    if (weight.dtype != "I8" || scales.dtype != "BF16") fail(root, "QuantizedWeight8bit is not int8 with bfloat16 scales");
    const size_t rank = weight.shape.size();
    bool fits = rank >= 2 && scales.shape.size() == rank;
    for (size_t i = 0; fits && i < rank; i++)
      fits = i == rank - 2 ? weight.shape[i] % scales.shape[i] == 0 : weight.shape[i] == scales.shape[i];
    if (!fits) fail(root, "scales " + shape_text(scales.shape) + " do not fit the weight " + shape_text(weight.shape));
  }

  const Pickle& pickle_;
  const std::string& path_;
};

}  // namespace

Parameter read_parameter(std::span<const std::byte> file, const std::string& path) {
  const Pickle pickle(file, path);
  return Arrays(pickle, path).parameter();
}

}  // namespace wisecrack
