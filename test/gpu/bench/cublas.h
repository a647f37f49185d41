#pragma once
#include "bench/card.h"

namespace bench {

/// cuBLAS, to compare with, where the machine has it: it is opened at run time (WISECRACK_CUBLAS: where it lies).
class CublasGemm {
 public:
  explicit CublasGemm(Card& card);
  ~CublasGemm();
  CublasGemm(const CublasGemm&) = delete;
  CublasGemm& operator=(const CublasGemm&) = delete;

  /// FLOP/s of a bf16 product of [rows, inner] and [columns, inner] into bf16; 0 where there is no cuBLAS.
  double rate(size_t rows, size_t columns, size_t inner);

 private:
  Card& card_;
  void* library_ = nullptr;
  void* handle_ = nullptr;
};

}  // namespace bench
