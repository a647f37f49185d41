#pragma once
#include "bench/shape.h"

namespace bench {

/// One layer: experts, the layer as a whole, attention.
void layer(const Sizes& sizes, DType dtype);
/// Experts that stay in the host's memory: what of the link they reach, as converted or, with inputs first, as released.
void offload(const Sizes& sizes, DType dtype, bool by_input);
/// One shard of the whole model: all layers and the logits, as one graph a step; from that, what so many cards would do.
void rank(const Sizes& sizes, DType dtype);

}  // namespace bench
