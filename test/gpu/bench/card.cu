#include "bench/card.h"

#include <algorithm>
#include <cstdio>
#include <numeric>

#include "device/cuda/launch.h"

namespace bench {

using cuda::demand;

namespace {

__global__ void fill_random(uint16_t* to, size_t n, uint32_t seed) {
  for (size_t i = blockIdx.x * size_t{blockDim.x} + threadIdx.x; i < n; i += size_t{gridDim.x} * blockDim.x) {
    uint32_t x = static_cast<uint32_t>(i) * 2654435761u + seed * 40503u;
    x ^= x >> 15;
    x *= 2246822519u;
    x ^= x >> 13;
    to[i] = static_cast<uint16_t>(0x3C00 | (x & 0x80FF));  // about +-0.008 to 0.016
  }
}

}  // namespace

Card::Card(const Sizes& sizes) : sizes(sizes) {
  char *from = take<char>(sizes.copy), *to = take<char>(sizes.copy);
  fill(from, sizes.copy, 1);
  bandwidth = 2.0 * static_cast<double>(sizes.copy) / seconds([&] { memory.copy(to, from, sizes.copy); });
  for (const auto& [data, bytes] : held_) memory.release(data, bytes);
  held_.clear();
  std::printf("{\"name\":\"copy\",\"card\":\"%s\",\"GB/s\":%.0f}\n", device.name().c_str(), bandwidth * 1e-9);
}

Card::~Card() {
  for (const auto& [data, bytes] : held_) memory.release(data, bytes);
}

void* Card::take_bytes(size_t bytes) {
  void* data = memory.allocate(bytes);
  held_.emplace_back(data, bytes);
  return data;
}

void Card::fill(void* to, size_t bytes, uint32_t seed) {
  const dim3 grid(static_cast<unsigned>(std::clamp<size_t>(bytes / 4096, 1, 1024)));
  cuda::launch("fill", fill_random, grid, 256, 0, memory.stream(), static_cast<uint16_t*>(to), bytes / 2, seed);
}

Matrix Card::matrix(DType dtype, size_t rows, size_t cols) {
  Matrix m{take_bytes(rows * cols * size_of(dtype)), dtype, rows, cols};
  fill(const_cast<void*>(m.data), rows * cols * size_of(dtype), static_cast<uint32_t>(held_.size()));
  if (dtype != DType::I8) return m;
  auto* scales = take<uint16_t>(rows);
  fill(scales, rows * 2, 1);
  m.scales = scales;
  m.groups = 1;
  return m;
}

float* Card::noise(size_t n) {
  auto* data = take<float>(n);
  fill(data, n * sizeof(float), 7);
  return data;
}

double Card::seconds(const std::function<void()>& work, cudaStream_t stream) {
  cudaEvent_t begin, end;
  demand(cudaEventCreate(&begin), "event");
  demand(cudaEventCreate(&end), "event");
  work();
  std::vector<float> times;
  for (int i = 0; i < sizes.rounds; i++) {
    float ms = 0;
    demand(cudaEventRecord(begin, stream), "event");
    work();
    demand(cudaEventRecord(end, stream), "event");
    demand(cudaEventSynchronize(end), "event");
    demand(cudaEventElapsedTime(&ms, begin, end), "event");
    times.push_back(ms);
  }
  demand(cudaEventDestroy(begin), "event");
  demand(cudaEventDestroy(end), "event");
  std::sort(times.begin(), times.end());
  return times[times.size() / 2] * 1e-3;
}

void Card::print(const Row& row) const {
  const double ratio = row.ratio ? row.ratio : row.bytes / bandwidth / row.seconds;
  std::printf("{\"name\":\"%s\",\"weights\":\"%s\",\"rows\":%zu,\"us\":%.1f,\"GB/s\":%.0f,\"TFLOP/s\":%.1f,\"ratio\":%.3f", row.name.c_str(),
              row.weights, row.rows, row.seconds * 1e6, row.bytes / row.seconds * 1e-9, row.flops / row.seconds * 1e-12, ratio);
  if (row.bar) std::printf(",\"bar\":%.2f,\"holds\":%s", row.bar, ratio >= row.bar ? "true" : "false");
  std::printf("}\n");
  std::fflush(stdout);
}

Rows::Rows(size_t n, size_t length, bool one_sequence) : tokens_(n, 1), wanted_(n) {
  const size_t each = kv_blocks(length);
  std::iota(wanted_.begin(), wanted_.end(), 0);
  for (size_t r = 0; r < (one_sequence ? 1 : n); r++) {
    blocks_.emplace_back(each);
    std::iota(blocks_.back().begin(), blocks_.back().end(), static_cast<int32_t>(r * each));
  }
  for (size_t r = 0; r < n; r++) {
    positions_.push_back(static_cast<int32_t>(one_sequence ? length - n + r : length - 1));
    tables_.push_back(blocks_[one_sequence ? 0 : r].data());
  }
}

void Rows::begin(Device& device, bool want_logits) const {
  const std::span<const int32_t> wanted(wanted_.data(), want_logits ? wanted_.size() : 0);
  device.begin({tokens_.size(), tokens_.data(), positions_.data(), tables_.data(), wanted});
}

double distinct(cuda::CudaMemory& memory, const int32_t* chosen, size_t slots) {
  std::vector<int32_t> here(slots);
  memory.download(here.data(), chosen, slots * sizeof(int32_t));
  std::sort(here.begin(), here.end());
  return static_cast<double>(std::unique(here.begin(), here.end()) - here.begin());
}

}  // namespace bench
