#include "convert/plan.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "convert/encode.h"
#include "io/names.h"

namespace wisecrack {
namespace {

constexpr size_t SHARD_BYTES = 10'000'000'000;
constexpr size_t PIECE_BYTES = 32 << 20;
// How many shares of its inputs a row-parallel matrix has scales for in the released checkpoint.
constexpr size_t ROW_PARALLEL_GROUPS = 8;

DType dtype_of(const Output& o) { return o.dtype == "I8" ? DType::I8 : o.dtype == "BF16" ? DType::BF16 : DType::F32; }

const char* text_of(DType dtype) { return dtype == DType::I8 ? "I8" : dtype == DType::BF16 ? "BF16" : "F32"; }

class Layout {
 public:
  Layout(Plan& plan, DType dtype) : plan_(plan), dtype_(dtype) {}

  void matrix(const std::string& name, const Matrix& m, size_t new_groups) {
    if (dtype_ != DType::I8) return add(name, m, dtype_);
    const size_t groups = m.dtype == DType::I8 ? m.groups : m.cols % new_groups == 0 ? new_groups : 1;
    add(name, m, DType::I8, groups);
    Output& scales = plan_.outputs.emplace_back();
    scales.name = name + std::string(SCALES);
    scales.dtype = "BF16";
    scales.shape = {static_cast<int64_t>(groups), static_cast<int64_t>(m.rows)};
    scales.bytes = groups * m.rows * 2;
    scales.matrix = m;
    scales.groups = groups;
    scales.is_scales = true;
  }

  void add(const std::string& name, const Matrix& m, DType dtype, size_t groups = 0) {
    Output& o = plan_.outputs.emplace_back();
    o.name = name;
    o.dtype = text_of(dtype);
    o.shape = {static_cast<int64_t>(m.rows), static_cast<int64_t>(m.cols)};
    o.bytes = m.rows * m.cols * size_of(dtype);
    o.matrix = m;
    o.groups = groups;
  }

  void norm(const std::string& name, const std::vector<float>& values) {
    Output& o = plan_.outputs.emplace_back();
    o.name = name;
    o.dtype = "F32";
    o.shape = {static_cast<int64_t>(values.size())};
    o.bytes = values.size() * sizeof(float);
    o.norm = &values;
  }

 private:
  Plan& plan_;
  DType dtype_;
};

void lay_out(Layout& to, const Weights& w) {
  to.add("model.embed_tokens.weight", w.embedding, DType::BF16);
  for (size_t i = 0; i < w.layers.size(); i++) {
    const std::string at = "model.layers." + std::to_string(i) + ".";
    const Layer& layer = w.layers[i];
    to.norm(at + "pre_attn_norm.scale", layer.pre_attn_norm);
    to.matrix(at + "attn.q_proj.weight", layer.q, 1);
    to.matrix(at + "attn.k_proj.weight", layer.k, 1);
    to.matrix(at + "attn.v_proj.weight", layer.v, 1);
    to.matrix(at + "attn.o_proj.weight", layer.o, ROW_PARALLEL_GROUPS);
    to.norm(at + "post_attn_norm.scale", layer.post_attn_norm);
    to.norm(at + "pre_moe_norm.scale", layer.pre_moe_norm);
    to.add(at + "moe_block.gate.weight", layer.router, layer.router.dtype);
    for (size_t e = 0; e < layer.experts.size(); e++) {
      const std::string expert = at + "moe_block.experts." + std::to_string(e) + ".";
      to.matrix(expert + "linear.weight", layer.experts[e].gate, 1);
      to.matrix(expert + "linear_v.weight", layer.experts[e].up, 1);
      to.matrix(expert + "linear_1.weight", layer.experts[e].down, ROW_PARALLEL_GROUPS);
    }
    to.norm(at + "post_moe_norm.scale", layer.post_moe_norm);
  }
  to.norm("model.norm.scale", w.final_norm);
}

std::string shard_name(size_t i, size_t count) {
  char name[64];
  std::snprintf(name, sizeof name, "model-%05zu-of-%05zu.safetensors", i + 1, count);
  return count == 1 ? "model.safetensors" : name;
}

// Where each shard begins among the outputs: shares of about the same size, none of them empty.
std::vector<size_t> split(const std::vector<Output>& outputs, size_t total, size_t shards) {
  std::vector<size_t> begin = {0};
  size_t passed = 0;
  for (size_t i = 0; i < outputs.size() && begin.size() < shards; i++) {
    const bool full = passed * shards >= total * begin.size(), needed = outputs.size() - i == shards - begin.size();
    if (i > begin.back() && (full || needed)) begin.push_back(i);
    passed += outputs[i].bytes;
  }
  begin.push_back(outputs.size());
  return begin;
}

// Header of the outputs [begin, end): the length, the JSON, spaces up to a multiple of 64, so that the tensors lie well in memory.
std::string header_of(const std::vector<Output>& outputs, size_t begin, size_t end) {
  std::string json = "{\"__metadata__\":{\"format\":\"pt\"}";
  size_t at = 0;
  for (size_t i = begin; i < end; i++) {
    json += ",\"" + outputs[i].name + "\":{\"dtype\":\"" + outputs[i].dtype + "\",\"shape\":" + shape_text(outputs[i].shape) +
            ",\"data_offsets\":[" + std::to_string(at) + "," + std::to_string(at + outputs[i].bytes) + "]}";
    at += outputs[i].bytes;
  }
  json += "}";
  json.resize((json.size() + 8 + 63) / 64 * 64 - 8, ' ');
  std::string length(8, '\0');
  for (size_t i = 0; i < 8; i++) length[i] = static_cast<char>(json.size() >> (8 * i));
  return length + json;
}

void cut(Plan& plan, size_t shard, size_t output, size_t at) {
  const Output& o = plan.outputs[output];
  const size_t step = std::max<size_t>(1, PIECE_BYTES / o.row_bytes()) * o.row_bytes();
  for (size_t begin = 0; begin < o.bytes; begin += step)
    plan.pieces.push_back({shard, output, at + begin, std::min(step, o.bytes - begin), begin});
}

}  // namespace

size_t Output::row_bytes() const { return norm || is_scales ? bytes : matrix.cols * size_of(dtype_of(*this)); }

void Output::write(size_t begin, size_t end, std::byte* out) const {
  if (norm) std::memcpy(out, norm->data(), bytes);
  else if (is_scales) encode_scales(matrix, groups, out);
  else encode_rows(matrix, begin / row_bytes(), end / row_bytes(), dtype_of(*this), groups, out);
}

Plan make_plan(const Weights& weights, DType dtype, size_t shards) {
  Plan plan;
  Layout layout(plan, dtype);
  lay_out(layout, weights);
  size_t total = 0;
  for (const Output& o : plan.outputs) total += o.bytes;
  if (shards == 0) shards = (total + SHARD_BYTES - 1) / SHARD_BYTES;
  if (shards > plan.outputs.size())
    throw std::out_of_range("shards is " + std::to_string(shards) + ", but there are only " + std::to_string(plan.outputs.size()) + " tensors");
  const std::vector<size_t> begin = split(plan.outputs, total, shards);
  std::string map;
  for (size_t s = 0; s < shards; s++) {
    ShardPlan& shard = plan.shards.emplace_back();
    shard.name = shard_name(s, shards);
    shard.header = header_of(plan.outputs, begin[s], begin[s + 1]);
    shard.bytes = shard.header.size();
    plan.pieces.push_back({s, NO_OUTPUT, 0, shard.header.size(), 0});
    for (size_t i = begin[s]; i < begin[s + 1]; i++) {
      cut(plan, s, i, shard.bytes);
      shard.bytes += plan.outputs[i].bytes;
      map += (map.empty() ? "\n    \"" : ",\n    \"") + plan.outputs[i].name + "\": \"" + shard.name + "\"";
    }
    plan.bytes += shard.bytes;
  }
  if (shards > 1)
    plan.index = "{\n  \"metadata\": {\"total_size\": " + std::to_string(total) + "},\n  \"weight_map\": {" + map + "\n  }\n}\n";
  return plan;
}

}  // namespace wisecrack
