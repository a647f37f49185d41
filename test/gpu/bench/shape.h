#pragma once
#include "device/device.h"

namespace bench {

using namespace wisecrack;

/// What is measured: Grok-1, or something tiny that shows on the emulator that the benchmark itself works.
struct Sizes {
  size_t emb, ffn, vocab, layers;
  HeadShape heads;
  size_t shards;                 ///< of a model that is split
  size_t context, positions;     ///< the longest sequence; what decoding rows see
  size_t copy;                   ///< bytes of the copy that measures the bandwidth
  std::initializer_list<size_t> experts_rows, prefill_rows, layer_rows;
  size_t prefill_from;           ///< rows from which on experts are bound by arithmetic
  int rounds;

  Shape shape() const { return {emb, ffn, vocab, EXPERTS, SELECTED, heads, context}; }
  /// One of the shards: its heads, its part of every expert's columns and of the vocabulary.
  Sizes rank() const {
    Sizes one = *this;
    one.ffn /= shards;
    one.vocab /= shards;
    one.heads.q_heads /= shards;
    one.heads.kv_heads /= shards;
    return one;
  }
  static constexpr size_t EXPERTS = 8, SELECTED = 2;
};

inline const Sizes GROK_1{6144, 32768, 131072, 64, {48, 8, 128}, 8, 8192, 4096, size_t{2} << 30, {1, 2, 4, 8, 16, 32, 64, 512, 4096}, {512, 2048}, {1, 8, 32}, 2048, 20};
inline const Sizes TINY{64, 256, 512, 2, {16, 4, 16}, 4, 64, 32, size_t{1} << 16, {1, 3, 150}, {3}, {1, 2}, 150, 1};

}  // namespace bench
