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
  size_t offloaded = 0;  ///< of weights that stay on the host
  size_t total() const { return weights + kv + work; }
};

/// What the device's shard of a model takes of it, when the experts of the first `resident` layers lie there; counted before anything is
/// loaded. `shape` is the whole model's. `blocks` of keys and values, steps of `rows` rows of which `logit_rows` want logits.
MemoryPlan plan_memory(const Weights& weights, const Shape& shape, const Device& device, size_t blocks, size_t rows, size_t logit_rows,
                       size_t resident = SIZE_MAX);

/// Throws MemoryError when there is not so much room.
void demand_room(const MemoryPlan& plan, size_t available);

/// The same of devices, each with its plan; devices may have one memory in common. They may take `share` of what is free.
void demand_room(const std::vector<Device*>& devices, const std::vector<MemoryPlan>& plans, double share = 1);

/// Throws MemoryError when `cards` that share a model would have to wait for the disk: experts that are offloaded are more than the host's
/// memory holds. A card gives up when another does not come in time.
void demand_host_room(size_t offloaded, size_t cards, size_t available);

/// For how many layers' experts there is room on the devices, beside all else: all, or, where the devices can offload experts, as
/// many as it goes, from none on.
struct Fit {
  size_t resident;
  size_t offloaded;  ///< bytes of the other layers' experts
};
/// Throws MemoryError when there is too little even so. The arguments are plan_memory's.
Fit fit_layers(const Weights& weights, const Shape& shape, const std::vector<Device*>& devices, size_t blocks, size_t rows, size_t logit_rows);

}  // namespace wisecrack
