// xAI's ckpt-0: a pickle per parameter, numbered in the order of the flattened haiku parameters (checkpoint.py: load_tensors), which
// jax sorts by name. So decoder_layer_10 comes before decoder_layer_2.
#include <algorithm>
#include <cstdio>

#include "io/checkpoint.h"
#include "io/error.h"
#include "io/names.h"
#include "io/parameter.h"

namespace wisecrack {
namespace {

// What the files of a layer hold, in order: moe/linear, moe/linear_1, moe/linear_v, multi_head_attention/{key,linear,query,value},
// rms_norm, rms_norm_1 to 3, router.
constexpr const char* LAYER[] = {"moe_block.experts.*.linear.weight", "moe_block.experts.*.linear_1.weight",
                                 "moe_block.experts.*.linear_v.weight", "attn.k_proj.weight", "attn.o_proj.weight",
                                 "attn.q_proj.weight", "attn.v_proj.weight", "pre_attn_norm.scale", "post_attn_norm.scale",
                                 "pre_moe_norm.scale", "post_moe_norm.scale", "moe_block.gate.weight"};

// The tensor of each file.
std::vector<std::string> file_order(int32_t layers) {
  std::vector<std::string> numbers;
  for (int32_t i = 0; i < layers; i++) numbers.push_back(std::to_string(i));
  std::sort(numbers.begin(), numbers.end());
  std::vector<std::string> order = {"model.embed_tokens.weight", "model.norm.scale"};
  for (const std::string& number : numbers)
    for (const char* name : LAYER) order.push_back("model.layers." + number + "." + name);
  return order;
}

std::string file_name(size_t i) {
  char name[32];
  std::snprintf(name, sizeof name, "tensor%05zu_000", i);
  return name;
}

// Entry e of the first dimension.
Tensor slice(const Tensor& tensor, int64_t e) {
  Tensor part = tensor;
  part.bytes = tensor.bytes / static_cast<size_t>(tensor.shape[0]);
  part.data = tensor.data + static_cast<size_t>(e) * part.bytes;
  part.shape.erase(part.shape.begin());
  return part;
}

void add(Tensors& tensors, const std::string& name, Tensor weight, const std::optional<Tensor>& scales) {
  weight.by_input = weight.shape.size() == 2 && name != "model.embed_tokens.weight";
  tensors.emplace(name, std::move(weight));
  if (scales) tensors.emplace(name + std::string(SCALES), *scales);
}

void add_parameter(Tensors& tensors, const std::string& name, const Parameter& p, const std::string& path) {
  const size_t star = name.find('*');
  if (star == std::string::npos) return add(tensors, name, p.weight, p.scales);
  if (p.weight.shape.size() != 3)
    throw invalid(path + ": " + shape_text(p.weight.shape) + " are no matrices of experts [experts, in, out]");
  for (int64_t e = 0; e < p.weight.shape[0]; e++) {
    std::string expert = name;
    expert.replace(star, 1, std::to_string(e));
    add(tensors, expert, slice(p.weight, e), p.scales ? std::optional(slice(*p.scales, e)) : std::nullopt);
  }
}

}  // namespace

void Checkpoint::open_ckpt(const std::string& folder, int32_t layers) {
  const std::vector<std::string> order = file_order(layers);
  std::string wrong;
  for (size_t i = 0; i < order.size(); i++) {
    const std::string path = folder + "/" + file_name(i);
    if (!exists(path)) {
      wrong += "\n  " + file_name(i) + " is missing (" + order[i] + ")";
      continue;
    }
    try {
      const MappedFile& file = files_.emplace_back(path);
      add_parameter(tensors_, order[i], read_parameter(file.bytes(), file_name(i)), file_name(i));
    } catch (const ModelError& error) {
      wrong += std::string("\n  ") + error.what();
    }
  }
  if (exists(folder + "/" + file_name(order.size())))
    wrong += "\n  " + file_name(order.size()) + " belongs to no layer: config.json says that there are " + std::to_string(layers);
  if (!wrong.empty()) throw invalid(folder + ":" + wrong);
}

}  // namespace wisecrack
