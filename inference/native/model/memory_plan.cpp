#include "model/memory_plan.h"

#include <cstdio>
#include <map>

namespace wisecrack {
namespace {

std::string gib(size_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f GiB", static_cast<double>(bytes) / (1 << 30));
  return text;
}

}  // namespace

MemoryPlan plan_memory(const Weights& weights, const Shape& shape, const Device& device, size_t blocks, size_t rows, size_t logit_rows) {
  const Shard shard(shape, device.member());
  size_t bytes = device.load_bytes(outputs_of(weights.embedding, shard.vocab));
  for (const Layer& layer : weights.layers) {
    const LayerPart part(layer, shard);
    for (const Matrix* m : {&part.q, &part.k, &part.v, &part.o, &part.router}) bytes += device.load_bytes(*m);
    for (const Expert& e : part.experts)
      for (const Matrix* m : {&e.gate, &e.up, &e.down}) bytes += device.load_bytes(*m);
  }
  const size_t norms = (4 * weights.layers.size() + 1) * shape.emb * sizeof(float);
  const size_t rope = shape.positions * shape.heads.key_size * sizeof(float);
  const size_t kv = blocks * KvPool::block_bytes(weights.layers.size(), shard.shape.heads, device.kv_dtype());
  return {bytes + norms + rope, kv, device.work_bytes(shard.shape, rows, logit_rows)};
}

void demand_room(const MemoryPlan& plan, size_t available) {
  if (plan.total() <= available) return;
  throw MemoryError("the model needs " + gib(plan.total()) + " on the device (weights " + gib(plan.weights) + ", keys and values " +
                    gib(plan.kv) + ", working memory " + gib(plan.work) + "), " + gib(available) + " are free");
}

void demand_room(const std::vector<Device*>& devices, const std::vector<MemoryPlan>& plans) {
  std::map<Memory*, MemoryPlan> sums;
  for (size_t d = 0; d < devices.size(); d++) {
    MemoryPlan& sum = sums.try_emplace(&devices[d]->memory(), MemoryPlan{0, 0, 0}).first->second;
    sum = {sum.weights + plans[d].weights, sum.kv + plans[d].kv, sum.work + plans[d].work};
  }
  for (const auto& [memory, plan] : sums) demand_room(plan, memory->available());
}

}  // namespace wisecrack
