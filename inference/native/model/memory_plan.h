#pragma once
#include <stdexcept>

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

/// Counted before anything is loaded. `kv` bytes of keys and values, steps of `rows` rows of which `logit_rows` want logits.
MemoryPlan plan_memory(const Weights& weights, const Shape& shape, const Device& device, size_t kv, size_t rows, size_t logit_rows);

/// Throws MemoryError when the device has not so much room.
void demand_room(const MemoryPlan& plan, size_t available);

}  // namespace wisecrack
