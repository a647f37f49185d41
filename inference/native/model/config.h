#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace wisecrack {

/// Sizes and constants of a model, by xAI's names (model.py: LanguageModelConfig, TransformerConfig).
struct Config {
  int32_t vocab_size = 0;
  int32_t pad_token = 0;
  int32_t eos_token = 0;
  int32_t sequence_len = 0;
  float embedding_multiplier_scale = 1;
  float output_multiplier_scale = 1;
  int32_t emb_size = 0;
  int32_t key_size = 0;
  int32_t num_q_heads = 0;
  int32_t num_kv_heads = 0;
  int32_t num_layers = 0;
  int32_t num_experts = 0;
  int32_t num_selected_experts = 0;
  float attn_output_multiplier = 1;  ///< multiplies attention logits before the cap
  int32_t ffn_size = 0;              ///< computed from widening_factor and emb_size
};

/// model.py: ffn_size. int(widening_factor * emb_size) * 2 // 3, rounded up to a multiple of 8.
int64_t ffn_size(double widening_factor, int64_t emb_size);

/// Reads and checks the text of a config.json: xAI's names, or those of the Hugging Face conversions (hidden_size, ...). Throws
/// ModelError that names `path` and every wrong field.
Config parse_config(std::string_view text, const std::string& path);

/// The same of a file.
Config read_config(const std::string& path);

/// The configuration of a model folder: its config.json or, where xAI's ckpt-0 lies as it was released, without one, Grok-1's.
Config folder_config(const std::string& folder);

}  // namespace wisecrack
