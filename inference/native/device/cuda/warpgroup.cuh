#pragma once
// The tensor cores of compute capability 9.0 (sm_90a), which four warps drive together while they do something else: PTX behind functions,
// as in intrinsics.cuh. What they read and write is theirs from multiply_async() until the group of products has been waited for.
#include "device/cuda/operand.cuh"

namespace wisecrack::cuda {

#if !defined(__CUDACC__) || defined(__CUDA_ARCH_FEAT_SM90_ALL)
constexpr bool HAS_WARPGROUPS = true;
#else
constexpr bool HAS_WARPGROUPS = false;  // the host's pass, and other cards
#endif

constexpr int WIDE_N = 128;  // tokens of one product

/// Before the first product, and after accumulators or operands in registers were written by anything else.
__device__ __forceinline__ void begin_products() {
#ifdef __CUDA_ARCH_FEAT_SM90_ALL
  asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
#endif
}

/// Shows what this thread's copies have brought to the tensor cores, which read shared memory by a way of their own. A barrier follows.
__device__ __forceinline__ void show_copies() {
#ifdef __CUDA_ARCH_FEAT_SM90_ALL
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
#elif !defined(__CUDACC__)
  simt::show_copies();
#endif
}

/// d[64, 128] (+)= a[64, 16] . b[128, 16]^T, bf16 in, float32 out; `add` says whether to d or to zero. Warp w of four has the rows from 16 w,
/// held as mma() wants a and d: d[i] are the tokens from 8 i on. `b` is the first row's first value, in rows of 128 bytes whose 16-byte pieces
/// are turned by their number modulo 8; row 0 begins at a multiple of 1024 bytes (PTX ISA, wgmma: K-major, 128-byte swizzling).
__device__ __forceinline__ void multiply_async(float (&d)[WIDE_N / 8][4], const uint32_t (&a)[4], const bf16* b, bool add) {
#ifdef __CUDA_ARCH_FEAT_SM90_ALL
  const auto address = static_cast<uint32_t>(__cvta_generic_to_shared(b));
  // In units of 16 bytes: where it begins, (a step that this layout does not use), eight rows further; then the kind of swizzling.
  const uint64_t there = (address >> 4 & 0x3FFF) | uint64_t{1} << 16 | uint64_t{1024 >> 4} << 32 | uint64_t{1} << 62;
#define WC_D(i) "+f"(d[i][0]), "+f"(d[i][1]), "+f"(d[i][2]), "+f"(d[i][3])
  asm volatile(
      "{\n.reg .pred add;\nsetp.ne.b32 add, %69, 0;\n"
      "wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 "
      "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
      "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
      "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
      "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63}, "
      "{%64, %65, %66, %67}, %68, add, 1, 1, 0;\n}"
      : WC_D(0), WC_D(1), WC_D(2), WC_D(3), WC_D(4), WC_D(5), WC_D(6), WC_D(7), WC_D(8), WC_D(9), WC_D(10), WC_D(11), WC_D(12), WC_D(13),
        WC_D(14), WC_D(15)
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(there), "r"(static_cast<int>(add)));
#undef WC_D
#elif !defined(__CUDACC__)
  simt::multiply_async(&d[0][0], a, b, add, std::source_location::current());
#endif
}

/// Closes the group of products that this warpgroup has started since the last one.
__device__ __forceinline__ void commit_products() {
#ifdef __CUDA_ARCH_FEAT_SM90_ALL
  asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
#elif !defined(__CUDACC__)
  simt::commit_products();
#endif
}

/// Waits for this warpgroup's groups of products, all but the last PENDING.
template <int PENDING>
__device__ __forceinline__ void wait_products() {
#ifdef __CUDA_ARCH_FEAT_SM90_ALL
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(PENDING) : "memory");
#elif !defined(__CUDACC__)
  simt::wait_products(PENDING, std::source_location::current());
#endif
}

/// After the wait for all products: the compiler must not take the accumulators for what they were before.
__device__ __forceinline__ void take(float (&d)[WIDE_N / 8][4]) {
#ifdef __CUDA_ARCH_FEAT_SM90_ALL
#pragma unroll
  for (int i = 0; i < WIDE_N / 8; i++)
#pragma unroll
    for (int r = 0; r < 4; r++) asm volatile("" : "+f"(d[i][r])::"memory");
#else
  static_cast<void>(d);
#endif
}

}  // namespace wisecrack::cuda
