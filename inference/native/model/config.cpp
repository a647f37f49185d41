#include "model/config.h"

#include <cmath>
#include <optional>

#include "device/device.h"
#include "io/error.h"
#include "io/file.h"
#include "io/json.h"

namespace wisecrack {
namespace {

// Reads fields of one object and collects what is wrong with them.
class Fields {
 public:
  Fields(const Json& object, std::string prefix, std::string& wrong)
      : object_(object), prefix_(std::move(prefix)), wrong_(wrong) {}

  int32_t integer(const char* name, int64_t min, int64_t max) {
    const Json* field = object_.find(name);
    const std::optional<int64_t> n = field ? field->integer() : std::nullopt;
    if (n && *n >= min && *n <= max) return static_cast<int32_t>(*n);
    complain(name, field, "a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    return static_cast<int32_t>(min);
  }

  double positive(const char* name, double max) {
    const Json* field = object_.find(name);
    if (field && field->is(Json::Kind::Number) && field->number > 0 && field->number <= max) return field->number;
    complain(name, field, "a number above 0");
    return 1;
  }

  int32_t either(const char* name, const char* other, int64_t min, int64_t max) {
    return integer(object_.find(name) || !object_.find(other) ? name : other, min, max);
  }

  // The reference hard-codes these; a config may repeat them but not change them.
  void fixed(const char* name, double value) {
    const Json* field = object_.find(name);
    if (field && !(field->is(Json::Kind::Number) && std::abs(field->number - value) <= 1e-9 * std::abs(value)))
      complain(name, field, "absent or exactly what xAI's code uses");
  }

 private:
  void complain(const char* name, const Json* field, const std::string& wanted) {
    std::string is = "is missing";
    if (field) is = "is no number";
    if (field && field->is(Json::Kind::Number)) {
      is = "is " + std::to_string(field->number);
      is.erase(is.find_last_not_of('0') + 1);
      if (is.back() == '.') is.pop_back();
    }
    wrong_ += "\n  " + prefix_ + name + " " + is + ", must be " + wanted;
  }

  const Json& object_;
  std::string prefix_;
  std::string& wrong_;
};

}  // namespace

int64_t ffn_size(double widening_factor, int64_t emb_size) {
  const int64_t size = static_cast<int64_t>(widening_factor * static_cast<double>(emb_size)) * 2 / 3;
  return (size + 7) / 8 * 8;
}

namespace {

// model.py's own names: LanguageModelConfig with a TransformerConfig in it.
void read_xai(const Json& json, const Json& model, Config& c, std::string& wrong) {
  Fields top(json, "", wrong);
  c.vocab_size = top.integer("vocab_size", 1, 1 << 24);
  c.pad_token = top.integer("pad_token", 0, c.vocab_size - 1);
  c.eos_token = top.integer("eos_token", 0, c.vocab_size - 1);
  c.sequence_len = top.integer("sequence_len", 1, 1 << 20);
  c.embedding_multiplier_scale = static_cast<float>(top.positive("embedding_multiplier_scale", 1e6));
  c.output_multiplier_scale = static_cast<float>(top.positive("output_multiplier_scale", 1e6));
  Fields inner(model, "model.", wrong);
  c.emb_size = inner.integer("emb_size", 1, 1 << 17);
  c.key_size = inner.integer("key_size", 2, MAX_KEY_SIZE);
  c.num_q_heads = inner.integer("num_q_heads", 1, 1024);
  c.num_kv_heads = inner.integer("num_kv_heads", 1, 1024);
  c.num_layers = inner.integer("num_layers", 1, 1024);
  c.num_experts = inner.integer("num_experts", 1, 1024);
  c.num_selected_experts = inner.integer("num_selected_experts", 1, 1024);
  c.attn_output_multiplier = static_cast<float>(inner.positive("attn_output_multiplier", 1e6));
  const double widening = inner.positive("widening_factor", 1024);
  const int64_t ffn = ffn_size(widening, c.emb_size);
  if (ffn < 1 || ffn > 1 << 24) wrong += "\n  model.widening_factor gives an ffn size of " + std::to_string(ffn);
  c.ffn_size = static_cast<int32_t>(ffn);
  if (const Json* derived = json.find("derived"); derived && derived->is(Json::Kind::Object)) {
    Fields fields(*derived, "derived.", wrong);
    fields.fixed("rms_norm_eps", 1e-5);
    fields.fixed("rope_base", 10000);
    fields.fixed("attn_logit_cap", 30);
    const Json* size = derived->find("ffn_size");
    if (size && size->integer() != ffn)
      wrong += "\n  derived.ffn_size does not agree with widening_factor and emb_size, which give " + std::to_string(ffn);
  }
}

// The names of the Hugging Face conversions (hpcai-tech/grok-1: configuration_grok1.py; num_local_experts as Mixtral has it).
void read_hugging_face(const Json& json, Config& c, std::string& wrong) {
  Fields f(json, "", wrong);
  c.vocab_size = f.integer("vocab_size", 1, 1 << 24);
  c.pad_token = f.integer("pad_token_id", 0, c.vocab_size - 1);
  c.eos_token = f.integer("eos_token_id", 0, c.vocab_size - 1);
  c.sequence_len = f.integer("max_position_embeddings", 1, 1 << 20);
  c.embedding_multiplier_scale = static_cast<float>(f.positive("embedding_multiplier_scale", 1e6));
  c.output_multiplier_scale = static_cast<float>(f.positive("output_multiplier_scale", 1e6));
  c.attn_output_multiplier = static_cast<float>(f.positive("attn_output_multiplier", 1e6));
  c.emb_size = f.integer("hidden_size", 1, 1 << 17);
  c.ffn_size = f.integer("intermediate_size", 1, 1 << 24);
  c.num_layers = f.integer("num_hidden_layers", 1, 1024);
  c.num_q_heads = f.integer("num_attention_heads", 1, 1024);
  c.num_kv_heads = f.integer("num_key_value_heads", 1, 1024);
  c.num_experts = f.either("num_experts", "num_local_experts", 1, 1024);
  c.num_selected_experts = f.integer("num_experts_per_tok", 1, 1024);
  c.key_size = json.find("head_dim") ? f.integer("head_dim", 2, MAX_KEY_SIZE) : c.emb_size / c.num_q_heads;
  if (c.key_size < 2 || c.key_size > static_cast<int32_t>(MAX_KEY_SIZE))
    wrong += "\n  hidden_size / num_attention_heads is " + std::to_string(c.key_size) + ", must be from 2 to " + std::to_string(MAX_KEY_SIZE);
  f.fixed("rms_norm_eps", 1e-5);
  f.fixed("rope_theta", 10000);
  f.fixed("max_attn_value", 30);
}

// What must hold between fields.
void check_together(const Config& c, bool xai, std::string& wrong) {
  if (c.key_size % 2) wrong += std::string("\n  ") + (xai ? "model.key_size" : "head_dim") + " must be even (RoPE turns pairs)";
  if (c.num_q_heads % c.num_kv_heads)
    wrong += xai ? "\n  model.num_q_heads must be a multiple of model.num_kv_heads"
                 : "\n  num_attention_heads must be a multiple of num_key_value_heads";
  if (c.num_selected_experts > c.num_experts)
    wrong += xai ? "\n  model.num_selected_experts is larger than model.num_experts" : "\n  num_experts_per_tok is larger than num_experts";
}

// run.py
constexpr Config GROK_1 = {131072, 0,  2, 8192, 78.38367176906169f, 0.5773502691896257f, 6144, 128, 48, 8, 64, 8, 2,
                           0.08838834764831845f, 32768};

}  // namespace

Config parse_config(std::string_view text, const std::string& path) {
  Json json;
  try {
    json = Json::parse(text);
  } catch (const JsonError& error) {
    throw invalid(path + ": " + error.what());
  }
  std::string wrong;
  Config c;
  const Json* model = json.find("model");
  if (model && model->is(Json::Kind::Object)) read_xai(json, *model, c, wrong);
  else if (json.find("hidden_size")) read_hugging_face(json, c, wrong);
  else throw invalid(path + ": no object \"model\" (xAI's TransformerConfig) and no \"hidden_size\" (a Hugging Face conversion of Grok-1)");
  check_together(c, model, wrong);
  if (!wrong.empty()) throw invalid(path + ":" + wrong);
  return c;
}

Config read_config(const std::string& path) { return parse_config(read_text(path, 1 << 20), path); }

Config folder_config(const std::string& folder) {
  const std::string path = folder + "/config.json";
  return !exists(path) && exists(folder + "/ckpt-0") ? GROK_1 : read_config(path);
}

}  // namespace wisecrack
