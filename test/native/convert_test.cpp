// Converting: what is written is what was there, and a kill at any moment costs nothing but time.
#include "convert/convert.h"

#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <random>
#include <thread>

#include "check.h"
#include "convert/crc32c.h"
#include "convert/encode.h"
#include "convert/plan.h"
#include "golden.h"
#include "io/error.h"
#include "io/file.h"
#include "matrix_values.h"
#include "model/weights.h"

using namespace wisecrack;
namespace fs = std::filesystem;

static const std::atomic<bool> never{false};

static Converted run(const std::string& source, const std::string& target, const ConvertOptions& options) {
  return convert(source, target, options, never, {});
}

// File name -> content.
static std::map<std::string, std::string> files_in(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(folder))
    files[entry.path().filename()] = {std::istreambuf_iterator<char>(std::ifstream(entry.path(), std::ios::binary).rdbuf()), {}};
  return files;
}

// Every matrix of a model, in one order.
static std::vector<const Matrix*> matrices(const Weights& w) {
  std::vector<const Matrix*> all = {&w.embedding};
  for (const Layer& l : w.layers) {
    all.insert(all.end(), {&l.q, &l.k, &l.v, &l.o, &l.router});
    for (const Expert& e : l.experts) all.insert(all.end(), {&e.gate, &e.up, &e.down});
  }
  return all;
}

TEST(checksum_of_the_standard) {
  CHECK(crc32c("123456789", 9) == 0xE3069283);
  CHECK(crc32c("6789", 4, crc32c("12345", 5)) == 0xE3069283);
}

// Odd sizes, both layouts, parts of the rows.
TEST(rows_of_int8) {
  std::mt19937 random(3);
  for (const bool by_input : {false, true}) {
    for (const auto& [rows, cols, groups] : {std::tuple{1, 8, 1}, {70, 66, 2}, {129, 200, 8}, {13, 77, 7}}) {
      std::vector<int8_t> data(static_cast<size_t>(rows * cols));
      for (int8_t& value : data) value = static_cast<int8_t>(random());
      std::vector<bf16> scales(static_cast<size_t>(groups * rows));
      for (bf16& scale : scales) scale = to_bf16(static_cast<float>(random() % 1000 + 1) / 3000);
      Matrix m{data.data(), DType::I8, static_cast<size_t>(rows), static_cast<size_t>(cols)};
      m.by_input = by_input;
      m.scales = scales.data();
      m.groups = static_cast<size_t>(groups);
      const size_t begin = m.rows / 3;
      std::vector<std::byte> rounded((m.rows - begin) * m.cols * 2), same((m.rows - begin) * m.cols);
      encode_rows(m, begin, m.rows, DType::BF16, 0, rounded.data());
      encode_rows(m, begin, m.rows, DType::I8, m.groups, same.data());
      const std::vector<float> wanted = matrix_values(m);
      Matrix a{rounded.data(), DType::BF16, m.rows - begin, m.cols}, b = m;
      CHECK(matrix_values(a) == std::vector<float>(wanted.begin() + static_cast<ptrdiff_t>(begin * m.cols), wanted.end()));
      std::vector<std::byte> all(m.rows * m.cols);
      encode_rows(m, 0, m.rows, DType::I8, m.groups, all.data());
      b.data = all.data();
      b.by_input = false;
      CHECK(matrix_values(b) == wanted);
      CHECK(std::equal(same.begin(), same.end(), all.begin() + static_cast<ptrdiff_t>(begin * m.cols)));
    }
  }
}

TEST(both_forms_of_ckpt_0_keep_every_weight) {
  const std::string source = golden::model("tiny-c");
  const Config config = read_config(source + "/config.json");
  const Weights before(source, config);
  for (const DType dtype : {DType::BF16, DType::I8}) {
    const golden::TempFolder dir;
    const Converted done = run(source, dir.path(), {dtype, 3, 2});
    CHECK(done.shards == 3 && done.found == 0);
    const auto files = files_in(dir.path());
    CHECK(files.count("model-00003-of-00003.safetensors") && files.count("model.safetensors.index.json") && files.count("config.json"));
    const Weights after(dir.path(), config);
    const auto a = matrices(before), b = matrices(after);
    for (size_t i = 1; i < a.size(); i++) CHECK(matrix_values(*a[i]) == matrix_values(*b[i]));
    CHECK(after.layers[10].q.dtype == dtype && !after.layers[10].q.by_input);
    std::vector<float> embedding = matrix_values(before.embedding);
    for (float& value : embedding) value = round_bf16(value);
    CHECK(matrix_values(after.embedding) == embedding);
    for (size_t i = 0; i < 11; i++) CHECK(after.layers[i].post_moe_norm == before.layers[i].post_moe_norm);
  }
}

// Else the first start after a conversion would multiply out of the small pages in which files are written.
TEST(what_was_written_does_not_stay_in_memory) {
  const golden::TempFolder dir;
  struct statfs info {};
  CHECK(statfs(dir.path().c_str(), &info) == 0);
  if (info.f_type == TMPFS_MAGIC) return;  // there is nowhere else
  run(golden::model("tiny-c"), dir.path(), {DType::BF16, 1, 1});
  const MappedFile file(dir.path() + "/model.safetensors");
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> resident((file.size() + page - 1) / page);
  CHECK(mincore(const_cast<std::byte*>(file.data()), file.size(), resident.data()) == 0);
  const auto stayed = std::count_if(resident.begin(), resident.end(), [](unsigned char flags) { return flags & 1; });
  CHECK(stayed <= static_cast<ptrdiff_t>(resident.size() / 10));
}

TEST(new_int8_is_within_half_a_step) {
  const std::string source = golden::model("tiny-b");
  const Config config = read_config(source + "/config.json");
  const golden::TempFolder dir;
  run(source, dir.path(), {DType::I8, 1, 1});
  const Weights before(source, config), after(dir.path(), config, false);
  const Matrix &a = before.layers[1].experts[2].down, &b = after.layers[1].experts[2].down;
  CHECK(b.dtype == DType::I8 && b.groups == 8);
  const std::vector<float> x = matrix_values(a), y = matrix_values(b);
  bool close = true;
  for (size_t o = 0; o < a.rows; o++) {
    for (size_t i = 0; i < a.cols; i++) {
      bf16 scale;
      std::memcpy(&scale, static_cast<const char*>(b.scales) + (i / (b.cols / b.groups) * b.rows + o) * 2, 2);
      // bf16 may have rounded the scale down by 1/256, so that the largest weight is cut by half a step more.
      close = close && std::abs(x[o * a.cols + i] - y[o * a.cols + i]) <= 1.001f * to_float(scale);
    }
  }
  CHECK(close);
}

// Ends a conversion in another process with SIGKILL after some microseconds; whether it had time to finish.
static bool killed_after(int us, const std::string& source, const std::string& target, const ConvertOptions& options) {
  const pid_t child = fork();
  if (child == 0) {
    try {
      run(source, target, options);
    } catch (...) {
      _exit(1);
    }
    _exit(0);
  }
  std::this_thread::sleep_for(std::chrono::microseconds(us));
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
  return WIFEXITED(status);
}

TEST(killed_again_and_again) {
  const std::string source = golden::model("tiny-c");
  const golden::TempFolder calm;
  const ConvertOptions options{DType::I8, 4, 2};
  run(source, calm.path(), options);
  const auto wanted = files_in(calm.path());
  std::mt19937 random(11);
  int kills = 0;
  for (int round = 0; round < 3; round++) {
    const golden::TempFolder dir;
    for (int i = 0; i < 100 && !killed_after(static_cast<int>(random() % (5000 * (i + 1))), source, dir.path(), options); i++) {
      kills++;
      for (const auto& [name, bytes] : files_in(dir.path()))  // what has its name is whole
        if (name.ends_with(".safetensors") || name.ends_with(".json")) CHECK(bytes == wanted.at(name));
    }
    run(source, dir.path(), options);
    auto files = files_in(dir.path());
    CHECK(files.size() == wanted.size());
    for (const auto& [name, bytes] : wanted)
      if (!name.ends_with(".crc32c")) CHECK(files[name] == bytes);  // the checksums are in the order in which they came
  }
  std::printf("     %d kills\n", kills);
  CHECK(kills > 0);
}

TEST(a_second_run_mends_what_is_damaged) {
  const std::string source = golden::model("tiny-a");
  const golden::TempFolder dir;
  const ConvertOptions options{DType::BF16, 2, 1};
  const Converted first = run(source, dir.path(), options);
  const auto wanted = files_in(dir.path());
  CHECK(run(source, dir.path(), options).found == first.bytes);
  std::string broken = wanted.at("model-00002-of-00002.safetensors");
  broken[broken.size() - 5] ^= 1;
  golden::write(dir / "model-00002-of-00002.safetensors", broken);
  const size_t found = run(source, dir.path(), options).found;
  CHECK(found < first.bytes && found > first.bytes / 2);
  CHECK(files_in(dir.path()).at("model-00002-of-00002.safetensors") == wanted.at("model-00002-of-00002.safetensors"));
}

// Runs a conversion in another process whose files may not be larger than `most` bytes, which is what a full disk looks like from here.
// Gives what it complained of.
static std::string with_little_room(size_t most, const std::string& source, const std::string& target, const ConvertOptions& options) {
  int ends[2];
  CHECK(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{most, most};
    setrlimit(RLIMIT_FSIZE, &limit);
    const std::string said = check::message_of<ModelError>([&] { run(source, target, options); });
    static_cast<void>(!write(ends[1], said.data(), said.size()));
    _exit(0);
  }
  close(ends[1]);
  std::string said(4096, 0);
  const ssize_t n = read(ends[0], said.data(), said.size());
  said.resize(n > 0 ? static_cast<size_t>(n) : 0);
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return said;
}

TEST(a_full_disk_costs_nothing_but_time) {
  const std::string source = golden::model("tiny-a");
  const golden::TempFolder dir;
  const ConvertOptions options{DType::BF16, 1, 1};
  const Converted calm = run(source, dir.path(), options);
  const auto wanted = files_in(dir.path());
  const std::string file = dir / "model.safetensors";
  // At the beginning, where there is no room for the file at all.
  fs::remove(file);
  fs::remove(file + ".crc32c");
  CHECK_CONTAINS(with_little_room(calm.bytes / 2, source, dir.path(), options), "model.safetensors.part: File too large");
  CHECK(!fs::exists(file));
  // In the middle: the file has its size already, and the disk is full when its last tenth is to be written.
  fs::resize_file(file + ".part", calm.bytes);
  CHECK_CONTAINS(with_little_room(calm.bytes / 10 * 9, source, dir.path(), options), "model.safetensors.part: File too large");
  CHECK(!fs::exists(file) && fs::exists(file + ".part"));
  const Converted again = run(source, dir.path(), options);
  CHECK(again.found > 0 && again.found < calm.bytes);
  CHECK(files_in(dir.path()).at("model.safetensors") == wanted.at("model.safetensors"));
}

#if !defined(__SANITIZE_THREAD__)  // it takes seconds, and one thread
// A model of which one array takes 4.8 GB: all zeros, which take no room on the disk, but for the last row and for what follows it.
TEST(arrays_of_more_than_4_gib) {
  constexpr size_t VOCAB = 1 << 24, EMB = 144, FFN = 8;
  const golden::TempFolder dir;
  golden::write(dir / "config.json", R"({"vocab_size": 16777216, "pad_token": 0, "eos_token": 2, "sequence_len": 8,
    "embedding_multiplier_scale": 1, "output_multiplier_scale": 1, "model": {"emb_size": 144, "widening_factor": 0.0763,
    "key_size": 72, "num_q_heads": 2, "num_kv_heads": 1, "num_layers": 1, "attn_output_multiplier": 1, "num_experts": 1,
    "num_selected_experts": 1}})");
  const Config config = read_config(dir / "config.json");
  CHECK(config.ffn_size == static_cast<int32_t>(FFN));
  const std::string at = "model.layers.0.";
  const std::vector<std::pair<std::string, std::vector<size_t>>> tensors = {
      {"model.embed_tokens.weight", {VOCAB, EMB}}, {at + "attn.q_proj.weight", {144, EMB}}, {at + "attn.k_proj.weight", {72, EMB}},
      {at + "attn.v_proj.weight", {72, EMB}}, {at + "attn.o_proj.weight", {EMB, 144}}, {at + "moe_block.gate.weight", {1, EMB}},
      {at + "moe_block.experts.0.linear.weight", {FFN, EMB}}, {at + "moe_block.experts.0.linear_v.weight", {FFN, EMB}},
      {at + "moe_block.experts.0.linear_1.weight", {EMB, FFN}}, {at + "pre_attn_norm.scale", {EMB}}, {at + "post_attn_norm.scale", {EMB}},
      {at + "pre_moe_norm.scale", {EMB}}, {at + "post_moe_norm.scale", {EMB}}, {"model.norm.scale", {EMB}}};
  std::string header;
  size_t end = 0;
  for (const auto& [name, shape] : tensors) {
    size_t bytes = 2;
    std::string text;
    for (const size_t n : shape) {
      bytes *= n;
      if (!text.empty()) text += ',';
      text += std::to_string(n);
    }
    header += (header.empty() ? "{\"" : ",\"") + name + "\":{\"dtype\":\"BF16\",\"shape\":[" + text + "],\"data_offsets\":[" +
              std::to_string(end) + "," + std::to_string(end + bytes) + "]}";
    end += bytes;
  }
  header += "}";
  std::string length(8, 0);
  for (size_t i = 0; i < 8; i++) length[i] = static_cast<char>(header.size() >> (8 * i));
  const std::string path = dir / "model.safetensors";
  golden::write(path, length + header);
  fs::resize_file(path, 8 + header.size() + end);
  std::vector<bf16> last(EMB), first(EMB);  // of the embedding, and of the queries behind it
  for (size_t i = 0; i < EMB; i++) last[i] = to_bf16(static_cast<float>(i) + 1), first[i] = to_bf16(-static_cast<float>(i) - 1);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(8 + header.size() + (VOCAB - 1) * EMB * 2));
  file.write(reinterpret_cast<const char*>(last.data()), EMB * 2);
  file.write(reinterpret_cast<const char*>(first.data()), EMB * 2);
  file.close();

  const Weights weights(dir.path(), config);
  const auto row = [](const Matrix& m, size_t r) { return static_cast<const char*>(m.data) + r * m.cols * 2; };
  CHECK(std::memcmp(row(weights.embedding, VOCAB - 1), last.data(), EMB * 2) == 0);
  CHECK(std::memcmp(row(weights.layers[0].q, 0), first.data(), EMB * 2) == 0);
  const Plan plan = make_plan(weights, DType::BF16, 1);
  CHECK(plan.bytes > VOCAB * EMB * 2);
  const auto end_of_first = std::find_if(plan.pieces.begin(), plan.pieces.end(), [](const Piece& p) { return p.output == 1; });
  const Piece& piece = *(end_of_first - 1);
  CHECK(piece.at > size_t{1} << 32 && piece.begin + piece.bytes == VOCAB * EMB * 2);
  std::vector<std::byte> written(piece.bytes);
  plan.outputs[0].write(piece.begin, piece.begin + piece.bytes, written.data());
  CHECK(std::memcmp(written.data() + piece.bytes - EMB * 2, last.data(), EMB * 2) == 0);
}
#endif

TEST(what_is_not_ours_stays) {
  const std::string source = golden::model("tiny-a");
  const golden::TempFolder dir;
  const auto error = [&](const ConvertOptions& options) { return check::message_of<ModelError>([&] { run(source, dir.path(), options); }); };
  golden::write(dir / "model.safetensors", "precious");
  CHECK_CONTAINS(error({}), "holds something else already: model.safetensors");
  CHECK(read_text(dir / "model.safetensors", 100) == "precious");
  fs::remove(dir / "model.safetensors");
  CHECK(error({DType::BF16, 1, 1}).empty());
  CHECK_CONTAINS(error({DType::I8, 1, 1}), "holds something else already: model.safetensors");
  CHECK_CONTAINS(error({DType::BF16, 2, 1}), "holds something else already: model.safetensors");
  CHECK_THROWS(std::out_of_range, "there are only", run(source, dir.path(), {DType::BF16, 5000, 1}));
}

TEST(stops_when_asked) {
  const golden::TempFolder dir;
  const std::atomic<bool> stop{true};
  CHECK_THROWS(ModelError, "stopped", convert(golden::model("tiny-a"), dir.path(), {}, stop, {}));
  CHECK(run(golden::model("tiny-a"), dir.path(), {}).shards == 1);
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
