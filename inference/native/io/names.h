#pragma once
#include <string>
#include <string_view>

namespace wisecrack {

/// Our name of a tensor in a Hugging Face checkpoint of Grok-1, which is that of hpcai-tech/grok-1:
///
///     model.embed_tokens.weight   model.norm.scale   model.layers.N.{pre_attn,post_attn,pre_moe,post_moe}_norm.scale
///     model.layers.N.attn.{q,k,v,o}_proj.weight   model.layers.N.moe_block.gate.weight
///     model.layers.N.moe_block.experts.E.{linear,linear_v,linear_1}.weight
///
/// Others write self_attn, block_sparse_moe, w1, w3, w2 (the names of Mixtral, which SGLang and llama.cpp read) and *_norm.weight.
/// A name that is none of these comes back as it is; "" is one that holds nothing of the model (rotary_emb.inv_freq).
std::string canonical_name(std::string_view name);

/// What int8 weights are multiplied by, ours: BF16 [groups, out].
constexpr std::string_view SCALES = "_scales";
/// The same as other tools write it: [out] or [out, groups] (compressed-tensors).
constexpr std::string_view SCALE = "_scale";

}  // namespace wisecrack
