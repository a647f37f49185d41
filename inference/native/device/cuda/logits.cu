// Logits, and the likeliest tokens among them.
#include <algorithm>

#include "device/cuda/arguments.cuh"
#include "device/cuda/cuda_device.h"
#include "device/cuda/launch.h"
#include "device/cuda/likeliest.cuh"

namespace wisecrack::cuda {

void CudaDevice::logits(const float* h, const float* norm_scale, const Matrix& table, float scale, float* y) {
  const size_t n = inputs_.wanted_rows, parts = likeliest_parts(table.rows);
  norm(h, input(inputs_.wanted), n, norm_scale, table.cols, out_.data());
  dense(out_.data(), table, n, scale, false, y);
  if (n * parts > likeliest_here_.size()) return;
  launch("likeliest", find_likeliest, dim3(whole(parts), whole(n)), LIKELIEST_THREADS, sizeof(LikeliestShared), stream(), y,
         whole(table.rows), likeliest_there_.data());
  demand(cudaMemcpyAsync(likeliest_here_.data(), likeliest_there_.data(), n * parts * sizeof(Likeliest), cudaMemcpyDeviceToHost, stream()),
         "copying from the device");
  vocab_ = table.rows;
}

std::optional<LogitRow> CudaDevice::likeliest(size_t wanted) {
  const size_t parts = likeliest_parts(vocab_);
  if (inputs_.wanted_rows * parts > likeliest_here_.size()) return std::nullopt;
  if (!arrived_) memory_.wait();
  arrived_ = true;
  const Likeliest* found = likeliest_here_.data() + wanted * parts;
  LogitRow row{};
  likeliest_tokens_.clear();
  likeliest_logits_.clear();
  for (size_t p = 0; p < parts; p++) {
    row.floor = std::max(row.floor, found[p].floor);
    row.finite = row.finite && found[p].finite;
    likeliest_tokens_.insert(likeliest_tokens_.end(), found[p].token, found[p].token + found[p].count);
    likeliest_logits_.insert(likeliest_logits_.end(), found[p].logit, found[p].logit + found[p].count);
  }
  row.logits = likeliest_logits_.data();
  row.tokens = likeliest_tokens_.data();
  row.count = likeliest_tokens_.size();
  return row;
}

}  // namespace wisecrack::cuda
