// Attention.
#include <type_traits>

#include "device/cuda/arguments.cuh"
#include "device/cuda/attention_exact.cuh"
#include "device/cuda/cuda_device.h"
#include "device/cuda/launch.h"

namespace wisecrack::cuda {

void CudaDevice::attention(const float* q, const KvLayer& cache, HeadShape heads, float multiplier, float* attended) {
  if (round_activations()) attend_rounded(q, cache, heads, multiplier, attended);
  else attend_exactly(q, cache, heads, multiplier, attended);
}

void CudaDevice::attend_exactly(const float* q, const KvLayer& cache, HeadShape heads, float multiplier, float* attended) {
  launch("attention_exact", attention_exact, dim3(whole(inputs_.rows), whole(heads.q_heads)), WARP, sizeof(ExactShared), stream(), q,
         view_of<float>(cache, heads.key_size), view(), whole(heads.q_heads), whole(heads.kv_heads), multiplier, attended);
}

void CudaDevice::attend_rounded(const float* q, const KvLayer& cache, HeadShape heads, float multiplier, float* attended) {
  const size_t segments = inputs_.segments;
  partial_.at_least(inputs_.singles * segments * heads.q_heads * (heads.key_size + 1));
  const AttentionJob job{as<bf16>(q),
                         as<bf16>(attended),
                         view_of<bf16>(cache, heads.key_size),
                         view(),
                         whole(heads.q_heads),
                         whole(heads.kv_heads),
                         multiplier,
                         input(inputs_.single),
                         partial_.data(),
                         whole(segments),
                         input(inputs_.tiles)};
  const auto kv = static_cast<unsigned>(heads.kv_heads);
  const auto start = [&](auto chunks) {
    constexpr int DC = decltype(chunks)::value;
    if (inputs_.singles) {
      const dim3 rows(whole(inputs_.singles), kv, (whole(segments) + ATTENTION_WARPS - 1) / ATTENTION_WARPS);
      launch("attention_decode", attention_decode<DC>, rows, ATTENTION_THREADS, sizeof(DecodeShared<DC>), stream(), job);
      launch("attention_combine", attention_combine, dim3(whole(inputs_.singles), kv), ATTENTION_THREADS, 0, stream(), job);
    }
    if (inputs_.query_tiles)
      launch("attention_prefill", attention_prefill<DC>, dim3(whole(inputs_.query_tiles), kv), ATTENTION_THREADS,
             sizeof(PrefillShared<DC>), stream(), job);
  };
  if (heads.key_size <= CHUNK) start(std::integral_constant<int, 1>{});
  else start(std::integral_constant<int, 2>{});
}

}  // namespace wisecrack::cuda
