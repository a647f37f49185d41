#include "model/binder.h"

#include <cstring>

#include "device/bf16.h"
#include "io/error.h"
#include "io/names.h"

namespace wisecrack {
namespace {

constexpr size_t SHOWN = 2000;  // complaints in one message

float float_at(const Tensor& tensor, size_t i) {
  if (tensor.dtype == "F32") {
    float value;
    std::memcpy(&value, tensor.data + i * sizeof value, sizeof value);
    return value;
  }
  bf16 value;
  std::memcpy(&value, tensor.data + i * sizeof value, sizeof value);
  return to_float(value);
}

// Shapes of scales that others write: one per output, or one per output and group.
bool is_per_output(const Tensor& t, size_t rows) {
  return (t.shape.size() == 1 || t.shape.size() == 2) && t.shape[0] == static_cast<int64_t>(rows) && t.bytes > 0;
}

}  // namespace

void Binder::complain(const std::string& text) {
  if (++count_ <= SHOWN) wrong_ += "\n  " + text;
}

const Tensor* Binder::find(const std::string& name, const std::vector<int64_t>& shape, bool may_be_int8) {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) {
    complain(name + " " + shape_text(shape) + " is missing");
    return nullptr;
  }
  used_.insert(name);
  const Tensor& tensor = found->second;
  const std::vector<int64_t> stored = tensor.by_input ? std::vector<int64_t>(shape.rbegin(), shape.rend()) : shape;
  if (tensor.shape != stored) {
    complain(name + " is " + shape_text(tensor.shape) + ", must be " + shape_text(stored));
    return nullptr;
  }
  const bool is_float = tensor.dtype == "BF16" || tensor.dtype == "F32";
  if (!is_float && !(may_be_int8 && tensor.dtype == "I8")) {
    complain(name + " is " + tensor.dtype + ", must be BF16 or F32" + (may_be_int8 ? " or I8 with scales" : ""));
    return nullptr;
  }
  return &tensor;
}

Matrix Binder::matrix(const std::string& name, int64_t rows, int64_t cols) {
  const Tensor* tensor = find(name, {rows, cols}, true);
  if (!tensor) return {};
  Matrix m;
  m.data = tensor->data;
  m.dtype = tensor->dtype == "BF16" ? DType::BF16 : tensor->dtype == "F32" ? DType::F32 : DType::I8;
  m.rows = static_cast<size_t>(rows);
  m.cols = static_cast<size_t>(cols);
  m.by_input = tensor->by_input;
  m.round_product = round_product_;
  if (m.dtype == DType::I8) bind_scales(name, m);
  else if (m.by_input) complain(name + " is " + tensor->dtype + " [in, out]; only int8 weights may lie so");
  return m;
}

// Ours, [groups, rows], are used where they lie; those of other tools, [rows] or [rows, groups], are turned round.
void Binder::bind_scales(const std::string& name, Matrix& m) {
  const auto rows = static_cast<int64_t>(m.rows);
  if (const auto ours = tensors_.find(name + std::string(SCALES)); ours != tensors_.end()) {
    const Tensor& t = ours->second;
    used_.insert(ours->first);
    if (t.dtype != "BF16" || t.shape.size() != 2 || t.shape[1] != rows || t.shape[0] < 1 || static_cast<int64_t>(m.cols) % t.shape[0])
      return complain(ours->first + " is " + t.dtype + " " + shape_text(t.shape) + ", must be BF16 [groups of inputs, " +
                      std::to_string(rows) + "]");
    m.scales = t.data;
    m.groups = static_cast<size_t>(t.shape[0]);
    return;
  }
  const auto theirs = tensors_.find(name + std::string(SCALE));
  if (theirs == tensors_.end()) return complain(name + " is I8, but " + name + std::string(SCALES) + " is missing");
  const Tensor& t = theirs->second;
  used_.insert(theirs->first);
  const int64_t groups = t.shape.size() == 2 ? t.shape[1] : 1;
  if ((t.dtype != "BF16" && t.dtype != "F32") || !is_per_output(t, m.rows) || static_cast<int64_t>(m.cols) % groups)
    return complain(theirs->first + " is " + t.dtype + " " + shape_text(t.shape) + ", must be BF16 or F32 [" + std::to_string(rows) +
                    ", groups of inputs]");
  m.groups = static_cast<size_t>(groups);
  auto& copy = copies_.emplace_back(m.rows * m.groups * sizeof(bf16));
  for (size_t o = 0; o < m.rows; o++) {
    for (size_t g = 0; g < m.groups; g++) {
      const float value = float_at(t, o * m.groups + g);
      const bf16 scale = to_bf16(value);
      if (to_float(scale) != value) return complain(theirs->first + " holds " + std::to_string(value) + ", which is no bfloat16");
      std::memcpy(copy.data() + (g * m.rows + o) * sizeof scale, &scale, sizeof scale);
    }
  }
  m.scales = copy.data();
}

Matrix Binder::upright(const std::string& name, int64_t rows, int64_t cols) {
  const Tensor* tensor = find(name, {rows, cols});
  if (!tensor) return {};
  Matrix m;
  m.data = tensor->data;
  m.dtype = tensor->dtype == "BF16" ? DType::BF16 : DType::F32;
  m.rows = static_cast<size_t>(rows);
  m.cols = static_cast<size_t>(cols);
  if (!tensor->by_input) return m;
  const size_t width = size_of(m.dtype);
  auto& copy = copies_.emplace_back(m.rows * m.cols * width);
  for (size_t r = 0; r < m.rows; r++)
    for (size_t c = 0; c < m.cols; c++)
      std::memcpy(copy.data() + (r * m.cols + c) * width, tensor->data + (c * m.rows + r) * width, width);
  m.data = copy.data();
  return m;
}

std::vector<float> Binder::vector(const std::string& name, int64_t n) {
  const Tensor* tensor = find(name, {n});
  std::vector<float> values(tensor ? static_cast<size_t>(n) : 0);
  for (size_t i = 0; i < values.size(); i++) values[i] = float_at(*tensor, i);
  return values;
}

void Binder::same_as(const std::string& name, const Matrix& matrix) {
  const auto found = tensors_.find(name);
  if (found == tensors_.end() || !matrix.data) return;
  used_.insert(name);
  const Tensor& t = found->second;
  const size_t row = matrix.cols * size_of(matrix.dtype), bytes = matrix.rows * row;
  const char* ours = static_cast<const char*>(matrix.data);
  bool same = t.bytes == bytes;
  // A row in a hundred tells as well as all: to read both whole would double the time to load.
  for (size_t r = 0; same && r < matrix.rows; r += 100) same = std::memcmp(ours + r * row, t.data + r * row, row) == 0;
  if (!same) complain(name + " is not the embedding: in Grok-1 they are one matrix");
}

void Binder::finish(const std::string& folder) {
  for (const auto& [name, tensor] : tensors_)
    if (!used_.count(name)) complain(name + " " + shape_text(tensor.shape) + " is unknown");
  if (count_ == 0) return;
  if (count_ > SHOWN) wrong_ += "\n  and " + std::to_string(count_ - SHOWN) + " more";
  throw invalid(folder + ": " + std::to_string(count_) + " tensors do not fit config.json:" + wrong_);
}

}  // namespace wisecrack
