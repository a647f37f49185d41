// The whole forward pass on the emulated device, against xAI's reference (test/golden) and against itself.
#include "../../native/check.h"
#include "../../native/bf16_figures.h"
#include "../../native/model_run.h"
#include "arrays.h"
#include "device/cuda/cuda_device.h"
#include "ways.h"

using namespace wisecrack;

namespace {

struct CudaRun : RunOn {
  CudaRun(const std::string& name, bool bf16, cuda::Way way = cuda::Way::Auto, bool round_product = true)
      : RunOn(golden::model(name), round_product, one(std::make_unique<cuda::CudaDevice>(bf16, 0, way))) {}

 private:
  static Devices one(std::unique_ptr<Device> device) {
    Devices devices;
    devices.push_back(std::move(device));
    return devices;
  }
};

// tiny-c is xAI's own format: int8 with scales.
const char* const MODELS[] = {"tiny-a", "tiny-b", "tiny-c"};

}  // namespace

TEST(golden_float32) {
  for (const std::string name : MODELS) {
    CudaRun model(name, false);
    const F32Figures f = f32_figures(model, name, {0, 40});
    std::printf("     %s: logits %.1e, hidden %.1e of their largest, router %.1e\n", name.c_str(), f.logits, f.hidden, f.probs);
    CHECK(f.good());
  }
}

TEST(products_of_int8_and_scale_that_are_not_rounded) {
  CudaRun model("tiny-c", false, cuda::Way::Auto, false);
  const golden::Arrays wanted(golden::model("tiny-c") + "/golden.safetensors");
  const auto prompt = golden::prompts("tiny-c")[1];
  CHECK(golden::relative(model.trace(prompt.tokens, 0).logits, wanted.floats(prompt.name + ".logits_unrounded_dequant")) <= 5e-5);
}

TEST(golden_bfloat16) {
  for (const std::string name : MODELS) {
    CudaRun model(name, true);
    const auto f = bf16_figures(name, static_cast<size_t>(model.config.vocab_size),
                                [&](const std::vector<int32_t>& tokens) { return model.trace(tokens, 0).logits; });
    std::printf("     %s bf16: median %.3f, p95 %.3f, argmax %.1f %%, KL %.4f\n", name.c_str(), f.median, f.p95, 100 * f.agreement, f.kl);
    CHECK(f.good());
  }
}

// Decode and prefill kernels, all kernels of products, any order of threads: the same bits.
TEST(chunks_ways_and_seeds_give_the_same_bits) {
  for (const std::string name : {"tiny-a", "tiny-b"}) {
    const auto tokens = golden::prompts(name)[3].tokens;                 // 120
    const std::vector<int32_t> first(tokens.begin(), tokens.begin() + 36);  // beyond two blocks of the cache; decode costs most here
    CudaRun model(name, true), skinny(name, true, cuda::Way::Skinny);
    const Trace whole = model.trace(tokens, 0), part = model.trace(first, 0);
    for (const size_t chunk : {1, 2}) CHECK(same_trace(part, model.trace(first, chunk)));
    for (const cuda::Way way : ways_of_many()) {
      CudaRun many(name, true, way);
      CHECK(same_trace(whole, many.trace(tokens, 40)));
    }
    CHECK(same_trace(whole, skinny.trace(tokens, 0)));
    set_seed(7);
    CHECK(same_trace(whole, model.trace(tokens, 30)));
    CHECK(same_trace(part, model.trace(first, 4)));
    set_seed(8);
    CHECK(same_trace(whole, model.trace(tokens, 0)));
  }
}

// Four sequences in one batch against each one alone.
TEST(company_gives_the_same_bits) {
  CudaRun model("tiny-b", true);
  std::vector<std::vector<int32_t>> sequences;
  for (const auto& prompt : golden::prompts("tiny-b")) sequences.push_back(prompt.tokens);
  const auto logits = model.in_company(sequences);
  for (size_t s = 0; s < sequences.size(); s++) CHECK(same_bits(logits[s], model.trace(sequences[s], 0).logits));
}

// Replies of three sequences, in steps that are recorded once and played again with other tokens, positions and blocks, beyond what
// one segment of attention holds; another sequence comes and goes.
TEST(steps_that_are_played_again_give_the_bits_of_a_trace) {
  constexpr size_t POSITIONS = 275, FIRST = 250, LATE = 260;
  CudaRun model("tiny-a", true);
  Model forward(model.config, model.weights, pointers(model.devices), POSITIONS);
  const auto vocab = static_cast<size_t>(model.config.vocab_size);
  std::vector<std::vector<int32_t>> tokens(3);
  std::mt19937 random(3);
  for (auto& sequence : tokens)
    for (size_t i = 0; i < POSITIONS; i++) sequence.push_back(static_cast<int32_t>(random() % vocab));
  const size_t blocks = kv_blocks(POSITIONS);
  const auto pool = forward.make_pool(3 * blocks), other = forward.make_pool(blocks);
  std::vector<std::vector<int32_t>> tables(3);
  for (size_t b = 0; b < 3 * blocks; b++) tables[b % 3].push_back(static_cast<int32_t>(3 * blocks - 1 - b));
  const auto prompt = [&](size_t s, size_t end) {
    std::vector<Row> rows;
    for (size_t i = 0; i < end; i++) rows.push_back({tokens[s][i], static_cast<int32_t>(i), tables[s].data(), i + 1 == end});
    CHECK(forward.run(rows, *pool, model.stop));
  };
  const auto one = [&](size_t s, size_t at) { return Row{tokens[s][at], static_cast<int32_t>(at), tables[s].data(), true}; };
  prompt(0, FIRST);
  prompt(1, 20);
  prompt(2, 5);
  std::vector<std::vector<float>> logits(3);
  const uint64_t replays = replays_of_graphs();
  for (size_t step = 0; FIRST + step < POSITIONS; step++) {
    std::vector<Row> rows = {one(0, FIRST + step), one(1, 20 + step)};
    const bool three = FIRST + step >= LATE && FIRST + step < LATE + 10;
    if (three) rows.push_back(one(2, 5 + FIRST + step - LATE));
    CHECK(forward.run(rows, *pool, model.stop));
    for (size_t s = 0; s < rows.size(); s++) {
      const LogitRow row = forward.logits(s);
      logits[s].insert(logits[s].end(), row.logits, row.logits + vocab);
    }
  }
  CHECK(replays_of_graphs(replays + POSITIONS - FIRST) == replays + POSITIONS - FIRST);
  const size_t first[] = {FIRST, 20, 5}, count[] = {POSITIONS - FIRST, POSITIONS - FIRST, 10};
  for (size_t s = 0; s < 3; s++) {
    TraceJob job({tokens[s].begin(), tokens[s].begin() + static_cast<ptrdiff_t>(first[s] + count[s])}, 64, [&](std::unique_ptr<Trace> t, const std::exception_ptr&) {
      const auto from = t->logits.begin() + static_cast<ptrdiff_t>(first[s] * vocab);
      CHECK(same_bits(logits[s], std::vector<float>(from, t->logits.end())));
    });
    while (!job.advance(forward, model.config, model.stop)) {
    }
    job.succeed();
  }
}

TEST(a_step_that_is_stopped_while_it_is_recorded_leaves_nothing_behind) {
  CudaRun model("tiny-a", true);
  const auto pool = model.forward.make_pool(1);
  const int32_t table[] = {0};
  const std::vector<Row> rows = {{7, 0, table, true}};
  const std::atomic<bool> stop{true};
  CHECK(!model.forward.run(rows, *pool, stop));
  CHECK(model.forward.run(rows, *pool, model.stop));
  const LogitRow row = model.forward.logits(0);
  CHECK(same_bits(std::vector<float>(row.logits, row.logits + row.count), model.trace({7}, 0).logits));
}

namespace {

// The likeliest token after each prompt, sixteen times, all prompts of a model in one batch.
std::vector<std::vector<int32_t>> greedy(RunOn& model, Model& forward, const std::vector<golden::Prompt>& prompts) {
  constexpr size_t REPLY = 16;
  std::vector<std::vector<int32_t>> replies(prompts.size()), tables(prompts.size());
  size_t blocks = 0;
  for (size_t s = 0; s < prompts.size(); s++)
    for (size_t b = kv_blocks(prompts[s].tokens.size() + REPLY); b > 0; b--) tables[s].push_back(static_cast<int32_t>(blocks++));
  const auto pool = forward.make_pool(blocks);
  for (size_t step = 0; step < REPLY; step++) {
    std::vector<Row> rows;
    for (size_t s = 0; s < prompts.size(); s++) {
      const std::vector<int32_t>& prompt = prompts[s].tokens;
      if (step > 0) rows.push_back({replies[s].back(), static_cast<int32_t>(prompt.size() + step - 1), tables[s].data(), true});
      else
        for (size_t i = 0; i < prompt.size(); i++) rows.push_back({prompt[i], static_cast<int32_t>(i), tables[s].data(), i + 1 == prompt.size()});
    }
    CHECK(forward.run(rows, *pool, model.stop));
    for (size_t s = 0; s < prompts.size(); s++) {
      const LogitRow row = forward.logits(s);
      replies[s].push_back(static_cast<int32_t>(std::max_element(row.logits, row.logits + row.count) - row.logits));
    }
  }
  return replies;
}

void check_greedy_tokens(bool bf16) {
  for (const std::string name : MODELS) {
    CudaRun model(name, bf16);
    CpuDevice cpu(bf16, 1);
    Model other(model.config, model.weights, {&cpu}, static_cast<size_t>(model.config.sequence_len));
    const auto prompts = golden::prompts(name);
    const auto replies = greedy(model, model.forward, prompts);
    CHECK(replies == greedy(model, other, prompts));
    if (bf16) continue;
    for (size_t s = 0; s < prompts.size(); s++) CHECK(replies[s] == prompts[s].greedy);
  }
}

}  // namespace

TEST(greedy_tokens_are_the_references_and_the_processors) { check_greedy_tokens(false); }
TEST(greedy_tokens_are_the_processors_in_bfloat16) { check_greedy_tokens(true); }

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
