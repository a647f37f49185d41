#include "bench/cublas.h"

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace bench {
namespace {

// The part of cublas_v2.h that is used (cuBLAS library documentation).
using Create = int (*)(void** handle);
using Destroy = int (*)(void* handle);
using SetStream = int (*)(void* handle, cudaStream_t stream);
using GemmEx = int (*)(void* handle, int op_a, int op_b, int m, int n, int k, const void* alpha, const void* a, int type_a, int lda,
                       const void* b, int type_b, int ldb, const void* beta, void* c, int type_c, int ldc, int compute, int algorithm);
constexpr int OP_N = 0, OP_T = 1, R_16BF = 14, COMPUTE_32F = 68, GEMM_DEFAULT = -1;

void* open_library() {
  const char* wanted = std::getenv("WISECRACK_CUBLAS");
  for (const char* name : {wanted ? wanted : "libcublas.so", "libcublas.so.13", "libcublas.so.12"})
    if (void* library = dlopen(name, RTLD_NOW | RTLD_LOCAL)) return library;
  return nullptr;
}

template <class Function>
Function find(void* library, const char* name) {
  const auto function = reinterpret_cast<Function>(dlsym(library, name));
  if (!function) throw std::runtime_error(std::string("cuBLAS lacks ") + name);
  return function;
}

void demand_done(int status, const char* what) {
  if (status) throw std::runtime_error(std::string(what) + ": cuBLAS status " + std::to_string(status));
}

}  // namespace

CublasGemm::CublasGemm(Card& card) : card_(card), library_(open_library()) {
  if (!library_) {
    std::fprintf(stderr, "no cuBLAS to compare with (WISECRACK_CUBLAS says where one lies)\n");
    return;
  }
  demand_done(find<Create>(library_, "cublasCreate_v2")(&handle_), "cublasCreate");
  demand_done(find<SetStream>(library_, "cublasSetStream_v2")(handle_, card.memory.stream()), "cublasSetStream");
}

CublasGemm::~CublasGemm() {
  if (handle_) find<Destroy>(library_, "cublasDestroy_v2")(handle_);
}

double CublasGemm::rate(size_t rows, size_t columns, size_t inner) {
  if (!handle_) return 0;
  const Matrix a = card_.matrix(DType::BF16, rows, inner), b = card_.matrix(DType::BF16, columns, inner);
  auto* c = card_.take<uint16_t>(rows * columns);
  const auto gemm = find<GemmEx>(library_, "cublasGemmEx");
  const float one = 1, zero = 0;
  const int m = static_cast<int>(rows), n = static_cast<int>(columns), k = static_cast<int>(inner);
  const double seconds = card_.seconds([&] {
    demand_done(gemm(handle_, OP_T, OP_N, m, n, k, &one, a.data, R_16BF, k, b.data, R_16BF, k, &zero, c, R_16BF, m, COMPUTE_32F, GEMM_DEFAULT),
                "cublasGemmEx");
  });
  const double flops = 2.0 * static_cast<double>(rows) * static_cast<double>(columns) * static_cast<double>(inner), rate = flops / seconds;
  Row row{"cuBLAS", "bf16", columns, seconds};
  row.flops = flops;
  row.ratio = 1;
  card_.print(row);
  return rate;
}

}  // namespace bench
