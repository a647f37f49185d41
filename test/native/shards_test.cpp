// A model split over several devices (model/shard.h): the parts are views, the golden vectors hold, and a row's bits depend on the number
// of shards alone.
#include <random>
#include <thread>

#include "bf16_figures.h"
#include "check.h"
#include "convert/convert.h"
#include "engine_run.h"
#include "io/error.h"
#include "kernel_sets.h"
#include "matrix_values.h"
#include "model/memory_plan.h"
#include "model_run.h"

using namespace wisecrack;

namespace {

const size_t COUNTS[] = {1, 2, 4, 8};

// The golden models in every form that weights come in.
struct Forms {
  golden::TempFolder temp;
  std::vector<std::pair<std::string, std::string>> all;  // model, folder

  Forms() : all{{"tiny-a", golden::model("tiny-a")}, {"tiny-b", golden::model("tiny-b")}, {"tiny-c", golden::model("tiny-c")}} {
#if defined(__SANITIZE_THREAD__)
    all.resize(1);  // who waits for whom is the same with all weights
    return;
#endif
    std::filesystem::create_directory(temp / "pickles");
    for (const char* part : {"config.json", "ckpt-0"})
      std::filesystem::create_symlink(std::filesystem::absolute(golden::model("tiny-a")) / part, temp / "pickles/" + part);
    all.emplace_back("tiny-a", temp / "pickles");
    const std::atomic<bool> stop{false};
    for (const char* name : {"tiny-a", "tiny-c"}) {  // int8 as safetensors: the very same weights
      const std::string folder = temp / (std::string("int8-") + name);
      convert(name == std::string("tiny-a") ? temp / "pickles" : golden::model(name), folder, {DType::I8, 1, 1}, stop, [](const ConvertProgress&) {});
      all.emplace_back(name, folder);
    }
  }
};

const Forms& forms() {
  static const Forms made;
  return made;
}

// Some matrix of a dtype and layout, with the memory that it lies in.
struct Sample {
  std::vector<char> data, scales;
  Matrix m;

  Sample(DType dtype, size_t rows, size_t cols, bool by_input, size_t groups) : data(1 + rows * cols * size_of(dtype)), scales(1 + rows * groups * 2) {
    std::mt19937 random(11);
    std::normal_distribution<float> normal;
    for (size_t i = 0; i < rows * cols; i++) {
      const float value = normal(random);
      const bf16 half = to_bf16(value);
      const auto byte = static_cast<int8_t>(random());
      char* to = &data[1 + i * size_of(dtype)];
      if (dtype == DType::F32) std::memcpy(to, &value, 4);
      else if (dtype == DType::BF16) std::memcpy(to, &half, 2);
      else std::memcpy(to, &byte, 1);
    }
    for (size_t i = 0; i < rows * groups; i++) {
      const bf16 half = to_bf16(0.001f * static_cast<float>(1 + random() % 30));
      std::memcpy(&scales[1 + i * 2], &half, 2);
    }
    m = {&data[1], dtype, rows, cols, by_input};
    if (dtype != DType::I8) return;
    m.scales = &scales[1];
    m.groups = groups;
  }
};

// A copy without gaps.
struct Compact {
  std::vector<char> data, scales;
  Matrix m;

  explicit Compact(const Matrix& view) : m(view) {
    const size_t lines = view.by_input ? view.cols : view.rows, line = (view.by_input ? view.rows : view.cols) * size_of(view.dtype);
    for (size_t i = 0; i < lines; i++) append(data, static_cast<const char*>(view.data) + i * view.pitch() * size_of(view.dtype), line);
    for (size_t g = 0; g < view.groups; g++) append(scales, static_cast<const char*>(view.scales) + g * view.scale_pitch() * 2, view.rows * 2);
    m.data = data.data();
    m.scales = scales.data();
    m.stride = m.scale_stride = 0;
  }

  static void append(std::vector<char>& to, const char* from, size_t n) { to.insert(to.end(), from, from + n); }
};

}  // namespace

TEST(the_parts_of_a_shape_are_all_of_it) {
  const wisecrack::Shape grok{6144, 32768, 131072, 8, 2, {48, 8, 128}, 8192}, odd{96, 56, 301, 8, 2, {6, 3, 16}, 64};
  for (const auto& whole : {grok, odd}) {
    for (const size_t count : COUNTS) {
      const auto team = std::make_shared<Team>(count);
      size_t q = 0, kv = 0, ffn = 0, vocab = 0;
      for (size_t s = 0; s < count; s++) {
        const Shard shard(whole, {team, s});
        CHECK(shard.q.first == q && shard.kv.first == kv && shard.ffn.first == ffn && shard.vocab.first == vocab);
        CHECK(shard.q.size() == shard.kv.size() * whole.heads.q_heads / whole.heads.kv_heads);
        CHECK(shard.shape.heads.kv_heads * whole.heads.key_size == shard.kv.size() && shard.shape.ffn % 8 == 0);
        q = shard.q.last, kv = shard.kv.last, ffn = shard.ffn.last, vocab = shard.vocab.last;
      }
      CHECK(q == whole.heads.q_heads * whole.heads.key_size && kv == whole.heads.kv_heads * whole.heads.key_size);
      CHECK(ffn == whole.ffn && vocab == whole.vocab);
    }
  }
  const Shard third(grok, {std::make_shared<Team>(8), 2});
  CHECK(third.shape.heads.q_heads == 6 && third.shape.heads.kv_heads == 1 && third.ffn.first == 8192 && third.ffn.size() == 4096 && third.vocab.size() == 16384);
}

// A part of a matrix is read where it lies; its products are those of a copy, to the bit, for few rows and many.
TEST(parts_are_views) {
  const size_t rows = 96, cols = 1280, groups = 8;
  std::mt19937 random(5);
  std::normal_distribution<float> normal;
  std::vector<float> x(20 * cols);
  for (float& v : x) v = normal(random);
  for (const DType dtype : {DType::F32, DType::BF16, DType::I8}) {
    for (const bool by_input : {false, true}) {
      if (by_input && dtype != DType::I8) continue;  // no file has such
      const Sample whole(dtype, rows, cols, by_input, groups);
      const auto values = matrix_values(whole.m);
      for (const Range range : {Range{0, 160}, Range{320, 960}, Range{1120, 1280}, Range{176, 192}}) {
        const Matrix part = inputs_of(whole.m, range), lower = outputs_of(whole.m, {range.first / 16, range.last / 16});
        CHECK(part.rows == rows && part.cols == range.size() && lower.rows == range.size() / 16 && lower.cols == cols);
        for (const Matrix& m : {part, lower}) CHECK(static_cast<const char*>(m.data) >= &whole.data[0] && static_cast<const char*>(m.data) < &whole.data[0] + whole.data.size());
        const auto own = matrix_values(part), low = matrix_values(lower);
        bool same = true;
        for (size_t o = 0; o < rows; o++)
          for (size_t i = 0; i < part.cols; i++) same &= own[o * part.cols + i] == values[o * cols + range.first + i];
        for (size_t o = 0; o < lower.rows; o++)
          for (size_t i = 0; i < cols; i++) same &= low[o * cols + i] == values[(range.first / 16 + o) * cols + i];
        CHECK(same);
        for (const Kernels* k : kernel_sets()) {
          CpuDevice device(false, 2, *k);
          for (const Matrix& m : {part, lower}) {
            const Compact copy(m);
            for (const size_t n : {1, 3, 5, 12, 20}) {
              std::vector<float> a(n * m.rows), b(n * m.rows);
              const Matmul jobs[] = {{x.data(), n, m, a.data()}, {x.data(), n, copy.m, b.data()}};
              device.matmul(jobs);
              CHECK(same_bits(a, b));
            }
          }
        }
      }
    }
  }
}

TEST(a_group_of_int8_inputs_is_not_cut) {
  const Sample whole(DType::I8, 8, 96, false, 3);
  CHECK(inputs_of(whole.m, {32, 96}).groups == 2 && inputs_of(whole.m, {40, 48}).groups == 1 && inputs_of(whole.m, {40, 40}).cols == 0);
  CHECK_CONTAINS(check::message_of<ModelError>([&] { inputs_of(whole.m, {0, 48}); }),
                 "a scale for every 32 of its 96 inputs, and a shard of 48 from 0 on would cut such a group");
}

TEST(golden_float32) {
  for (const auto& [name, folder] : forms().all) {
    for (const size_t count : {2, 4, 8}) {
      RunOn model(folder, true, cpu_shards(false, count));
      const F32Figures f = f32_figures(model, name, {0});
      std::printf("     %s, %zu shards: logits %.1e, hidden %.1e of their largest, router %.1e\n",
                  std::filesystem::path(folder).filename().c_str(), count, f.logits, f.hidden, f.probs);
      CHECK(f.good());
    }
  }
}

TEST(golden_bfloat16) {
  for (const auto& [name, folder] : forms().all) {
    for (const size_t count : {2, 4, 8}) {
      RunOn model(folder, true, cpu_shards(true, count));
      const auto f = bf16_figures(name, static_cast<size_t>(model.config.vocab_size),
                                  [&](const std::vector<int32_t>& tokens) { return model.trace(tokens, 0).logits; });
      std::printf("     %s, %zu shards: median %.3f, p95 %.3f, argmax %.1f %%, KL %.4f\n",
                  std::filesystem::path(folder).filename().c_str(), count, f.median, f.p95, 100 * f.agreement, f.kl);
      CHECK(f.good());
    }
  }
}

TEST(chunks_and_company_give_the_same_bits) {
  for (const char* name : {"tiny-a", "tiny-b", "tiny-c"}) {
    for (const bool bf16 : {false, true}) {
      for (const size_t count : {2, 8}) {
        RunOn model(golden::model(name), true, cpu_shards(bf16, count, count == 2 ? 2 : 1));
        std::vector<std::vector<int32_t>> sequences;
        for (const auto& prompt : golden::prompts(name)) sequences.push_back(prompt.tokens);
        sequences.resize(3);  // of 1, 7 and 33 tokens
        const Trace whole = model.trace(sequences[2], 0);
        for (const size_t chunk : {1, 7}) CHECK(same_trace(whole, model.trace(sequences[2], chunk)));
        const auto logits = model.in_company(sequences);
        for (size_t s = 0; s < sequences.size(); s++) CHECK(same_bits(logits[s], model.trace(sequences[s], 0).logits));
      }
    }
  }
}

TEST(a_stop_in_mid_pass_leaves_nobody_waiting) {
  RunOn model(golden::model("tiny-c"), true, cpu_shards(true, 4));
  const auto tokens = golden::prompts("tiny-c")[3].tokens;
  const Trace whole = model.trace(tokens, 0);
  const auto pool = model.forward.make_pool(kv_blocks(tokens.size()));
  std::vector<int32_t> table(pool->blocks());
  std::vector<Row> rows;
  for (size_t b = 0; b < table.size(); b++) table[b] = static_cast<int32_t>(b);
  for (size_t i = 0; i < tokens.size(); i++) rows.push_back({tokens[i], static_cast<int32_t>(i), table.data(), true});
  size_t stopped = 0;
  for (int delay = 0; delay < 8; delay++) {
    model.stop = false;
    std::thread other([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(delay * 250));
      model.stop = true;
    });
    stopped += !model.forward.run(rows, *pool, model.stop);
    other.join();
  }
  CHECK(stopped > 0);
  model.stop = false;
  CHECK(same_trace(whole, model.trace(tokens, 0)));
}

// A member that cannot go on: the others come back, and the team is whole again.
TEST(a_failure_of_one_shard_ends_the_step_of_all) {
  Team team(4);
  for (int round = 0; round < 10; round++) {
    std::atomic<int> broken{0}, whole{0};
    std::vector<std::thread> members;
    for (size_t m = 0; m < 4; m++) {
      members.emplace_back([&, m] {
        try {
          for (int i = 0; i < 20; i++) {
            if (round % 2 && m == 3 && i == round % 20) return team.leave();
            CHECK(team.agree(m, m == 0 && i % 3 == 0) == (i % 3 == 0));
          }
          whole++;
        } catch (const TeamBroken&) {
          broken++;
        }
      });
    }
    for (auto& member : members) member.join();
    CHECK(round % 2 ? broken == 3 && whole == 0 : whole == 4);
    team.mend();
  }
}

TEST(an_engine_with_shards_answers_as_the_reference_does) {
  for (const char* name : {"tiny-a", "tiny-b", "tiny-c"}) {
    size_t kv_bytes = 0;
    for (const size_t count : COUNTS) {
      EngineOptions options{false, 2, 4};
      options.device = DeviceKind::Cpu;
      options.shards = count;
      EngineRun run(golden::model(name), options);
      std::vector<std::pair<int64_t, std::vector<int32_t>>> wanted;
      for (const auto& p : golden::prompts(name)) wanted.emplace_back(run.submit(request_of(p.tokens, 16)), p.greedy);
      for (const auto& [id, greedy] : wanted) CHECK(run.wait(id).tokens == greedy);
      const EngineStats s = run.engine().stats();
      CHECK(s.shards == count && s.threads == static_cast<int>(std::max<size_t>(count, 2)));
      CHECK(kv_bytes == 0 || s.kv_bytes == kv_bytes);  // each shard has its heads, and no other
      kv_bytes = s.kv_bytes;
    }
  }
}

// Shards that have one memory are counted together.
TEST(a_plan_adds_up_what_lies_in_one_memory) {
  const Config config = read_config(golden::model("tiny-a") + "/config.json");
  const Weights weights(golden::model("tiny-a"), config);
  const wisecrack::Shape shape = Forward::shape(config, 256);
  const size_t kv = 10 * KvPool::block_bytes(2, shape.heads, DType::BF16);
  for (const size_t count : COUNTS) {
    const auto devices = cpu_shards(true, count);
    size_t sum = 0;
    for (const auto& device : devices) sum += plan_memory(weights, shape, *device, 10, 64, 4).kv;
    CHECK(sum == kv);
  }
  const auto devices = cpu_shards(true, 2);
  const std::vector<Device*> pointers{devices[0].get(), devices[1].get()};
  const size_t half = host_memory().available() / 2 + (size_t{1} << 30);
  demand_room({pointers[0]}, {{half, 0, 0}});
  CHECK_CONTAINS(check::message_of<MemoryError>([&] { demand_room(pointers, {{half, 0, 0}, {half, 0, 0}}); }), "the model needs");
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
