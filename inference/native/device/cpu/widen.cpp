#include "device/cpu/widen.h"

#include <algorithm>
#include <cstring>

#include "device/bf16.h"

namespace wisecrack {
namespace {

// memcpy because mapped files need not be aligned.
template <class T>
T read(const void* data, size_t at) {
  T value;
  std::memcpy(&value, static_cast<const char*>(data) + at * sizeof value, sizeof value);
  return value;
}

// Inputs of one group at a time: they share a scale.
void widen_int8(const Matrix& w, size_t row, size_t begin, size_t n, size_t at, size_t step, float* out) {
  const size_t length = w.cols / w.groups;
  for (size_t i = 0; i < n;) {
    const size_t group = (begin + i) / length, end = std::min(n, (group + 1) * length - begin);
    const float scale = scale_at(w, group, row);
    for (; i < end; i++) {
      const float product = static_cast<float>(read<int8_t>(w.data, at + i * step)) * scale;
      out[i] = w.round_product ? round_bf16(product) : product;
    }
  }
}

}  // namespace

void widen(const Matrix& w, size_t row, size_t begin, size_t n, float* out) {
  const size_t step = w.by_input ? w.pitch() : 1, at = w.by_input ? begin * step + row : row * w.pitch() + begin;
  switch (w.dtype) {
    case DType::F32:
      for (size_t i = 0; i < n; i++) out[i] = read<float>(w.data, at + i * step);
      break;
    case DType::BF16:
      for (size_t i = 0; i < n; i++) out[i] = to_float(read<bf16>(w.data, at + i * step));
      break;
    case DType::I8: widen_int8(w, row, begin, n, at, step, out); break;
  }
}

}  // namespace wisecrack
