// xAI's ckpt-0: the pickles, their order, and what is refused.
#include <random>

#include "check.h"
#include "golden.h"
#include "io/error.h"
#include "io/parameter.h"
#include "matrix_values.h"
#include "model/weights.h"

using namespace wisecrack;
namespace fs = std::filesystem;

static std::string slurp(const std::string& path) { return read_text(path, 1 << 24); }

static Parameter parse(const std::string& bytes) { return read_parameter(std::as_bytes(std::span(bytes)), "file"); }

static std::string error_of(const std::string& bytes) {
  return check::message_of<ModelError>([&] { parse(bytes); });
}

static std::string file(const std::string& model, int i) {
  char name[32];
  std::snprintf(name, sizeof name, "/ckpt-0/tensor%05d_000", i);
  return slurp(golden::model(model) + name);
}

// The first occurrence of `from` becomes `to`.
static std::string changed(std::string bytes, const std::string& from, const std::string& to) {
  return bytes.replace(bytes.find(from), from.size(), to);
}

TEST(float_array) {
  const std::string bytes = file("tiny-a", 0);
  const Parameter p = parse(bytes);
  CHECK(p.weight.dtype == "F32" && shape_text(p.weight.shape) == "[512, 96]" && !p.scales);
  const auto* begin = reinterpret_cast<const std::byte*>(bytes.data());
  CHECK(p.weight.data == begin + 148 && p.weight.bytes == 512 * 96 * 4);  // where it lies, not a copy
}

TEST(quantized_array) {
  const std::string bytes = file("tiny-a", 3);
  const Parameter p = parse(bytes);
  CHECK(p.weight.dtype == "I8" && shape_text(p.weight.shape) == "[8, 64, 96]");
  CHECK(p.scales && p.scales->dtype == "BF16" && shape_text(p.scales->shape) == "[8, 8, 96]");
}

TEST(what_is_refused) {
  const std::string good = file("tiny-a", 3), plain = file("tiny-a", 1);
  CHECK_CONTAINS(error_of(""), "file: byte 0: needs 1 bytes");
  CHECK_CONTAINS(error_of("\x80\x05."), "no pickle of protocol 4");
  CHECK_CONTAINS(error_of(std::string("\x80\x04", 2) + "cos\nsystem\n"), "byte 2: the opcode 0x63 is not part");
  CHECK_CONTAINS(error_of(std::string("\x80\x04\x8c\x02os\x8c\x06system\x93.", 17)), "byte 2: it wants \"os.system\"");
  CHECK_CONTAINS(error_of(changed(good, "QuantizedWeight8bit", "QuantizedWeight9bit")), "it wants \"__main__.QuantizedWeight9bit\"");
  CHECK_CONTAINS(error_of(changed(good, "weight\x94", "wejght\x94")), "something else than weight and scales");
  CHECK_CONTAINS(error_of(changed(good, "scales\x94", "weight\x94")), "something else than weight and scales");
  CHECK_CONTAINS(error_of(changed(plain, "f4", "f8")), "a dtype other than");
  CHECK_CONTAINS(error_of(changed(plain, "f4", "i1")), "a dtype other than");
  CHECK_CONTAINS(error_of(changed(plain, "\x8c\x01<", "\x8c\x01>")), "a dtype other than");
  CHECK_CONTAINS(error_of(changed(plain, "K\x60\x85", "K\x61\x85")), "384 bytes of data, but the shape [97] needs 388");
  CHECK_CONTAINS(error_of(changed(plain, "\x62\x89" "B", "\x62\x88" "B")), "Fortran");
  CHECK_CONTAINS(error_of(plain + "x"), "bytes behind the end");
  CHECK_CONTAINS(error_of(std::string("\x80\x04N.", 4)), "no array of numpy");
  CHECK_CONTAINS(error_of(std::string("\x80\x04", 2) + std::string(2000, '(')), "more values than");
}

TEST(every_cut_is_an_error) {
  for (const std::string& good : {file("tiny-a", 1), file("tiny-c", 5)}) {
    for (size_t n = 0; n < good.size(); n++) CHECK(!error_of(good.substr(0, n)).empty());
    CHECK(error_of(good).empty());
  }
}

// Whatever changes in the file, there is an error or arrays inside it; the sanitizers watch.
TEST(any_changed_byte) {
  const std::string good = file("tiny-c", 8);
  std::mt19937 random(7);
  for (int run = 0; run < 20'000; run++) {
    std::string bytes = good;
    for (int i = 0; i < 1 + run % 3; i++) bytes[random() % bytes.size()] = static_cast<char>(random());
    try {
      const Parameter p = parse(bytes);
      CHECK(p.weight.data >= reinterpret_cast<const std::byte*>(bytes.data()));
      CHECK(p.weight.data + p.weight.bytes <= reinterpret_cast<const std::byte*>(bytes.data() + bytes.size()));
    } catch (const ModelError&) {
    }
  }
}

// The order of files as the maker of the golden vectors wrote it down.
TEST(order_of_files) {
  const std::string folder = golden::model("tiny-c");
  const Json order = Json::parse(slurp(folder + "/ckpt-0-order.json"));
  CHECK(order.array.size() == 134);
  const Checkpoint checkpoint(folder, 11);
  const auto data = [&](const char* name) { return checkpoint.tensors().find(name)->second.data; };
  for (size_t i = 0; i < order.array.size(); i++) {
    const std::string& name = order.array[i].string;
    const std::byte* begin = checkpoint.files()[i].data();
    const auto inside = [&](const char* tensor) { return data(tensor) > begin && data(tensor) < begin + checkpoint.files()[i].size(); };
    if (name == "transformer/decoder_layer_10/moe/linear_v/w") CHECK(inside("model.layers.10.moe_block.experts.7.linear_v.weight"));
    if (name == "transformer/decoder_layer_2/multi_head_attention/linear/w") CHECK(inside("model.layers.2.attn.o_proj.weight"));
    if (name == "transformer/decoder_layer_9/router/w") CHECK(inside("model.layers.9.moe_block.gate.weight"));
    if (name == "transformer/decoder_layer_3/rms_norm_2/scale") CHECK(inside("model.layers.3.pre_moe_norm.scale"));
  }
}

// tiny-a is there in both forms, with the same weights.
TEST(same_weights_as_safetensors) {
  const golden::TempFolder dir;
  fs::create_directory_symlink(fs::absolute(golden::model("tiny-a") + "/ckpt-0"), dir / "ckpt-0");
  const Config config = read_config(golden::model("tiny-a") + "/config.json");
  const Weights a(golden::model("tiny-a"), config), b(dir.path(), config);
  const auto same = [](const Matrix& x, const Matrix& y) { return x.rows == y.rows && matrix_values(x) == matrix_values(y); };
  CHECK(same(a.embedding, b.embedding) && a.final_norm == b.final_norm);
  for (size_t i = 0; i < 2; i++) {
    const Layer &x = a.layers[i], &y = b.layers[i];
    CHECK(same(x.q, y.q) && same(x.k, y.k) && same(x.v, y.v) && same(x.o, y.o) && same(x.router, y.router));
    CHECK(x.pre_attn_norm == y.pre_attn_norm && x.post_attn_norm == y.post_attn_norm);
    CHECK(x.pre_moe_norm == y.pre_moe_norm && x.post_moe_norm == y.post_moe_norm);
    for (size_t e = 0; e < 8; e++)
      CHECK(same(x.experts[e].gate, y.experts[e].gate) && same(x.experts[e].up, y.experts[e].up) && same(x.experts[e].down, y.experts[e].down));
  }
  CHECK(b.layers[0].q.dtype == DType::I8 && b.layers[0].q.by_input && b.layers[0].q.groups == 1 && b.layers[0].o.groups == 8);
}

TEST(missing_and_truncated_files_are_named_at_once) {
  const golden::TempFolder dir;
  fs::copy(golden::model("tiny-a") + "/ckpt-0", dir / "ckpt-0", fs::copy_options::recursive);
  const Config config = read_config(golden::model("tiny-a") + "/config.json");
  fs::remove(dir / "ckpt-0/tensor00003_000");
  fs::remove(dir / "ckpt-0/tensor00025_000");
  fs::resize_file(dir / "ckpt-0/tensor00004_000", 1000);
  fs::resize_file(dir / "ckpt-0/tensor00009_000", 0);
  const std::string message = check::message_of<ModelError>([&] { Weights(dir.path(), config); });
  CHECK_CONTAINS(message, "tensor00003_000 is missing (model.layers.0.moe_block.experts.*.linear_1.weight)");
  CHECK_CONTAINS(message, "tensor00025_000 is missing");
  CHECK_CONTAINS(message, "tensor00004_000: byte 2: a frame of 50467 bytes");
  CHECK_CONTAINS(message, "(truncated?)");
  CHECK_CONTAINS(message, "tensor00009_000: the file is empty");
}

TEST(too_many_layers_are_told) {
  Config config = read_config(golden::model("tiny-c") + "/config.json");
  config.num_layers = 10;
  CHECK_THROWS(ModelError, "tensor00122_000 belongs to no layer", Weights(golden::model("tiny-c"), config));
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
