#include "model/shard.h"

#include <string>

#include "io/error.h"

namespace wisecrack {
namespace {

// Columns of an expert that stay together: what a vector load of bf16 takes.
constexpr size_t FFN_UNIT = 8;

Range part_of(size_t n, size_t unit, const Member& member) {
  const size_t units = n / unit, count = member.count();
  const auto at = [&](size_t index) { return index == count ? n : units * index / count * unit; };
  return {at(member.index), at(member.index + 1)};
}

const char* data_at(const Matrix& m, size_t element) { return static_cast<const char*>(m.data) + element * size_of(m.dtype); }

}  // namespace

Shard::Shard(const Shape& whole, const Member& member) : shape(whole) {
  const HeadShape& heads = whole.heads;
  const size_t group = heads.q_heads / heads.kv_heads;
  kv = part_of(heads.kv_heads * heads.key_size, heads.key_size, member);
  q = {kv.first * group, kv.last * group};
  ffn = part_of(whole.ffn, FFN_UNIT, member);
  vocab = part_of(whole.vocab, 1, member);
  shape.heads.kv_heads = kv.size() / heads.key_size;
  shape.heads.q_heads = shape.heads.kv_heads * group;
  shape.ffn = ffn.size();
  shape.vocab = vocab.size();
}

Matrix outputs_of(const Matrix& m, Range range) {
  Matrix part = m;
  part.rows = range.size();
  part.stride = m.pitch();
  part.data = data_at(m, m.by_input ? range.first : range.first * m.pitch());
  if (m.dtype != DType::I8) return part;
  part.scale_stride = m.scale_pitch();
  part.scales = static_cast<const char*>(m.scales) + range.first * sizeof(uint16_t);
  return part;
}

Matrix inputs_of(const Matrix& m, Range range) {
  Matrix part = m;
  part.cols = range.size();
  part.stride = m.pitch();
  part.data = data_at(m, m.by_input ? range.first * m.pitch() : range.first);
  if (m.dtype != DType::I8 || range.size() == 0) return part;
  const size_t length = m.cols / m.groups, first = range.first / length, last = (range.last - 1) / length;
  const bool whole = range.first % length == 0 && range.last % length == 0;
  if (!whole && first != last)
    throw invalid("an int8 matrix has a scale for every " + std::to_string(length) + " of its " + std::to_string(m.cols) +
                  " inputs, and a shard of " + std::to_string(range.size()) + " from " + std::to_string(range.first) +
                  " on would cut such a group: use another number of shards");
  part.scale_stride = m.scale_pitch();
  part.scales = static_cast<const char*>(m.scales) + first * m.scale_pitch() * sizeof(uint16_t);
  part.groups = last - first + 1;
  return part;
}

LayerPart::LayerPart(const Layer& layer, const Shard& shard)
    : q(outputs_of(layer.q, shard.q)),
      k(outputs_of(layer.k, shard.kv)),
      v(outputs_of(layer.v, shard.kv)),
      o(inputs_of(layer.o, shard.q)),
      router(layer.router) {
  for (const Expert& e : layer.experts)
    experts.push_back({outputs_of(e.gate, shard.ffn), outputs_of(e.up, shard.ffn), inputs_of(e.down, shard.ffn)});
}

}  // namespace wisecrack
