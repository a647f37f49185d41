#include "model/weights.h"

#include <cstring>
#include <set>

#include "device/bf16.h"
#include "io/error.h"

namespace wisecrack {
namespace {

// Fetches tensors by name and collects complaints, so that one error can list them all.
class Binder {
 public:
  explicit Binder(const Tensors& tensors) : tensors_(tensors) {}

  Matrix matrix(const std::string& name, int64_t rows, int64_t cols) {
    const Tensor* tensor = find(name, {rows, cols});
    if (!tensor) return {};
    const DType dtype = tensor->dtype == "BF16" ? DType::BF16 : DType::F32;
    return {tensor->data, dtype, static_cast<size_t>(rows), static_cast<size_t>(cols)};
  }

  std::vector<float> vector(const std::string& name, int64_t n) {
    const Tensor* tensor = find(name, {n});
    std::vector<float> values(tensor ? static_cast<size_t>(n) : 0);
    for (size_t i = 0; i < values.size(); i++) {
      if (tensor->dtype == "F32") {
        std::memcpy(&values[i], tensor->data + i * sizeof(float), sizeof(float));
      } else {
        bf16 value;
        std::memcpy(&value, tensor->data + i * sizeof value, sizeof value);
        values[i] = to_float(value);
      }
    }
    return values;
  }

  // Throws when anything was wrong or nobody asked for a tensor.
  void finish(const std::string& folder) {
    for (const auto& [name, tensor] : tensors_)
      if (!used_.count(name)) complain(name + " " + shape_text(tensor.shape) + " is unknown");
    if (count_ == 0) return;
    if (count_ > SHOWN) wrong_ += "\n  and " + std::to_string(count_ - SHOWN) + " more";
    throw invalid(folder + ": " + std::to_string(count_) + " tensors do not fit config.json:" + wrong_);
  }

 private:
  static constexpr size_t SHOWN = 2000;

  void complain(const std::string& text) {
    if (++count_ <= SHOWN) wrong_ += "\n  " + text;
  }

  const Tensor* find(const std::string& name, const std::vector<int64_t>& shape) {
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) {
      complain(name + " " + shape_text(shape) + " is missing");
      return nullptr;
    }
    used_.insert(name);
    const Tensor& tensor = found->second;
    if (tensor.shape != shape) {
      complain(name + " is " + shape_text(tensor.shape) + ", must be " + shape_text(shape));
      return nullptr;
    }
    if (tensor.dtype != "BF16" && tensor.dtype != "F32") {
      complain(name + " is " + tensor.dtype + ", must be BF16 or F32");
      return nullptr;
    }
    return &tensor;
  }

  const Tensors& tensors_;
  std::set<std::string> used_;
  std::string wrong_;
  size_t count_ = 0;
};

Layer bind_layer(Binder& bind, const std::string& at, const Config& c) {
  const int64_t emb = c.emb_size, q = int64_t{c.num_q_heads} * c.key_size, kv = int64_t{c.num_kv_heads} * c.key_size;
  Layer layer;
  layer.q = bind.matrix(at + "attn.q_proj.weight", q, emb);
  layer.k = bind.matrix(at + "attn.k_proj.weight", kv, emb);
  layer.v = bind.matrix(at + "attn.v_proj.weight", kv, emb);
  layer.o = bind.matrix(at + "attn.o_proj.weight", emb, q);
  layer.router = bind.matrix(at + "moe_block.gate.weight", c.num_experts, emb);
  layer.pre_attn_norm = bind.vector(at + "pre_attn_norm.scale", emb);
  layer.post_attn_norm = bind.vector(at + "post_attn_norm.scale", emb);
  layer.pre_moe_norm = bind.vector(at + "pre_moe_norm.scale", emb);
  layer.post_moe_norm = bind.vector(at + "post_moe_norm.scale", emb);
  for (int32_t e = 0; e < c.num_experts; e++) {
    const std::string expert = at + "moe_block.experts." + std::to_string(e) + ".";
    layer.experts.push_back({bind.matrix(expert + "linear.weight", c.ffn_size, emb),
                             bind.matrix(expert + "linear_v.weight", c.ffn_size, emb),
                             bind.matrix(expert + "linear_1.weight", emb, c.ffn_size)});
  }
  return layer;
}

}  // namespace

Weights::Weights(const std::string& folder, const Config& config, const std::function<void(double)>& progress)
    : checkpoint_(folder) {
  Binder bind(checkpoint_.tensors());
  embedding = bind.matrix("model.embed_tokens.weight", config.vocab_size, config.emb_size);
  final_norm = bind.vector("model.norm.scale", config.emb_size);
  for (int32_t i = 0; i < config.num_layers; i++) {
    layers.push_back(bind_layer(bind, "model.layers." + std::to_string(i) + ".", config));
    if (progress) progress(static_cast<double>(i + 1) / config.num_layers);
  }
  bind.finish(folder);
}

}  // namespace wisecrack
