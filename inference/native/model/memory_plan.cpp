#include "model/memory_plan.h"

#include <algorithm>
#include <cstdio>
#include <map>

namespace wisecrack {
namespace {

std::string gib(size_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f GiB", static_cast<double>(bytes) / (1 << 30));
  return text;
}

// Of what is free, where layers can be left out: what the driver takes as kernels are used for the first time must not be missing.
constexpr double SHARE = 63.0 / 64;

}  // namespace

MemoryPlan plan_memory(const Weights& weights, const Shape& shape, const Device& device, size_t blocks, size_t rows, size_t logit_rows,
                       size_t resident) {
  const Shard shard(shape, device.member());
  size_t bytes = device.load_bytes(outputs_of(weights.embedding, shard.vocab)), slots = 0, offloaded = 0;
  for (size_t i = 0; i < weights.layers.size(); i++) {
    const LayerPart part(weights.layers[i], shard);
    for (const Matrix* m : {&part.q, &part.k, &part.v, &part.o, &part.router}) bytes += device.load_bytes(*m);
    for (const Expert& e : part.experts) {
      size_t& place = i < resident ? bytes : offloaded;
      for (const Matrix* m : {&e.gate, &e.up, &e.down}) place += device.load_bytes(*m);
      if (i >= resident) slots = std::max(slots, device.offload_bytes(e));
    }
  }
  const size_t norms = (4 * weights.layers.size() + 1) * shape.emb * sizeof(float);
  const size_t rope = shape.positions * shape.heads.key_size * sizeof(float);
  const size_t kv = blocks * KvPool::block_bytes(weights.layers.size(), shard.shape.heads, device.kv_dtype());
  return {bytes + slots + norms + rope, kv, device.work_bytes(shard.shape, rows, logit_rows), offloaded};
}

void demand_room(const MemoryPlan& plan, size_t available) {
  if (plan.total() <= available) return;
  throw MemoryError("the model needs " + gib(plan.total()) + " on the device (weights " + gib(plan.weights) + ", keys and values " +
                    gib(plan.kv) + ", working memory " + gib(plan.work) + "), " + gib(available) + " are free" +
                    (plan.offloaded ? ", although all experts would stay in the host's memory" : ""));
}

void demand_room(const std::vector<Device*>& devices, const std::vector<MemoryPlan>& plans, double share) {
  std::map<Memory*, MemoryPlan> sums;
  for (size_t d = 0; d < devices.size(); d++) {
    MemoryPlan& sum = sums.try_emplace(&devices[d]->memory(), MemoryPlan{0, 0, 0}).first->second;
    sum = {sum.weights + plans[d].weights, sum.kv + plans[d].kv, sum.work + plans[d].work, sum.offloaded + plans[d].offloaded};
  }
  for (const auto& [memory, plan] : sums) demand_room(plan, static_cast<size_t>(share * static_cast<double>(memory->available())));
}

void demand_host_room(size_t offloaded, size_t cards, size_t available) {
  if (cards < 2 || offloaded < available) return;
  throw MemoryError("the experts that do not fit the cards need " + gib(offloaded) + " of the host's memory, " + gib(available) +
                    " are free; " + std::to_string(cards) + " cards that share a model cannot wait for the disk");
}

Fit fit_layers(const Weights& weights, const Shape& shape, const std::vector<Device*>& devices, size_t blocks, size_t rows, size_t logit_rows) {
  const size_t layers = weights.layers.size();
  const bool can_offload = devices[0]->offload_bytes(weights.layers[0].experts[0]) > 0;
  for (size_t resident = layers;; resident--) {
    std::vector<MemoryPlan> plans;
    size_t offloaded = 0;
    for (const Device* device : devices) {
      plans.push_back(plan_memory(weights, shape, *device, blocks, rows, logit_rows, resident));
      offloaded += plans.back().offloaded;
    }
    try {
      demand_room(devices, plans, resident == layers ? 1 : SHARE);
    } catch (const MemoryError&) {
      if (resident == 0 || !can_offload) throw;
      continue;
    }
    if (offloaded > 0) demand_host_room(offloaded, devices.size(), host_memory().available());
    return {resident, offloaded};
  }
}

}  // namespace wisecrack
