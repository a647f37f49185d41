#include "io/read_ahead.h"
#include "io/safetensors.h"

#include <chrono>
#include <random>

#include "check.h"
#include "golden.h"
#include "io/error.h"
#include "model/config.h"
#include "model/weights.h"

using namespace wisecrack;
using golden::safetensors;
using golden::write;

namespace {

const golden::TempFolder temp;

std::string error_of(const std::string& bytes) {
  const std::string path = temp / "x.safetensors";
  write(path, bytes);
  return check::message_of<ModelError>([&] {
    const MappedFile file(path);
    read_safetensors(file);
  });
}

// Reads every byte that the header promises; a wrong pointer shows here, at the latest under a sanitizer.
unsigned touch(const Tensors& tensors) {
  unsigned sum = 0;
  for (const auto& [name, tensor] : tensors)
    for (size_t i = 0; i < tensor.bytes; i++) sum += static_cast<unsigned>(tensor.data[i]);
  return sum;
}

const std::string SMALL = safetensors(
    R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"BF16","shape":[1,3],"data_offsets":[8,14]}})",
    "01234567abcdef");

}  // namespace

TEST(reads_a_file) {
  const std::string path = temp / "good.safetensors";
  write(path, SMALL);
  const MappedFile file(path);
  const Tensors tensors = read_safetensors(file);
  CHECK(tensors.size() == 2);
  CHECK(tensors.at("b").dtype == "BF16" && tensors.at("b").shape == std::vector<int64_t>({1, 3}));
  CHECK(std::memcmp(tensors.at("b").data, "abcdef", 6) == 0);
}

TEST(truncation_at_every_byte) {
  for (size_t n = 0; n < SMALL.size(); n++) CHECK(!error_of(SMALL.substr(0, n)).empty());
  CHECK(error_of(SMALL).empty());
  CHECK_CONTAINS(error_of(SMALL + "x"), "unused bytes");
}

TEST(wrong_entries) {
  const auto entry = [](const std::string& e) { return error_of(safetensors("{\"a\":" + e + "}", "01234567")); };
  CHECK(entry(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})").empty());
  CHECK(entry(R"({"dtype":"F32","shape":[0],"data_offsets":[0,0]})") != "");
  CHECK_CONTAINS(entry(R"({"dtype":"F99","shape":[2],"data_offsets":[0,8]})"), "unknown dtype");
  CHECK_CONTAINS(entry(R"({"dtype":"F32","shape":[3],"data_offsets":[0,8]})"), "needs 12");
  CHECK_CONTAINS(entry(R"({"dtype":"F32","shape":[2],"data_offsets":[8,0]})"), "wrong data_offsets");
  CHECK_CONTAINS(entry(R"({"dtype":"F32","shape":[2],"data_offsets":[4,12]})"), "truncated");
  CHECK_CONTAINS(entry(R"({"dtype":"F32","shape":[-2],"data_offsets":[0,8]})"), "whole number");
  CHECK_CONTAINS(entry(R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]})"), "too large");
  CHECK_CONTAINS(entry(R"({"dtype":"F32","shape":[9007199254740992,0,4],"data_offsets":[0,8]})"), "needs 0");
  CHECK_CONTAINS(entry(R"({"dtype":"F32","shape":[1],"data_offsets":[4,8]})"), "unused bytes before");
  CHECK_CONTAINS(entry(R"({"dtype":"F32","shape":"2","data_offsets":[0,8]})"), "needs dtype");
  CHECK_CONTAINS(entry("7"), "needs dtype");
}

TEST(foreign_files) {
  CHECK_CONTAINS(error_of("PK\x03\x04 this is a zip file of some kind"), "100 MB");
  CHECK_CONTAINS(error_of(safetensors("[1]", "")), "no JSON object");
  CHECK_CONTAINS(error_of(safetensors("{\"a\"", "")), "wrong header");
  CHECK_CONTAINS(error_of(std::string("\xff\xff\xff\xff\xff\xff\xff\xff", 8)), "100 MB");
  CHECK_CONTAINS(error_of(safetensors(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}})", "012345")), "overlaps");
  CHECK_CONTAINS(error_of(safetensors(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", "0123")), "duplicate key");
  CHECK_THROWS(ModelError, "No such file", MappedFile(temp / "none"));
  CHECK_THROWS(ModelError, "not a regular file", MappedFile(temp.path()));
}

// Flips bits and bytes of a file for some seconds: each result is either an error or tensors inside the file.
TEST(fuzz) {
  const char* seconds = std::getenv("WISECRACK_FUZZ_SECONDS");
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds ? std::atoi(seconds) : 2);
  std::mt19937 random(7);
  const std::string path = temp / "fuzz.safetensors";
  unsigned runs = 0, good = 0, sum = 0;
  do {
    std::string bytes = SMALL;
    for (unsigned i = 0, n = 1 + random() % 3; i < n; i++) {
      char& byte = bytes[random() % bytes.size()];
      byte = random() % 2 ? static_cast<char>(byte ^ (1 << random() % 8)) : static_cast<char>("0123456789{}[]\",:eE-."[random() % 22]);
    }
    write(path, bytes);
    try {
      const MappedFile file(path);
      sum += touch(read_safetensors(file));
      good++;
    } catch (const ModelError&) {
    }
    runs++;
  } while (std::chrono::steady_clock::now() < end);
  std::printf("     fuzz: %u files, %u of them readable (%u)\n", runs, good, sum & 1);
  CHECK(runs > 100);
}

TEST(shards) {
  const golden::TempFolder dir;
  const auto open = [&] { return check::message_of<ModelError>([&] { Checkpoint(dir.path(), 2); }); };
  CHECK_CONTAINS(open(), "neither model.safetensors nor");
  const auto index = [&](const std::string& map) { write(dir / "model.safetensors.index.json", "{\"weight_map\":{" + map + "}}"); };
  const auto one = [](const std::string& name) {
    return safetensors("{\"" + name + "\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "0123");
  };
  write(dir / "1.safetensors", one("a"));
  write(dir / "2.safetensors", one("b"));
  index(R"("a":"1.safetensors","b":"2.safetensors")");
  CHECK(Checkpoint(dir.path(), 2).tensors().size() == 2);
  index(R"("a":"1.safetensors","b":"3.safetensors","c":"4.safetensors")");
  CHECK_CONTAINS(open(), "3.safetensors is missing\n  shard 4.safetensors is missing");
  index(R"("a":"2.safetensors","b":"1.safetensors")");
  CHECK_CONTAINS(open(), "a is in 1.safetensors, the index says 2.safetensors");
  index(R"("a":"1.safetensors","b":"2.safetensors","c":"2.safetensors")");
  CHECK_CONTAINS(open(), "c is not in 2.safetensors");
  index(R"("a":"1.safetensors")");
  write(dir / "1.safetensors", safetensors(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"z":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})", "01"));
  CHECK_CONTAINS(open(), "z is in 1.safetensors, but not in the index");
  for (const char* evil : {"../1.safetensors", "/etc/passwd", "x/../../y", "..", ".", "", "a\\\\b"}) {
    index("\"a\":\"" + std::string(evil) + "\"");
    CHECK_CONTAINS(open(), "no file name inside the folder");
  }
  write(dir / "model.safetensors.index.json", "{}");
  CHECK_CONTAINS(open(), "no weight_map");
  write(dir / "model.safetensors.index.json", "{");
  CHECK_CONTAINS(open(), "expected");
}

TEST(weights_of_a_model) {
  const std::string folder = golden::model("tiny-a");
  const Config config = read_config(folder + "/config.json");
  const Weights weights(folder, config);
  double last = 0;
  CHECK(weights.read_ahead([&](double f) { last = f; }));
  CHECK(last == 1 && weights.layers.size() == 2 && weights.layers[1].experts.size() == 8);
  CHECK(weights.layers[0].experts[3].down.rows == 96 && weights.layers[0].experts[3].down.cols == 64);
}

TEST(files_larger_than_the_memory_are_left_on_the_disk) {
  const MappedFile file(golden::model("tiny-a") + "/model.safetensors");
  double last = 0;
  CHECK(!read_ahead({file.bytes()}, file.size(), [&](double f) { last = f; }) && last == 1);
  CHECK(read_ahead({file.bytes()}, file.size() + 1, {}));
}

TEST(bytes_that_can_no_longer_be_read_are_an_error_with_the_files_name) {
  const golden::TempFolder dir;
  const std::string path = dir / "weights of a model";
  write(path, std::string(40000, 'w'));
  const MappedFile file(path);
  bring_in(file.data() + 123, file.size() - 123);
  bring_in(nullptr, 0);
  const std::string own(10000, 'w');
  bring_in(reinterpret_cast<const std::byte*>(own.data()), own.size());
  std::filesystem::resize_file(path, 5000);
  bring_in(file.data(), 5000);
  CHECK_CONTAINS(check::message_of<ModelError>([&] { bring_in(file.data() + 30000, 10); }), path + ": weights that were there");
  CHECK_CONTAINS(check::message_of<ModelError>([&] { read_ahead({file.bytes()}, SIZE_MAX, {}); }), path + ": weights that were there");
}

TEST(one_error_lists_all_tensors) {
  const std::string folder = golden::model("tiny-a");
  Config config = read_config(folder + "/config.json");
  config.num_layers = 3;
  config.num_kv_heads = 3;
  const std::string message = check::message_of<ModelError>([&] { Weights(folder, config); });
  CHECK_CONTAINS(message, "model.layers.0.attn.k_proj.weight is [32, 96], must be [48, 96]");
  CHECK_CONTAINS(message, "model.layers.1.attn.v_proj.weight is [32, 96], must be [48, 96]");
  CHECK_CONTAINS(message, "model.layers.2.moe_block.experts.7.linear_1.weight [96, 64] is missing");
  CHECK_CONTAINS(message, "model.layers.2.post_moe_norm.scale [96] is missing");
  config = read_config(folder + "/config.json");
  config.num_layers = 1;
  CHECK_THROWS(ModelError, "model.layers.1.attn.q_proj.weight [96, 96] is unknown", Weights(folder, config));
}

TEST(wrong_dtype) {
  const golden::TempFolder dir;
  std::filesystem::copy(golden::model("tiny-a") + "/config.json", dir / "config.json");
  std::string bytes = read_text(golden::model("tiny-a") + "/model.safetensors", 1 << 24);
  const size_t at = bytes.find("BF16", bytes.find("model.norm.scale"));
  bytes.replace(at, 5, "F16\" ");  // as long as before
  write(dir / "model.safetensors", bytes);
  CHECK_THROWS(ModelError, "model.norm.scale is F16, must be BF16 or F32", Weights(dir.path(), read_config(dir / "config.json")));
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
