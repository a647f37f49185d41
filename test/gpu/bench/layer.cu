#include <cstdio>

#include "bench/card.h"
#include "bench/cublas.h"
#include "bench/parts.h"

namespace bench {
namespace {

// How near to what bounds it each must come.
double experts_bar(size_t rows) { return rows == 1 ? 0.9 : rows <= 16 ? 0.85 : 0; }
constexpr double LAYER_BAR = 0.85, ATTENTION_BAR = 0.85;

// How products of many tokens are computed, and how near to cuBLAS they must come.
struct Many {
  cuda::Way way;
  const char* name;
  double bar;
};
constexpr Many MMA{cuda::Way::Tiled, "experts by mma", 0.75}, WGMMA{cuda::Way::Wide, "experts by wgmma", 0.9};

}  // namespace

void layer(const Sizes& s, DType dtype) {
  Card card(s);
  CublasGemm cublas(card);
  const bool agrees = card.device.wide_agrees();
  std::printf("{\"name\":\"prompts by wgmma\",\"used\":%s}\n", agrees ? "true" : "false");
  Device& device = card.device;
  const char* weights = dtype == DType::I8 ? "int8" : "bf16";
  const size_t q = s.heads.q_heads * s.heads.key_size, kv = s.heads.kv_heads * s.heads.key_size, most = std::max(s.experts_rows);
  const size_t chats = std::max(s.layer_rows);
  const Matrix wq = card.matrix(dtype, q, s.emb), wk = card.matrix(dtype, kv, s.emb), wv = card.matrix(dtype, kv, s.emb);
  const Matrix wo = card.matrix(dtype, s.emb, q), router = card.matrix(DType::BF16, Sizes::EXPERTS, s.emb);
  std::vector<Expert> experts;
  for (size_t e = 0; e < Sizes::EXPERTS; e++)
    experts.push_back({card.matrix(dtype, s.ffn, s.emb), card.matrix(dtype, s.ffn, s.emb), card.matrix(dtype, s.emb, s.ffn)});
  const std::vector<float> cosine(s.context * s.heads.key_size / 2, 1), sine(cosine.size(), 0), ones(s.emb, 1);
  const Rope rope{device.load(cosine), device.load(sine)};
  const float* scale = device.load(ones);
  float *x = card.noise(most * s.emb), *h = card.noise(most * s.emb), *queries = card.noise(most * q), *attended = card.noise(most * q);
  float* probs = card.take<float>(most * Sizes::EXPERTS);
  auto* chosen = card.take<int32_t>(most * Sizes::SELECTED);
  const Sandwich sandwich{scale, h, scale, x};
  KvPool pool(1, s.heads, chats * kv_blocks(s.context), DType::BF16, card.memory);
  card.memory.fill(pool.layer(0).k, 0, pool.bytes());
  device.reserve(s.shape(), most, chats);

  const double expert = 3.0 * static_cast<double>(s.emb * s.ffn * size_of(dtype)), position = 4.0 * static_cast<double>(kv);  // bytes
  const auto run_experts = [&] { device.experts(x, router, experts, Sizes::SELECTED, sandwich, probs, chosen); };
  const auto experts_read = [&](size_t rows) { return distinct(card.memory, chosen, rows * Sizes::SELECTED) * expert; };
  for (const size_t rows : s.experts_rows) {
    Rows(rows, std::max<size_t>(rows, 64), true).begin(device);
    Row row{"experts", weights, rows, card.seconds(run_experts)};
    row.bytes = experts_read(rows);
    row.flops = 2.0 * static_cast<double>(rows * Sizes::SELECTED * 3 * s.emb) * static_cast<double>(s.ffn);
    row.bar = experts_bar(rows);
    card.print(row);
    if (rows < s.prefill_from) continue;
    const double rate = cublas.rate(s.ffn, rows * Sizes::SELECTED / Sizes::EXPERTS, s.emb);
    for (const Many& many : agrees ? std::vector{MMA, WGMMA} : std::vector{MMA}) {
      cuda::CudaDevice own(true, 0, many.way);
      own.reserve(s.shape(), rows, chats);
      Rows(rows, std::max<size_t>(rows, 64), true).begin(own);
      const auto run = [&] { own.experts(x, router, experts, Sizes::SELECTED, sandwich, probs, chosen); };
      row.name = many.name + std::string(rate ? ", of cuBLAS's rate" : " (no cuBLAS here)");
      row.seconds = card.seconds(run, own.memory().stream());
      row.ratio = rate ? row.flops / row.seconds / rate : 0;
      row.bar = rate ? many.bar : 0;
      card.print(row);
    }
  }
  for (const size_t rows : s.layer_rows) {
    Rows(rows, s.positions, false).begin(device);
    Row row{"layer, " + std::to_string(s.positions) + " positions", weights, rows};
    row.seconds = card.seconds([&] {
      device.qkv(x, wq, wk, wv, s.heads, rope, pool.layer(0), queries);
      device.attention(queries, pool.layer(0), s.heads, 0.088f, attended);
      device.project(attended, wo, sandwich);
      run_experts();
    });
    row.bytes = static_cast<double>((2 * q + 2 * kv) * s.emb * size_of(dtype)) + experts_read(rows) +
                static_cast<double>(rows * s.positions) * position;
    row.bar = rows == 1 ? LAYER_BAR : 0;
    card.print(row);
  }
  if (dtype == DType::I8) return;  // attention knows no weights
  for (const size_t rows : s.layer_rows) {
    Rows(rows, s.context, false).begin(device);
    Row row{"attention decode, " + std::to_string(s.context) + " positions", "-", rows};
    row.seconds = card.seconds([&] { device.attention(queries, pool.layer(0), s.heads, 0.088f, attended); });
    row.bytes = static_cast<double>(rows * s.context) * position;
    row.bar = rows == chats ? ATTENTION_BAR : 0;
    card.print(row);
  }
  for (const size_t rows : s.prefill_rows) {
    Rows(rows, rows, true).begin(device);
    Row row{"attention prefill", "-", rows};
    row.seconds = card.seconds([&] { device.attention(queries, pool.layer(0), s.heads, 0.088f, attended); });
    row.bytes = static_cast<double>(rows) * position;
    row.flops = 2 * static_cast<double>(rows) * static_cast<double>(rows + 1) * static_cast<double>(q);
    card.print(row);
  }
}

}  // namespace bench
