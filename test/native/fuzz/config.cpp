// A config.json, and the JSON under it: an error, or sizes that a model can have.
#include "fuzz.h"
#include "model/config.h"

void fuzz(std::span<const std::byte> input) {
  const wisecrack::Config c = wisecrack::parse_config({reinterpret_cast<const char*>(input.data()), input.size()}, "input");
  for (const int32_t n : {c.vocab_size, c.sequence_len, c.emb_size, c.key_size, c.num_q_heads, c.num_kv_heads, c.num_layers,
                          c.num_experts, c.num_selected_experts, c.ffn_size})
    if (n < 1) __builtin_trap();
  if (c.num_q_heads % c.num_kv_heads || c.key_size % 2 || c.num_selected_experts > c.num_experts) __builtin_trap();
}
