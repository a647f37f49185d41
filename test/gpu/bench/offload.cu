#include <cstdio>
#include <span>
#include <utility>
#include <vector>

#include "bench/card.h"
#include "bench/parts.h"
#include "device/cuda/launch.h"

namespace bench {
namespace {

constexpr double BAR = 0.85;

// Host memory with random bytes, as mapped files have them once they are in the page cache.
class Pages {
 public:
  Matrix matrix(DType dtype, size_t rows, size_t cols, bool by_input) {
    Matrix m{take(rows * cols * size_of(dtype)), dtype, rows, cols, by_input};
    if (dtype != DType::I8) return m;
    m.scales = take(rows * 2);
    m.groups = 1;
    return m;
  }

 private:
  const void* take(size_t bytes) {
    std::vector<uint32_t>& data = pages_.emplace_back(bytes / 4 + 1);
    for (uint32_t& word : data) word = (state_ = state_ * 1664525 + 1013904223) & 0xBCFFBCFF;  // sane as bf16
    return data.data();
  }
  std::vector<std::vector<uint32_t>> pages_;
  uint32_t state_ = 1;
};

// Bytes a second of a plain copy from pinned memory: the link's own limit.
double link(Card& card) {
  cuda::Pinned<char> from;
  from.at_least(card.sizes.copy / 8);
  char* to = card.take<char>(from.size());
  const double rate = static_cast<double>(from.size()) / card.seconds([&] {
    cuda::demand(cudaMemcpyAsync(to, from.data(), from.size(), cudaMemcpyHostToDevice, card.memory.stream()), "copying to the device");
  });
  std::printf("{\"name\":\"link, from pinned memory\",\"GB/s\":%.1f}\n", rate * 1e-9);
  return rate;
}

}  // namespace

void offload(const Sizes& s, DType dtype, bool by_input) {
  Card card(s);
  Device& device = card.device;
  const char* weights = dtype == DType::BF16 ? "bf16" : by_input ? "int8, as released" : "int8";
  const double limit = link(card);
  Pages pages;
  std::vector<Expert> experts;
  double bytes = 0;  // of one
  for (size_t e = 0; e < Sizes::EXPERTS; e++) {
    experts.push_back({pages.matrix(dtype, s.ffn, s.emb, by_input), pages.matrix(dtype, s.ffn, s.emb, by_input), pages.matrix(dtype, s.emb, s.ffn, by_input), true});
    bytes = static_cast<double>(device.load_bytes(experts[e].gate) + device.load_bytes(experts[e].up) + device.load_bytes(experts[e].down));
  }
  device.offload(experts);
  const auto print = [&](const std::string& name, size_t rows, double seconds, double crossed, double bar) {
    Row row{name, weights, rows, seconds, crossed};
    row.ratio = crossed / seconds / limit;
    row.bar = bar;
    card.print(row);
  };
  device.bring(experts);
  const double all = bytes * Sizes::EXPERTS;
  print("offload: a layer's experts, of the link", 0, all / device.bring(experts), all, by_input ? 0 : BAR);

  // Two layers in turn, so that none finds in the slots what it has left there: the second one has the first one's bytes.
  std::vector<Expert> other = experts;
  for (Expert& e : other) std::swap(e.gate, e.up);
  const Matrix router = card.matrix(DType::BF16, Sizes::EXPERTS, s.emb);
  const std::vector<float> ones(s.emb, 1);
  const float* scale = device.load(ones);
  float *x = card.noise(s.emb), *h = card.noise(s.emb), *probs = card.take<float>(Sizes::EXPERTS);
  auto* chosen = card.take<int32_t>(Sizes::SELECTED);
  device.reserve(s.shape(), 1, 1);
  Rows(1, 64, true).begin(device);
  const double seconds = card.seconds([&] {
    for (const auto& layer : {std::span<const Expert>(experts), std::span<const Expert>(other)})
      device.experts(x, router, layer, Sizes::SELECTED, {scale, h, scale, x}, probs, chosen);
  });
  print("offload: router and chosen experts of two layers, of the link", 1, seconds, 2 * Sizes::SELECTED * bytes, by_input ? 0 : BAR);
}

}  // namespace bench
