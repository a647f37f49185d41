#include <algorithm>
#include <cmath>
#include <cstdio>

#include "bench/card.h"
#include "bench/parts.h"

namespace bench {
namespace {

constexpr double BAR = 0.8;

struct Layer {
  Matrix q, k, v, o, router;
  std::vector<Expert> experts;
};

// Microseconds of one all-reduce of so many bytes over 8 H100, without a graph: 4 KB 5.7, 32 KB 7.8, 256 KB 16.7, 1 MB 33.8, measured by
// SGLang's developers (sgl-project/sglang pull request 2904); between these by interpolation.
double all_reduce_us(double bytes) {
  constexpr double KB[] = {4, 32, 256, 1024}, US[] = {5.7, 7.8, 16.7, 33.8};
  const double size = bytes / 1024;
  if (size <= KB[0]) return US[0];
  for (int i = 0; i < 3; i++)
    if (size <= KB[i + 1]) return US[i] + (US[i + 1] - US[i]) * (size - KB[i]) / (KB[i + 1] - KB[i]);
  return US[3] * size / KB[3];
}

// What `cards` would do together, computed from one rank's step: two all-reduces of [rows, emb] in bf16 a layer, and one for the logits'
// likeliest.
void print_computed(const Sizes& whole, const char* weights, size_t rows, double rank_seconds) {
  const double reduce = all_reduce_us(static_cast<double>(rows * whole.emb * 2)) * 1e-6 * static_cast<double>(2 * whole.layers + 1);
  const double step = rank_seconds + reduce;
  std::printf("{\"name\":\"%zu cards, computed, not measured\",\"weights\":\"%s\",\"rows\":%zu,\"rank us\":%.1f,\"all-reduce us\":%.1f,"
              "\"tokens/s a chat\":%.1f,\"tokens/s\":%.1f}\n",
              whole.shards, weights, rows, rank_seconds * 1e6, reduce * 1e6, 1 / step, static_cast<double>(rows) / step);
}

}  // namespace

void rank(const Sizes& whole, DType dtype) {
  const Sizes s = whole.rank();
  Card card(s);
  Device& device = card.device;
  const char* weights = dtype == DType::I8 ? "int8" : "bf16";
  const size_t q = s.heads.q_heads * s.heads.key_size, kv = s.heads.kv_heads * s.heads.key_size, chats = std::max(s.layer_rows);
  std::vector<Layer> layers;
  for (size_t i = 0; i < s.layers; i++) {
    layers.push_back({card.matrix(dtype, q, s.emb), card.matrix(dtype, kv, s.emb), card.matrix(dtype, kv, s.emb),
                      card.matrix(dtype, s.emb, q), card.matrix(DType::BF16, Sizes::EXPERTS, s.emb), {}});
    for (size_t e = 0; e < Sizes::EXPERTS; e++)
      layers.back().experts.push_back({card.matrix(dtype, s.ffn, s.emb), card.matrix(dtype, s.ffn, s.emb), card.matrix(dtype, s.emb, s.ffn)});
  }
  const Matrix table = card.matrix(DType::BF16, s.vocab, s.emb);
  const std::vector<float> cosine(s.context * s.heads.key_size / 2, 1), sine(cosine.size(), 0), ones(s.emb, 1);
  const Rope rope{device.load(cosine), device.load(sine)};
  const float* scale = device.load(ones);
  float *x = card.noise(chats * s.emb), *h = card.noise(chats * s.emb), *queries = card.noise(chats * q), *attended = card.noise(chats * q);
  float *probs = card.take<float>(chats * Sizes::EXPERTS), *logits = card.take<float>(chats * s.vocab);
  auto* chosen = card.take<int32_t>(chats * Sizes::SELECTED);
  const Sandwich sandwich{scale, h, scale, x};
  // Layers share one pool's keys and values, four layers after another: more than the card's cache holds.
  const size_t pools = std::min<size_t>(s.layers, 4);
  KvPool pool(pools, s.heads, chats * kv_blocks(s.positions), DType::BF16, card.memory);
  card.memory.fill(pool.layer(0).k, 0, pool.bytes());
  device.reserve(s.shape(), chats, chats);

  for (const size_t rows : s.layer_rows) {
    const Rows step(rows, s.positions, false);
    double expert_reads = 0;
    const auto run = [&](bool look) {
      device.embed(table, 0, 78.4f, h);
      device.norm(h, scale, s.emb, x);
      for (size_t i = 0; i < s.layers; i++) {
        const Layer& l = layers[i];
        const KvLayer cache = pool.layer(i % pools);
        device.qkv(x, l.q, l.k, l.v, s.heads, rope, cache, queries);
        device.attention(queries, cache, s.heads, 0.088f, attended);
        device.project(attended, l.o, sandwich);
        device.experts(x, l.router, l.experts, Sizes::SELECTED, sandwich, probs, chosen);
        if (look) expert_reads += distinct(card.memory, chosen, rows * Sizes::SELECTED);
      }
      device.logits(h, scale, table, 0.577f, logits);
      return true;
    };
    step.begin(device, true);
    run(true);
    const void* const arrays[] = {h, logits};
    Row row{"rank of " + std::to_string(s.shards) + ", " + std::to_string(s.layers) + " layers, one graph, " + std::to_string(s.positions) + " positions",
            weights, rows};
    row.seconds = card.seconds([&] {
      step.begin(device, true);
      device.play(arrays, [&] { return run(false); });
    });
    const double size = static_cast<double>(size_of(dtype));
    row.bytes = size * static_cast<double>(s.layers * (2 * q + 2 * kv) * s.emb) + size * expert_reads * 3.0 * static_cast<double>(s.emb * s.ffn) +
                2.0 * static_cast<double>(s.vocab * s.emb) + static_cast<double>(rows * s.positions * s.layers) * 4.0 * static_cast<double>(kv);
    row.bar = BAR;
    card.print(row);
    print_computed(whole, weights, rows, row.seconds);
  }
}

}  // namespace bench
