#include "model/memory_plan.h"

#include <cstdio>

namespace wisecrack {
namespace {

std::string gib(size_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f GiB", static_cast<double>(bytes) / (1 << 30));
  return text;
}

}  // namespace

MemoryPlan plan_memory(const Weights& weights, const Shape& shape, const Device& device, size_t kv, size_t rows, size_t logit_rows) {
  size_t bytes = device.load_bytes(weights.embedding);
  for (const Layer& layer : weights.layers) {
    for (const Matrix* m : {&layer.q, &layer.k, &layer.v, &layer.o, &layer.router}) bytes += device.load_bytes(*m);
    for (const Expert& e : layer.experts)
      for (const Matrix* m : {&e.gate, &e.up, &e.down}) bytes += device.load_bytes(*m);
  }
  const size_t norms = (4 * weights.layers.size() + 1) * shape.emb * sizeof(float);
  const size_t rope = shape.positions * shape.heads.key_size * sizeof(float);
  return {bytes + norms + rope, kv, device.work_bytes(shape, rows, logit_rows)};
}

void demand_room(const MemoryPlan& plan, size_t available) {
  if (plan.total() <= available) return;
  throw MemoryError("the model needs " + gib(plan.total()) + " on the device (weights " + gib(plan.weights) + ", keys and values " +
                    gib(plan.kv) + ", working memory " + gib(plan.work) + "), " + gib(available) + " are free");
}

}  // namespace wisecrack
