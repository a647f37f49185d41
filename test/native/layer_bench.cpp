// Where the time of a layer goes: `native_layer_bench scaled|grok-1 [threads] [kernel set]`. Steps of a prompt's last 256 tokens and of
// decoding, at several lengths of what a sequence has seen; the weights are none in particular.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <vector>

#include "device/bf16.h"
#include "device/cpu/features.h"
#include "device/cpu/limits.h"
#include "kernel_sets.h"
#include "model/kv_pool.h"

using namespace wisecrack;

namespace {

struct Model {
  const char* name;
  Shape shape;
};
const Model MODELS[] = {{"scaled", {1536, 8192, 32768, 8, 2, {12, 2, 128}, 8192}}, {"grok-1", {6144, 32768, 131072, 8, 2, {48, 8, 128}, 8192}}};

// Matrices lie behind each other in more bytes than a cache holds; those of Grok-1 share them.
Matrix next_matrix(size_t rows, size_t cols) {
  static const std::vector<bf16> all(size_t{1} << 29, to_bf16(0.01f));
  static size_t at = 0;
  if (at + rows * cols > all.size()) at = 0;
  const Matrix matrix{all.data() + at, DType::BF16, rows, cols};
  at += rows * cols;
  return matrix;
}

std::vector<float> noise(size_t n) {
  static std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> out(n);
  for (float& x : out) x = normal(random);
  return out;
}

// Seconds per call, the fastest of some.
double fastest(const std::function<void()>& work) {
  using Clock = std::chrono::steady_clock;
  double best = 1e9, spent = 0;
  for (int call = 0; call < 3 || (spent < 0.15 && call < 200); call++) {
    const auto start = Clock::now();
    work();
    const double s = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::min(best, s);
    spent += s;
  }
  return best;
}

struct Bench {
  const Shape& shape;
  CpuDevice device;
  KvPool pool;
  Matrix wq, wk, wv, wo;
  std::vector<float> router, ones;
  std::vector<Expert> experts;
  std::vector<float> cosine, sine;

  Bench(const Shape& s, int threads, const Kernels& kernels)
      : shape(s), device(true, threads, kernels), pool(1, s.heads, 8 * kv_blocks(s.positions), DType::BF16),
        router(noise(s.experts * s.emb)), ones(s.emb, 1.0f) {
    const size_t q = s.heads.q_heads * s.heads.key_size, kv = s.heads.kv_heads * s.heads.key_size;
    wq = next_matrix(q, s.emb);
    wk = next_matrix(kv, s.emb);
    wv = next_matrix(kv, s.emb);
    wo = next_matrix(s.emb, q);
    for (size_t e = 0; e < s.experts; e++) experts.push_back({next_matrix(s.ffn, s.emb), next_matrix(s.ffn, s.emb), next_matrix(s.emb, s.ffn)});
    cosine.resize(s.positions * s.heads.key_size / 2);
    sine.resize(cosine.size());
    fill_rope_tables(s.heads.key_size, s.positions, cosine.data(), sine.data());
    device.reserve(s, 256, 8);
    const KvLayer layer = pool.layer(0);
    std::mt19937 random(2);
    for (size_t i = 0; i < pool.bytes() / 2; i++)
      reinterpret_cast<bf16*>(layer.k)[i] = to_bf16(static_cast<float>(random() % 2001) / 1000.0f - 1);
  }

  // One step of `sequences` with `rows` rows each, the last of them at position seen - 1.
  void step(size_t sequences, size_t rows, size_t seen) {
    const size_t n = sequences * rows, emb = shape.emb, q_size = shape.heads.q_heads * shape.heads.key_size;
    const size_t kv_size = shape.heads.kv_heads * shape.heads.key_size, slots = n * shape.selected;
    std::vector<int32_t> positions, tokens(n, 1), wanted, chosen(slots), blocks(pool.blocks());
    for (size_t b = 0; b < blocks.size(); b++) blocks[b] = static_cast<int32_t>(b * 37 % blocks.size());
    std::vector<const int32_t*> tables;
    for (size_t s = 0; s < sequences; s++) {
      for (size_t r = 0; r < rows; r++) {
        positions.push_back(static_cast<int32_t>(seen - rows + r));
        tables.push_back(blocks.data() + s * kv_blocks(shape.positions));
      }
    }
    std::vector<float> h = noise(n * emb), x = noise(n * emb), q(n * q_size), attended(n * q_size), probs(n * shape.experts);
    std::vector<float> k(n * kv_size), v(n * kv_size), moved(slots * emb);
    const Matrix route{router.data(), DType::F32, shape.experts, emb};
    const KvLayer cache = pool.layer(0);
    const Rope rope{cosine.data(), sine.data()};
    device.begin({n, tokens.data(), positions.data(), tables.data(), wanted});
    const double qkv = fastest([&] { device.qkv(x.data(), wq, wk, wv, shape.heads, rope, cache, q.data()); });
    const double attention = fastest([&] { device.attention(q.data(), cache, shape.heads, 0.0884f, attended.data()); });
    const double project = fastest([&] { device.project(attended.data(), wo, {ones.data(), h.data(), ones.data(), x.data()}); });
    const double moe = fastest([&] {
      device.experts(x.data(), route, experts, shape.selected, {ones.data(), h.data(), ones.data(), x.data()}, probs.data(), chosen.data());
    });
    const double layer = qkv + attention + project + moe;
    std::printf("%zu x %3zu at %4zu: layer %9.1f us: qkv %4.1f %%, attention %4.1f %%, project %4.1f %%, experts %4.1f %%; attention %.1f us\n",
                sequences, rows, seen, layer * 1e6, 100 * qkv / layer, 100 * attention / layer, 100 * project / layer, 100 * moe / layer,
                attention * 1e6);
    if (seen != 2048) return;
    const auto part = [&](const char* what, const std::function<void()>& work) {
      const double s = fastest(work);
      std::printf("    %-10s %8.1f us, %4.1f %%\n", what, s * 1e6, 100 * s / layer);
    };
    part("rope", [&] {
      device.rope(q.data(), positions.data(), n, shape.heads.q_heads, shape.heads.key_size, cosine.data(), sine.data());
      device.rope(k.data(), positions.data(), n, shape.heads.kv_heads, shape.heads.key_size, cosine.data(), sine.data());
    });
    part("store_kv", [&] { device.store_kv(k.data(), v.data(), cache, tables.data(), positions.data(), n, shape.heads); });
    part("norms, add", [&] {
      for (int i = 0; i < 4; i++) device.rms_norm(x.data(), ones.data(), n, emb, 1e-5f, moved.data());
      for (int i = 0; i < 2; i++) device.add(h.data(), moved.data(), n, emb);
    });
    part("route", [&] { device.route(probs.data(), n, shape.experts, shape.selected, probs.data(), chosen.data()); });
    std::vector<int32_t> source(slots), place(slots);
    for (size_t i = 0; i < slots; i++) source[i] = static_cast<int32_t>(i / 2), place[i] = static_cast<int32_t>(i * 37 % slots);
    part("gather", [&] { device.gather(x.data(), source.data(), slots, emb, moved.data()); });
    part("combine", [&] { device.combine(moved.data(), place.data(), probs.data(), chosen.data(), n, shape.experts, shape.selected, emb, x.data()); });
  }
};

}  // namespace

int main(int argc, char** argv) {
  const char* const wanted = argc > 1 ? argv[1] : "scaled";
  const int threads = thread_count(argc > 2 ? std::atoi(argv[2]) : 0);
  const MachineLimits limits = measure_limits(threads);
  std::printf("%s, %d threads; limits: %.1f GB/s, %.1f GFLOP/s\n", wanted, threads, limits.read_bandwidth / 1e9, limits.fma_rate / 1e9);
  for (const Kernels* k : kernel_sets()) {
    if (std::strcmp(argc > 3 ? argv[3] : best_kernels().name, k->name) != 0) continue;
    for (const Model& model : MODELS) {
      if (std::strcmp(model.name, wanted) != 0) continue;
      Bench bench(model.shape, threads, *k);
      std::printf("%s\n", bench.device.kernels());
      for (const size_t seen : {512, 2048, 8192}) bench.step(1, 256, seen);
      for (const size_t sequences : {1, 8})
        for (const size_t seen : {512, 2048, 8192}) bench.step(sequences, 1, seen);
    }
  }
}
