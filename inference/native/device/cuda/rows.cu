// What is done to single rows: embedding, norms with the residual stream.
#include "device/cuda/arguments.cuh"
#include "device/cuda/cuda_device.h"
#include "device/cuda/launch.h"

namespace wisecrack::cuda {

void CudaDevice::all_reduce(float* y, size_t n) {
  if (!peers_) return;
  memory_.copy(peers_->part(Room::Embedding), y, n * sizeof(float));
  peers_->sum(Room::Embedding, y, n, round_activations());
}

void CudaDevice::embed(const Matrix& table, size_t first, float scale, float* h) {
  by_types(table.dtype, round_activations(), [&](auto w, auto x) {
    launch("embed", cuda::embed<decltype(w), decltype(x)>, dim3(whole(inputs_.rows)), NORM_THREADS, 0, stream(), weight_of(table),
           input(inputs_.tokens), whole(first), whole(table.rows), whole(table.cols), scale, h);
  });
  all_reduce(h, inputs_.rows * table.cols);
}

void CudaDevice::norm(const float* h, const float* scale, size_t n, float* x) { norm(h, nullptr, inputs_.rows, scale, n, x); }

void CudaDevice::norm(const float* h, const int32_t* index, size_t rows, const float* scale, size_t n, float* x) {
  const dim3 grid(whole(rows));
  if (round_activations())
    launch("norm", cuda::norm<bf16>, grid, NORM_THREADS, sizeof(NormShared), stream(), h, index, scale, whole(n), RMS_EPS, as<bf16>(x));
  else
    launch("norm", cuda::norm<float>, grid, NORM_THREADS, sizeof(NormShared), stream(), h, index, scale, whole(n), RMS_EPS, x);
}

void CudaDevice::apply(const Outcome& outcome, const Sandwich& s, size_t n) {
  const dim3 grid(whole(inputs_.rows));
  if (round_activations())
    launch("sandwich", sandwich<bf16>, grid, NORM_THREADS, sizeof(NormShared), stream(), outcome, s.post, s.h, s.next, whole(n),
           RMS_EPS, as<bf16>(s.x));
  else
    launch("sandwich", sandwich<float>, grid, NORM_THREADS, sizeof(NormShared), stream(), outcome, s.post, s.h, s.next, whole(n),
           RMS_EPS, s.x);
}

}  // namespace wisecrack::cuda
