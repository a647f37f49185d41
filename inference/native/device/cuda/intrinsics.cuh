#pragma once
// What kernels need beyond plain CUDA: PTX behind functions, each with a second body for the emulator (test/simt), which compiles the
// same kernels with the host's compiler.
//
// Rules for kernels, so that the emulator can run them: all shared memory is one struct, got by shared_memory<T>(); PTX only here; a
// block never waits for another one of its card; a warp that ends takes all its lanes with it.
#include <cuda_runtime.h>

#include <cstdint>

#ifndef __CUDACC__
#include "device/bf16.h"
#endif

namespace wisecrack::cuda {

using bf16 = uint16_t;  // as it lies in memory: the upper half of a float

constexpr int WARP = 32;
constexpr uint32_t ALL_LANES = 0xFFFFFFFF;

/// The block's dynamic shared memory as a T.
template <class T>
__device__ __forceinline__ T& shared_memory() {
#ifdef __CUDACC__
  extern __shared__ __align__(1024) unsigned char wisecrack_shared[];
  return *reinterpret_cast<T*>(wisecrack_shared);
#else
  return *static_cast<T*>(simt::shared_memory(sizeof(T)));
#endif
}

__device__ __forceinline__ float widen(bf16 value) { return __uint_as_float(static_cast<uint32_t>(value) << 16); }
__device__ __forceinline__ float widen_low(uint32_t pair) { return __uint_as_float(pair << 16); }
__device__ __forceinline__ float widen_high(uint32_t pair) { return __uint_as_float(pair & 0xFFFF0000); }

/// Two floats to the nearest bf16, ties to even; `low` in the lower half.
__device__ __forceinline__ uint32_t pack_bf16(float low, float high) {
#ifdef __CUDACC__
  uint32_t pair;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
  return pair;
#else
  return to_bf16(low) | static_cast<uint32_t>(to_bf16(high)) << 16;
#endif
}
__device__ __forceinline__ bf16 narrow(float value) { return static_cast<bf16>(pack_bf16(value, 0)); }
__device__ __forceinline__ float rounded(float value) { return widen_low(pack_bf16(value, 0)); }
/// What a kernel stores: rounded to bf16 where the reference's arrays are bf16.
template <bool EXACT>
__device__ __forceinline__ float stored(float value) {
  return EXACT ? value : rounded(value);
}

/// 16 bytes that are read once: they need no place in the L1 cache.
__device__ __forceinline__ uint4 load_stream(const void* address) {
#ifdef __CUDACC__
  uint4 v;
  asm("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "l"(address));
  return v;
#else
  if (reinterpret_cast<uintptr_t>(address) % 16) simt::fail("a 16-byte load from an address that is no multiple of 16");
  simt::counters().streamed += 16;
  return *static_cast<const uint4*>(address);
#endif
}

/// 16 bytes from global or shared memory.
__device__ __forceinline__ uint4 load16(const void* address) {
#ifndef __CUDACC__
  if (reinterpret_cast<uintptr_t>(address) % 16) simt::fail("a 16-byte load from an address that is no multiple of 16");
#endif
  return *static_cast<const uint4*>(address);
}

/// d[16, 8] += a[16, 16] . b[16, 8], bf16 in, float32 out. Lane 4g + t holds
/// a: rows g, g + 8 at columns 2t, 2t + 1; then both at columns 2t + 8, 2t + 9. b: rows 2t, 2t + 1; then 2t + 8, 2t + 9, of column g.
/// d: row g at columns 2t, 2t + 1; then row g + 8 (PTX ISA, mma.m16n8k16).
__device__ __forceinline__ void mma(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
#ifdef __CUDACC__
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#else
  simt::current()->call = {.kind = simt::Collective::Mma, .mask = ~0u, .d = d, .a = a, .b = b};
  simt::collective(std::source_location::current());
#endif
}

/// Four 8x8 matrices of 16-bit values from shared memory, transposed: lane 8m + i gives the address of row i of matrix m, lane 4g + t
/// gets rows 2t, 2t + 1 of column g of each (PTX ISA, ldmatrix.x4.trans).
__device__ __forceinline__ void load_transposed(uint32_t (&r)[4], const void* row) {
#ifdef __CUDACC__
  const auto address = static_cast<uint32_t>(__cvta_generic_to_shared(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(address)
               : "memory");
#else
  simt::current()->call = {.kind = simt::Collective::LoadMatrix, .mask = ~0u, .row = row, .r = r};
  simt::collective(std::source_location::current());
#endif
}

/// Starts a copy of 16 bytes to shared memory; of zeros when not `valid` (`from` is not read then).
__device__ __forceinline__ void copy_async(void* to, const void* from, bool valid = true) {
#ifdef __CUDACC__
  const auto address = static_cast<uint32_t>(__cvta_generic_to_shared(to));
  const int bytes = valid ? 16 : 0;
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(address), "l"(from), "r"(bytes) : "memory");
#else
  simt::copy_async(to, from, valid);
#endif
}
/// The same for 4 bytes.
__device__ __forceinline__ void copy_async_word(void* to, const void* from, bool valid) {
#ifdef __CUDACC__
  const auto address = static_cast<uint32_t>(__cvta_generic_to_shared(to));
  const int bytes = valid ? 4 : 0;
  asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(address), "l"(from), "r"(bytes) : "memory");
#else
  simt::copy_async(to, from, valid, 4);
#endif
}
/// Closes the group of copies that this thread has started since the last one.
__device__ __forceinline__ void commit_copies() {
#ifdef __CUDACC__
  asm volatile("cp.async.commit_group;" ::: "memory");
#else
  simt::commit_copies();
#endif
}
/// Waits for this thread's groups, all but the last PENDING. Other threads' copies are there after a barrier.
template <int PENDING>
__device__ __forceinline__ void wait_copies() {
#ifdef __CUDACC__
  asm volatile("cp.async.wait_group %0;" ::"n"(PENDING) : "memory");
#else
  simt::wait_copies(PENDING);
#endif
}

/// Words that cards tell each other: what was written before a release is seen after the acquire that reads it.
__device__ __forceinline__ uint32_t load_acquire(const uint32_t* address) {
#ifdef __CUDACC__
  uint32_t value;
  asm volatile("ld.acquire.sys.global.u32 %0, [%1];" : "=r"(value) : "l"(address) : "memory");
  return value;
#else
  return *address;
#endif
}
__device__ __forceinline__ void store_release(uint32_t* address, uint32_t value) {
#ifdef __CUDACC__
  asm volatile("st.release.sys.global.u32 [%0], %1;" ::"l"(address), "r"(value) : "memory");
#else
  *address = value;
  simt::wrote_to_peer();
#endif
}
__device__ __forceinline__ uint64_t clock_ns() {
#ifdef __CUDACC__
  uint64_t now;
  asm volatile("mov.u64 %0, %globaltimer;" : "=l"(now));
  return now;
#else
  return 0;
#endif
}
/// Another look at what a peer has to do. After half a minute it never will: the kernel ends with an error, and the step with it.
__device__ __forceinline__ void wait_for_peer(uint64_t begin) {
#ifdef __CUDACC__
  if (clock_ns() - begin > 30'000'000'000) __trap();
#else
  static_cast<void>(begin);
  simt::wait_for_peers();
#endif
}

__device__ __forceinline__ float warp_sum(float value) {
#pragma unroll
  for (int flip = WARP / 2; flip > 0; flip /= 2) value += __shfl_xor_sync(ALL_LANES, value, flip);
  return value;
}

}  // namespace wisecrack::cuda
