// How fast the kernels are at Grok-1's own shapes, each figure beside the card's own limit, measured in the same run (the copy
// bandwidth). Prints one JSON object a line. Weights are made on the card.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <functional>
#include <vector>

#include "device/cuda/cuda_device.h"
#include "device/cuda/launch.h"
#include "model/kv_pool.h"

using namespace wisecrack;
using cuda::demand;

namespace {

constexpr size_t EMB = 6144, FFN = 32768, VOCAB = 131072, EXPERTS = 8, SELECTED = 2;
constexpr HeadShape HEADS{48, 8, 128};
constexpr int ROUNDS = 20;

__global__ void fill_bf16(uint16_t* to, size_t n, uint32_t seed) {
  for (size_t i = blockIdx.x * size_t{blockDim.x} + threadIdx.x; i < n; i += size_t{gridDim.x} * blockDim.x) {
    uint32_t x = static_cast<uint32_t>(i) * 2654435761u + seed;
    x ^= x >> 15;
    x *= 2246822519u;
    x ^= x >> 13;
    to[i] = static_cast<uint16_t>(0x3C00 | (x & 0x80FF));  // about +-0.008 to 0.016
  }
}

// Seconds of one call, the best of several: what the card can do, not what else it did.
double seconds(cudaStream_t stream, const std::function<void()>& work) {
  cudaEvent_t begin, end;
  demand(cudaEventCreate(&begin), "event");
  demand(cudaEventCreate(&end), "event");
  work();
  float best = 1e30f;
  for (int i = 0; i < ROUNDS; i++) {
    demand(cudaEventRecord(begin, stream), "event");
    work();
    demand(cudaEventRecord(end, stream), "event");
    demand(cudaEventSynchronize(end), "event");
    float ms = 0;
    demand(cudaEventElapsedTime(&ms, begin, end), "event");
    best = ms < best ? ms : best;
  }
  demand(cudaEventDestroy(begin), "event");
  demand(cudaEventDestroy(end), "event");
  return best * 1e-3;
}

struct Bench {
  cuda::CudaDevice device{true, 0};
  cuda::CudaMemory& memory = device.memory();
  double bandwidth = 0;  // bytes/s
  std::vector<std::pair<void*, size_t>> held;

  template <class T>
  T* take(size_t n) {
    void* data = memory.allocate(n * sizeof(T));
    held.emplace_back(data, n * sizeof(T));
    return static_cast<T*>(data);
  }
  // Random bytes make fair int8 weights, and bf16 ones of a sane size.
  Matrix matrix(DType dtype, size_t rows, size_t cols) {
    const size_t halves = rows * cols * size_of(dtype) / 2;
    auto* data = take<uint16_t>(halves);
    fill_bf16<<<1024, 256, 0, memory.stream()>>>(data, halves, static_cast<uint32_t>(held.size()));
    Matrix m{data, dtype, rows, cols};
    if (dtype == DType::I8) {
      auto* scales = take<uint16_t>(rows);
      fill_bf16<<<64, 256, 0, memory.stream()>>>(scales, rows, 1);
      m.scales = scales;
      m.groups = 1;
    }
    return m;
  }
  float* noise(size_t n) {
    auto* data = take<uint16_t>(n * 2);
    fill_bf16<<<256, 256, 0, memory.stream()>>>(data, n * 2, 7);
    return reinterpret_cast<float*>(data);
  }
  void report(const char* name, const char* weights, size_t rows, double s, double bytes, double flops) const {
    const double floor = bytes / bandwidth;
    std::printf("{\"name\":\"%s\",\"weights\":\"%s\",\"rows\":%zu,\"us\":%.1f,\"GB/s\":%.0f,\"TFLOP/s\":%.1f,\"of copy bandwidth\":%.3f}\n", name,
                weights, rows, s * 1e6, bytes / s * 1e-9, flops / s * 1e-12, floor / s);
    std::fflush(stdout);
  }
  void measure_bandwidth() {
    const size_t bytes = size_t{2} << 30;
    char *from = take<char>(bytes), *to = take<char>(bytes);
    const double s = seconds(memory.stream(), [&] { memory.copy(to, from, bytes); });
    bandwidth = 2.0 * static_cast<double>(bytes) / s;
    std::printf("{\"name\":\"copy\",\"card\":\"%s\",\"GB/s\":%.0f}\n", device.name().c_str(), bandwidth * 1e-9);
  }
  ~Bench() {
    for (const auto& [data, bytes] : held) memory.release(data, bytes);
  }
};

// Rows in a step: each the last position of a sequence of its own, or all of one sequence.
struct Rows {
  std::vector<int32_t> tokens, positions;
  std::vector<std::vector<int32_t>> blocks;
  std::vector<const int32_t*> tables;

  Rows(size_t n, size_t length, bool one_sequence) : tokens(n, 1) {
    const size_t each = kv_blocks(length);
    for (size_t r = 0; r < n; r++) {
      if (!one_sequence || r == 0) {
        blocks.emplace_back();
        for (size_t b = 0; b < each; b++) blocks.back().push_back(static_cast<int32_t>(r * each + b));
      }
      positions.push_back(static_cast<int32_t>(one_sequence ? length - n + r : length - 1));
    }
    for (size_t r = 0; r < n; r++) tables.push_back(blocks[one_sequence ? 0 : r].data());
  }
  void begin(Device& device) const { device.begin({tokens.size(), tokens.data(), positions.data(), tables.data(), {}}); }
};

double distinct(const std::vector<int32_t>& chosen) {
  bool seen[EXPERTS] = {};
  for (const int32_t e : chosen) seen[e] = true;
  double n = 0;
  for (const bool s : seen) n += s;
  return n;
}

void bench_layer(DType dtype) {
  const char* weights = dtype == DType::I8 ? "int8" : "bf16";
  Bench b;
  b.measure_bandwidth();
  const size_t q = HEADS.q_heads * HEADS.key_size, kv = HEADS.kv_heads * HEADS.key_size, most = 4096, context = 8192;
  const Matrix wq = b.matrix(dtype, q, EMB), wk = b.matrix(dtype, kv, EMB), wv = b.matrix(dtype, kv, EMB), wo = b.matrix(dtype, EMB, q);
  const Matrix router = b.matrix(DType::BF16, EXPERTS, EMB);
  std::vector<Expert> experts;
  for (size_t e = 0; e < EXPERTS; e++)
    experts.push_back({b.matrix(dtype, FFN, EMB), b.matrix(dtype, FFN, EMB), b.matrix(dtype, EMB, FFN)});
  std::vector<float> cosine(context * HEADS.key_size / 2, 1), sine(cosine.size(), 0), ones(EMB, 1);
  const Rope rope{b.device.load(cosine), b.device.load(sine)};
  const float* scale = b.device.load(ones);
  float *x = b.noise(most * EMB), *h = b.noise(most * EMB), *queries = b.noise(most * q), *attended = b.noise(most * q);
  float* probs = b.take<float>(most * EXPERTS);
  auto* chosen = b.take<int32_t>(most * SELECTED);
  const Shape shape{EMB, FFN, VOCAB, EXPERTS, SELECTED, HEADS, context};
  const Sandwich sandwich{scale, h, scale, x};
  const double size = static_cast<double>(size_of(dtype)), expert = 3.0 * EMB * FFN * size;
  KvPool pool(1, HEADS, 32 * kv_blocks(context), DType::BF16, b.memory);
  b.memory.fill(pool.layer(0).k, 0, pool.bytes());
  const double position = 2.0 * static_cast<double>(kv) * 2;  // bytes

  for (const size_t rows : {1, 2, 4, 8, 16, 32, 64, 512, 4096}) {
    b.device.reserve(shape, rows, 1);
    const Rows step(rows, std::max<size_t>(rows, 64), true);
    step.begin(b.device);
    const double s = seconds(b.memory.stream(), [&] { b.device.experts(x, router, experts, SELECTED, sandwich, probs, chosen); });
    std::vector<int32_t> there(rows * SELECTED);
    b.memory.download(there.data(), chosen, there.size() * 4);
    b.report("experts", weights, rows, s, distinct(there) * expert, 2.0 * static_cast<double>(rows * SELECTED) * 3 * EMB * FFN);
  }
  const double attention_weights = static_cast<double>(2 * q + 2 * kv) * EMB * size;
  for (const size_t rows : {1, 8, 32}) {
    const Rows step(rows, 4096, false);
    b.device.reserve(shape, rows, rows);
    step.begin(b.device);
    const double s = seconds(b.memory.stream(), [&] {
      b.device.qkv(x, wq, wk, wv, HEADS, rope, pool.layer(0), queries);
      b.device.attention(queries, pool.layer(0), HEADS, 0.088f, attended);
      b.device.project(attended, wo, sandwich);
      b.device.experts(x, router, experts, SELECTED, sandwich, probs, chosen);
    });
    std::vector<int32_t> there(rows * SELECTED);
    b.memory.download(there.data(), chosen, there.size() * 4);
    const double bytes = attention_weights + distinct(there) * expert + static_cast<double>(rows) * 4096 * position;
    b.report("layer, 4096 positions", weights, rows, s, bytes, 0);
  }
  if (dtype == DType::I8) return;  // attention knows no weights
  for (const size_t rows : {1, 8, 32}) {
    const Rows step(rows, context, false);
    b.device.reserve(shape, rows, rows);
    step.begin(b.device);
    const double s = seconds(b.memory.stream(), [&] { b.device.attention(queries, pool.layer(0), HEADS, 0.088f, attended); });
    b.report("attention decode, 8192 positions", "-", rows, s, static_cast<double>(rows * context) * position, 0);
  }
  for (const size_t rows : {512, 2048}) {
    const Rows step(rows, rows, true);
    step.begin(b.device);
    const double s = seconds(b.memory.stream(), [&] { b.device.attention(queries, pool.layer(0), HEADS, 0.088f, attended); });
    const double pairs = static_cast<double>(rows) * static_cast<double>(rows + 1) / 2;
    b.report("attention prefill", "-", rows, s, static_cast<double>(rows) * position, 4 * pairs * static_cast<double>(q));
  }
}

}  // namespace

int main() {
  try {
    bench_layer(DType::BF16);
    bench_layer(DType::I8);
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "the card has too little memory: a layer in bf16 takes 10 GB, keys and values 1 GB, the rest 7 GB\n");
    return 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
