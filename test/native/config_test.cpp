#include "model/config.h"

#include "check.h"
#include "golden.h"
#include "io/error.h"

using namespace wisecrack;

namespace {

const golden::TempFolder temp;

// tiny-a's config with one piece of text replaced.
std::string error_of(const std::string& from, const std::string& to) {
  std::string text = read_text(golden::model("tiny-a") + "/config.json", 1 << 20);
  const size_t at = text.find(from);
  if (at == std::string::npos) return "the test is wrong: no " + from;
  text.replace(at, from.size(), to);
  golden::write(temp / "config.json", text);
  return check::message_of<ModelError>([&] { read_config(temp / "config.json"); });
}

}  // namespace

TEST(golden_configs) {
  const Config a = read_config(golden::model("tiny-a") + "/config.json");
  CHECK(a.vocab_size == 512 && a.emb_size == 96 && a.num_q_heads == 6 && a.num_kv_heads == 2 && a.key_size == 16);
  CHECK(a.num_layers == 2 && a.num_experts == 8 && a.num_selected_experts == 2 && a.sequence_len == 256);
  CHECK(a.ffn_size == 64 && a.attn_output_multiplier == 0.25f && a.eos_token == 2);
  CHECK(read_config(golden::model("tiny-b") + "/config.json").ffn_size == 48);
  CHECK(read_config(golden::model("tiny-c") + "/config.json").ffn_size == 16);
}

TEST(ffn_of_grok_1) { CHECK(ffn_size(8, 6144) == 32768); }

TEST(wrong_fields) {
  CHECK_CONTAINS(error_of("\"vocab_size\": 512", "\"vocab_size\": 0"), "config.json:\n  vocab_size is 0, must be a whole number from 1");
  CHECK_CONTAINS(error_of("\"vocab_size\": 512", "\"vocab_size\": 5.5"), "vocab_size is 5.5");
  CHECK_CONTAINS(error_of("\"vocab_size\": 512", "\"vocab_size\": \"512\""), "vocab_size is no number");
  CHECK_CONTAINS(error_of("\"vocab_size\": 512", "\"vocab_size\": 1e15"), "vocab_size is 1000000000000000,");
  CHECK_CONTAINS(error_of("\"emb_size\": 96,", ""), "model.emb_size is missing");
  CHECK_CONTAINS(error_of("\"num_kv_heads\": 2", "\"num_kv_heads\": 4"), "must be a multiple of model.num_kv_heads");
  CHECK_CONTAINS(error_of("\"key_size\": 16", "\"key_size\": 15"), "model.key_size must be even");
  CHECK_CONTAINS(error_of("\"num_selected_experts\": 2", "\"num_selected_experts\": 9"), "larger than model.num_experts");
  CHECK_CONTAINS(error_of("\"num_layers\": 2", "\"num_layers\": -2"), "model.num_layers is -2");
  CHECK_CONTAINS(error_of("\"eos_token\": 2", "\"eos_token\": 512"), "eos_token is 512, must be a whole number from 0 to 511");
  CHECK_CONTAINS(error_of("\"widening_factor\": 1", "\"widening_factor\": 2"), "derived.ffn_size does not agree");
  CHECK_CONTAINS(error_of("\"rope_base\": 10000", "\"rope_base\": 500000"), "derived.rope_base is 500000");
  CHECK_CONTAINS(error_of("\"attn_output_multiplier\": 0.25", "\"attn_output_multiplier\": 0"), "a number above 0");
  CHECK_CONTAINS(error_of("\"model\"", "\"x\""), "no object \"model\"");
  CHECK_CONTAINS(error_of("{", "{{"), "a quoted key");
}

TEST(one_message_for_all_fields) {
  golden::write(temp / "config.json", R"({"vocab_size": 10, "model": {"emb_size": 8}})");
  const std::string message = check::message_of<ModelError>([] { read_config(temp / "config.json"); });
  for (const char* field : {"pad_token", "eos_token", "sequence_len", "model.key_size", "model.num_layers", "model.widening_factor"})
    CHECK_CONTAINS(message, std::string(field) + " is missing");
}

TEST(derived_may_be_absent) {
  std::string text = read_text(golden::model("tiny-a") + "/config.json", 1 << 20);
  text.replace(text.find("\"derived\""), 9, "\"ignored\"");
  golden::write(temp / "config.json", text);
  CHECK(read_config(temp / "config.json").ffn_size == 64);
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
