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

Config read_config(const std::string& path) {
  Json json;
  try {
    json = Json::parse(read_text(path, 1 << 20));
  } catch (const JsonError& error) {
    throw invalid(path + ": " + error.what());
  }
  const Json* model = json.find("model");
  if (!model || !model->is(Json::Kind::Object)) throw invalid(path + ": no object \"model\" (xAI's TransformerConfig)");

  std::string wrong;
  Config c;
  Fields top(json, "", wrong);
  c.vocab_size = top.integer("vocab_size", 1, 1 << 24);
  c.pad_token = top.integer("pad_token", 0, c.vocab_size - 1);
  c.eos_token = top.integer("eos_token", 0, c.vocab_size - 1);
  c.sequence_len = top.integer("sequence_len", 1, 1 << 20);
  c.embedding_multiplier_scale = static_cast<float>(top.positive("embedding_multiplier_scale", 1e6));
  c.output_multiplier_scale = static_cast<float>(top.positive("output_multiplier_scale", 1e6));
  Fields inner(*model, "model.", wrong);
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
  if (c.key_size % 2) wrong += "\n  model.key_size must be even (RoPE turns pairs)";
  if (c.num_q_heads % c.num_kv_heads) wrong += "\n  model.num_q_heads must be a multiple of model.num_kv_heads";
  if (c.num_selected_experts > c.num_experts) wrong += "\n  model.num_selected_experts is larger than model.num_experts";
  if (const Json* derived = json.find("derived"); derived && derived->is(Json::Kind::Object)) {
    Fields fields(*derived, "derived.", wrong);
    fields.fixed("rms_norm_eps", 1e-5);
    fields.fixed("rope_base", 10000);
    fields.fixed("attn_logit_cap", 30);
    const Json* size = derived->find("ffn_size");
    if (size && size->integer() != ffn)
      wrong += "\n  derived.ffn_size does not agree with widening_factor and emb_size, which give " + std::to_string(ffn);
  }
  if (!wrong.empty()) throw invalid(path + ":" + wrong);
  return c;
}

}  // namespace wisecrack
