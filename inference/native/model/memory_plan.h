#pragma once
#include <stdexcept>
#include <vector>

#include "model/forward.h"

namespace wisecrack {

/// A model does not fit a device's memory. The message has the figures.
class MemoryError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What a model takes of a device's memory, in bytes.
struct MemoryPlan {
  size_t weights, kv, work;
  size_t total() const { return weights + kv + work; }
};

/// What the device's shard of a model takes of it; counted before anything is loaded. `shape` is the whole model's. `blocks` of keys and
/// values, steps of `rows` rows of which `logit_rows` want logits.
MemoryPlan plan_memory(const Weights& weights, const Shape& shape, const Device& device, size_t blocks, size_t rows, size_t logit_rows);

/// Throws MemoryError when there is not so much room.
void demand_room(const MemoryPlan& plan, size_t available);

/// The same of devices, each with its plan; devices may have one memory in common.
void demand_room(const std::vector<Device*>& devices, const std::vector<MemoryPlan>& plans);

}  // namespace wisecrack
