#include "model/weights.h"

#include "io/available_memory.h"
#include "io/read_ahead.h"
#include "model/binder.h"

namespace wisecrack {
namespace {

Layer bind_layer(Binder& bind, const std::string& at, const Config& c) {
  const int64_t emb = c.emb_size, q = int64_t{c.num_q_heads} * c.key_size, kv = int64_t{c.num_kv_heads} * c.key_size;
  Layer layer;
  layer.q = bind.matrix(at + "attn.q_proj.weight", q, emb);
  layer.k = bind.matrix(at + "attn.k_proj.weight", kv, emb);
  layer.v = bind.matrix(at + "attn.v_proj.weight", kv, emb);
  layer.o = bind.matrix(at + "attn.o_proj.weight", emb, q);
  layer.router = bind.upright(at + "moe_block.gate.weight", c.num_experts, emb);
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

Weights::Weights(const std::string& folder, const Config& config, bool round_product) : checkpoint_(folder, config.num_layers) {
  Binder bind(checkpoint_.tensors(), copies_, round_product);
  embedding = bind.upright("model.embed_tokens.weight", config.vocab_size, config.emb_size);
  bind.same_as("lm_head.weight", embedding);
  final_norm = bind.vector("model.norm.scale", config.emb_size);
  for (int32_t i = 0; i < config.num_layers; i++)
    layers.push_back(bind_layer(bind, "model.layers." + std::to_string(i) + ".", config));
  bind.finish(folder);
}

bool Weights::read_ahead(const std::function<void(double)>& progress) const {
  std::vector<std::span<const std::byte>> all;
  for (const MappedFile& file : files()) all.push_back(file.bytes());
  return wisecrack::read_ahead(all, available_memory(), progress);
}

}  // namespace wisecrack
