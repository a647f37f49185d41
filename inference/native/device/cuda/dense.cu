// Products whose weights all rows share: queries, keys and values, the attention's output.
#include "device/cuda/arguments.cuh"
#include "device/cuda/cuda_device.h"
#include "device/cuda/launch.h"

namespace wisecrack::cuda {

void CudaDevice::dense(const float* x, const Matrix& m, size_t rows, float scale, bool round, float* y) {
  by_types(m.dtype, round_activations(), [&](auto w, auto type) {
    using X = decltype(type);
    const DenseJob<decltype(w), X> job{weight_of(m), as<X>(x), y, whole(m.cols), whole(m.rows), tiles_of(m.rows), whole(rows), scale, round};
    launch_product("dense", job, whole(rows), stream(), way_);
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
    launch_product("qkv", job, whole(inputs_.rows), stream(), way_);
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
