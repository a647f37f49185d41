// Products whose weights all rows share: queries, keys and values, the attention's output.
#include <cstring>
#include <random>

#include "device/cuda/arguments.cuh"
#include "device/cuda/cuda_device.h"
#include "device/cuda/launch.h"

namespace wisecrack::cuda {

bool CudaDevice::wide_agrees() {
  cudaDeviceProp card{};
  demand(cudaGetDeviceProperties(&card, device_), "cudaGetDeviceProperties");
  if (card.major != 9 || card.minor != 0) return false;
  constexpr int INPUTS = SEGMENTS * CHUNK, ROWS = TILED_M, TOKENS = TILED_N;
  static_assert(ROWS == TOKENS);
  std::minstd_rand random;
  std::vector<bf16> values(size_t{2} * ROWS * INPUTS);  // weights, then activations: of either sign, from 2^-8 to 2
  for (bf16& value : values) value = static_cast<bf16>(random() % 2 << 15 | (119 + random() % 9) << 7 | random() % 128);
  Array<bf16> there(memory_);
  there.at_least(values.size());
  memory_.upload(there.data(), values.data(), values.size() * sizeof(bf16));
  Array<float> y(memory_);
  y.at_least(ROWS * TOKENS);
  const Weight w{there.data(), nullptr, INPUTS, ROWS, 1 << 30};
  const DenseJob<bf16, bf16> job{w, there.data() + ROWS * INPUTS, y.data(), INPUTS, ROWS, ROWS / TILE_ROWS, TOKENS, 1, false};
  std::vector<float> sums[2];
  for (const Way way : {Way::Tiled, Way::Wide}) {
    std::vector<float>& sum = sums[way == Way::Wide];
    sum.resize(ROWS * TOKENS);
    memory_.fill(y.data(), 0xFF, sum.size() * sizeof(float));
    launch_product("wide_agrees", job, TOKENS, memory_.stream(), {way, way});
    y.download(sum.data(), sum.size());
  }
  return std::memcmp(sums[0].data(), sums[1].data(), sums[0].size() * sizeof(float)) == 0;
}

void CudaDevice::dense(const float* x, const Matrix& m, size_t rows, float scale, bool round, float* y) {
  by_types(m.dtype, round_activations(), [&](auto w, auto type) {
    using X = decltype(type);
    const DenseJob<decltype(w), X> job{weight_of(m), as<X>(x), y, whole(m.cols), whole(m.rows), tiles_of(m.rows), whole(rows), scale, round};
    launch_product("dense", job, whole(rows), stream(), ways_);
  });
}

void CudaDevice::qkv(const float* x, const Matrix& wq, const Matrix& wk, const Matrix& wv, HeadShape heads, const Rope& rope,
                     const KvLayer& cache, float* q) {
  same_type(wq, wk);
  same_type(wq, wv);
  by_types(wq.dtype, round_activations(), [&](auto w, auto type) {
    using X = decltype(type);
    const int q_tiles = tiles_of(wq.rows), kv_tiles = tiles_of(wk.rows);
    const QkvJob<decltype(w), X> job{{weight_of(wq), weight_of(wk), weight_of(wv)},
                                     as<X>(x),
                                     as<X>(q),
                                     view_of<X>(cache, heads.key_size),
                                     view(),
                                     rope.cosine,
                                     rope.sine,
                                     whole(wq.cols),
                                     q_tiles + 2 * kv_tiles,
                                     q_tiles,
                                     kv_tiles,
                                     whole(heads.key_size),
                                     whole(inputs_.rows)};
    launch_product("qkv", job, whole(inputs_.rows), stream(), ways_);
  });
}

void CudaDevice::project(const float* attended, const Matrix& w, const Sandwich& s) {
  if (peers_) {
    float* part = peers_->part(Room::Attention);
    if (w.cols > 0) dense(attended, w, inputs_.rows, 1, false, part);
    else memory_.fill(part, 0, inputs_.rows * w.rows * sizeof(float));
    sum(Room::Attention, out_.data(), w.rows);
  } else {
    dense(attended, w, inputs_.rows, 1, round_activations(), out_.data());
  }
  apply({out_.data(), nullptr, nullptr, nullptr, 0, 0}, s, w.rows);
}

}  // namespace wisecrack::cuda
