// Checkpoints as others write them: names, a separate output projection, int8 with their scales, their config.json.
#include "check.h"
#include "golden.h"
#include "io/error.h"
#include "io/names.h"
#include "matrix_values.h"
#include "model/weights.h"

using namespace wisecrack;

static const golden::TempFolder temp;
static const std::string tiny = golden::model("tiny-a");

// One entry of a header and its bytes.
struct Entry {
  std::string name, dtype, shape, bytes;
};

static void write_file(const std::vector<Entry>& entries) {
  std::string header, data;
  for (const Entry& e : entries) {
    header += (header.empty() ? "{\"" : ",\"") + e.name + "\":{\"dtype\":\"" + e.dtype + "\",\"shape\":" + e.shape + ",\"data_offsets\":[" +
              std::to_string(data.size()) + "," + std::to_string(data.size() + e.bytes.size()) + "]}";
    data += e.bytes;
  }
  golden::write(temp / "model.safetensors", golden::safetensors(header + "}", data));
}

// All tensors of tiny-a.
static std::vector<Entry> entries() {
  const MappedFile file(tiny + "/model.safetensors");
  std::vector<Entry> all;
  for (const auto& [name, t] : read_safetensors(file))
    all.push_back({name, t.dtype, shape_text(t.shape), {reinterpret_cast<const char*>(t.data), t.bytes}});
  return all;
}

static void replace(std::string& text, const std::string& from, const std::string& to) {
  if (const size_t at = text.find(from); at != std::string::npos) text.replace(at, from.size(), to);
}

static std::string error_of() {
  return check::message_of<ModelError>([] { Weights(temp.path(), read_config(tiny + "/config.json")); });
}

TEST(names_of_mixtral) {
  std::vector<Entry> all = entries();
  for (Entry& e : all)
    for (const auto& [ours, theirs] : std::vector<std::pair<std::string, std::string>>{
             {".attn.", ".self_attn."}, {".moe_block.", ".block_sparse_moe."}, {".linear.", ".w1."}, {".linear_v.", ".w3."}, {".linear_1.", ".w2."}, {"norm.scale", "norm.weight"}})
      replace(e.name, ours, theirs);
  all.push_back({"model.layers.0.self_attn.rotary_emb.inv_freq", "F32", "[1]", "0123"});
  write_file(all);
  const Config config = read_config(tiny + "/config.json");
  const Weights theirs(temp.path(), config), ours(tiny, config);
  CHECK(matrix_values(theirs.layers[1].experts[7].down) == matrix_values(ours.layers[1].experts[7].down));
  CHECK(matrix_values(theirs.layers[1].experts[7].up) == matrix_values(ours.layers[1].experts[7].up));
  CHECK(theirs.layers[1].post_moe_norm == ours.layers[1].post_moe_norm);
}

TEST(the_same_twice) {
  std::vector<Entry> all = entries();
  all.push_back({"model.norm.weight", "F32", "[1]", "0123"});
  write_file(all);
  CHECK_CONTAINS(error_of(), "is there twice, under two names");
}

TEST(output_projection_written_out) {
  std::vector<Entry> all = entries();
  for (const Entry& e : all)
    if (e.name == "model.embed_tokens.weight") {
      all.push_back(e);
      break;
    }
  all.back().name = "lm_head.weight";
  write_file(all);
  CHECK(error_of().empty());
  all.back().bytes[100 * 96 * 2] ^= 1;
  write_file(all);
  CHECK_CONTAINS(error_of(), "lm_head.weight is not the embedding");
}

// An int8 matrix [96, 96] with scales of two groups: ours [2, 96], theirs [96, 2].
TEST(int8_with_either_kind_of_scales) {
  std::vector<Entry> all = entries();
  Entry* q = nullptr;
  for (Entry& e : all)
    if (e.name == "model.layers.0.attn.q_proj.weight") q = &e;
  std::string weights(96 * 96, '\0'), ours(96 * 2 * 2, '\0'), theirs(96 * 2 * 4, '\0');
  for (size_t i = 0; i < weights.size(); i++) weights[i] = static_cast<char>(i * 37 % 255);
  for (size_t o = 0; o < 96; o++) {
    for (size_t g = 0; g < 2; g++) {
      const float scale = 0.25f + static_cast<float>(o + g) / 128;
      const bf16 rounded = to_bf16(scale);
      const float again = to_float(rounded);
      std::memcpy(&ours[(g * 96 + o) * 2], &rounded, 2);
      std::memcpy(&theirs[(o * 2 + g) * 4], &again, 4);
    }
  }
  q->dtype = "I8";
  q->bytes = weights;
  const std::string name = q->name;
  const Config config = read_config(tiny + "/config.json");
  write_file(all);
  CHECK_CONTAINS(error_of(), "q_proj.weight is I8, but model.layers.0.attn.q_proj.weight_scales is missing");
  all.push_back({name + "_scales", "BF16", "[2, 96]", ours});
  write_file(all);
  const Weights a(temp.path(), config);
  const std::vector<float> values = matrix_values(a.layers[0].q);
  CHECK(a.layers[0].q.groups == 2 && !a.layers[0].q.by_input);
  all.back() = {name + "_scale", "F32", "[96, 2]", theirs};
  write_file(all);
  CHECK(matrix_values(Weights(temp.path(), config).layers[0].q) == values);
  all.back().bytes[0] = 1;
  write_file(all);
  CHECK_CONTAINS(error_of(), "which is no bfloat16");
  all.back() = {name + "_scales", "BF16", "[96, 2]", ours};
  write_file(all);
  CHECK_CONTAINS(error_of(), "must be BF16 [groups of inputs, 96]");
}

TEST(config_of_hugging_face) {
  const std::string text = R"({"architectures": ["Grok1ModelForCausalLM"], "vocab_size": 131072, "hidden_size": 6144, "intermediate_size": 32768,
    "num_hidden_layers": 64, "num_attention_heads": 48, "num_key_value_heads": 8, "attn_output_multiplier": 0.08838834764831845,
    "embedding_multiplier_scale": 78.38367176906169, "output_multiplier_scale": 0.5773502691896257, "max_attn_value": 30.0,
    "max_position_embeddings": 8192, "rms_norm_eps": 1e-5, "pad_token_id": 0, "eos_token_id": 2, "num_experts_per_tok": 2, "num_experts": 8})";
  const Config c = parse_config(text, "x");
  // The same as where ckpt-0 lies without a config.json.
  std::filesystem::create_directory(temp / "released");
  std::filesystem::create_directory(temp / "released/ckpt-0");
  const Config released = folder_config(temp / "released");
  CHECK(std::memcmp(&c, &released, sizeof c) == 0 && c.key_size == 128 && c.ffn_size == 32768);
  std::string wrong = text;
  replace(wrong, "1e-5", "1e-6");
  replace(wrong, "\"eos_token_id\": 2, ", "");
  replace(wrong, "\"num_experts\"", "\"num_local_experts\"");
  const std::string message = check::message_of<ModelError>([&] { parse_config(wrong, "x"); });
  CHECK_CONTAINS(message, "rms_norm_eps");
  CHECK_CONTAINS(message, "eos_token_id is missing");
  CHECK(message.find("experts") == std::string::npos);
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
