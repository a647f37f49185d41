// The forward pass against xAI's reference (test/golden), and its promise that a row does not depend on its company.
#include "bf16_figures.h"
#include "check.h"
#include "kernel_sets.h"
#include "model_run.h"

using namespace wisecrack;

namespace {

const char* const MODELS[] = {"tiny-a", "tiny-b"};

void check_golden(const std::string& name, const Kernels& kernels, int threads) {
  ModelRun model(name, false, threads, kernels);
  const F32Figures f = f32_figures(model, name, {0, 1, 5});
  std::printf("     %s %s: logits %.1e, hidden %.1e of their largest, router %.1e\n", name.c_str(), kernels.name, f.logits, f.hidden, f.probs);
  CHECK(f.good());
}

}  // namespace

TEST(golden_float32) {
  for (const char* name : MODELS)
    for (const Kernels* k : kernel_sets()) check_golden(name, *k, 2);
}

TEST(golden_bfloat16) {
  for (const char* name : MODELS) {
    for (const Kernels* k : kernel_sets_to_test()) {
      if (!k->bf16_matmul && k != &best_kernels()) continue;  // the others multiply as golden_float32 has them
      ModelRun model(name, true, 2, *k);
      const auto f = bf16_figures(name, static_cast<size_t>(model.config.vocab_size),
                                  [&](const std::vector<int32_t>& tokens) { return model.trace(tokens, 0).logits; });
      std::printf("     %s bf16, %s: median %.3f, p95 %.3f, argmax %.1f %%, KL %.4f\n", name, k->name, f.median, f.p95, 100 * f.agreement, f.kl);
      CHECK(f.good());
    }
  }
}

TEST(chunks_give_the_same_bits) {
  for (const char* name : MODELS) {
    for (const bool bf16 : {false, true}) {
      for (const Kernels* k : kernel_sets_to_test()) {
        ModelRun model(name, bf16, 2, *k);
        const auto tokens = golden::prompts(name)[3].tokens;
        const Trace whole = model.trace(tokens, 0);
        for (const size_t chunk : {1, 2, 3, 4, 5, 7, 64}) {
          const Trace parts = model.trace(tokens, chunk);
          CHECK(same_trace(whole, parts));
        }
      }
    }
  }
}

// Sequences in one batch against each one alone.
TEST(company_gives_the_same_bits) {
  const auto check = [](ModelRun&& model, const std::vector<std::vector<int32_t>>& sequences) {
    const auto logits = model.in_company(sequences);
    for (size_t s = 0; s < sequences.size(); s++) CHECK(same_bits(logits[s], model.trace(sequences[s], 0).logits));
  };
  for (const bool bf16 : {false, true}) {
    std::vector<std::vector<int32_t>> sequences;
    for (const auto& prompt : golden::prompts("tiny-b")) sequences.push_back(prompt.tokens);
    check(ModelRun("tiny-b", bf16, 2), sequences);
  }
  // Batches of other sizes, each row with its own way through the products.
  const auto tokens = golden::prompts("tiny-a")[3].tokens;
  for (const Kernels* k : kernel_sets_to_test()) {
    for (const size_t count : {2, 3, 7, 16}) {
      std::vector<std::vector<int32_t>> sequences;
      for (size_t s = 0; s < count; s++) sequences.emplace_back(tokens.begin() + static_cast<ptrdiff_t>(s), tokens.begin() + static_cast<ptrdiff_t>(s + 9));
      check(ModelRun("tiny-a", count % 2, 2, *k), sequences);
    }
  }
}

// Keys and values that another sequence has left, and a copied block of them, give the same bits as computing everything.
TEST(a_shared_prefix_gives_the_same_bits) {
  for (const bool bf16 : {false, true}) {
    for (const Kernels* k : kernel_sets_to_test()) {
      ModelRun model("tiny-a", bf16, 2, *k);
      const auto tokens = golden::prompts("tiny-a")[3].tokens;  // 120
      const auto vocab = static_cast<size_t>(model.config.vocab_size);
      const auto whole = model.trace(tokens, 0).logits;
      const auto pool = model.forward.make_pool(12);
      const std::vector<int32_t> first = {9, 3, 1, 0, 2, 4, 5, 6};
      const auto compute = [&](const std::vector<int32_t>& table, size_t begin, size_t end) {
        std::vector<Row> rows;
        for (size_t i = begin; i < end; i++) rows.push_back({tokens[i], static_cast<int32_t>(i), table.data(), true});
        CHECK(model.forward.run(rows, *pool, model.stop));
        const std::vector<float> logits(model.forward.logits(), model.forward.logits() + rows.size() * vocab);
        CHECK(same_bits(logits, {whole.begin() + static_cast<ptrdiff_t>(begin * vocab), whole.begin() + static_cast<ptrdiff_t>(end * vocab)}));
      };
      compute(first, 0, 100);
      compute({9, 3, 1, 0, 2, 7, 8, 10}, 80, 120);  // five blocks are the first one's
      pool->copy(2, 11);
      compute({9, 3, 1, 0, 11}, 79, 80);  // the last of a copied block once more
      compute(first, 100, 120);           // and the first goes on undisturbed
    }
  }
}

TEST(weights_on_disk_give_the_same_bits) {
  ModelRun model("tiny-b", true, 2);
  const auto tokens = golden::prompts("tiny-b")[0].tokens;
  const Trace before = model.trace(tokens, 0);
  model.devices[0]->weights_on_disk();
  CHECK(same_bits(model.trace(tokens, 0).logits, before.logits));
}

TEST(stops_between_layers) {
  ModelRun model("tiny-a", false);
  const auto pool = model.forward.make_pool(1);
  const int32_t table = 0;
  model.stop = true;
  CHECK(!model.forward.run({{1, 0, &table, true}}, *pool, model.stop));
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
