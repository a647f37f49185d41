// Converting: what is written is what was there, and a kill at any moment costs nothing but time.
#include "convert/convert.h"

#include <sys/wait.h>

#include <csignal>
#include <map>
#include <random>
#include <thread>

#include "check.h"
#include "convert/crc32c.h"
#include "convert/encode.h"
#include "golden.h"
#include "io/error.h"
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
