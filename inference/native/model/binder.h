#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "device/device.h"
#include "io/safetensors.h"
#include "model/weights.h"

namespace wisecrack {

/// Fetches tensors by name and collects complaints, so that one error can list them all.
class Binder {
 public:
  /// All three must outlive the matrices that come of it. `round_product` is that of int8 matrices.
  Binder(const Tensors& tensors, Copies& copies, bool round_product)
      : tensors_(tensors), copies_(copies), round_product_(round_product) {}

  /// A matrix of that many outputs and inputs, from [rows, cols] or, where the tensor says so, [cols, rows].
  Matrix matrix(const std::string& name, int64_t rows, int64_t cols);

  /// A small float matrix as [rows, cols], turned round if need be.
  Matrix upright(const std::string& name, int64_t rows, int64_t cols);

  std::vector<float> vector(const std::string& name, int64_t n);

  /// A tensor that may be there if it equals `matrix` (a tied output projection that was written out).
  void same_as(const std::string& name, const Matrix& matrix);

  /// Throws when anything was wrong or nobody asked for a tensor.
  void finish(const std::string& folder);

 private:
  void complain(const std::string& text);
  const Tensor* find(const std::string& name, const std::vector<int64_t>& shape, bool may_be_int8 = false);
  void bind_scales(const std::string& name, Matrix& matrix);

  const Tensors& tensors_;
  Copies& copies_;
  bool round_product_;
  std::set<std::string> used_;
  std::string wrong_;
  size_t count_ = 0;
};

}  // namespace wisecrack
