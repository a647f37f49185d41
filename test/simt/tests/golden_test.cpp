// The whole forward pass on the emulated device, against xAI's reference (test/golden) and against itself.
#include "../../native/check.h"
#include "../../native/bf16_figures.h"
#include "../../native/model_run.h"
#include "arrays.h"
#include "device/cuda/cuda_device.h"

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
    const F32Figures f = f32_figures(model, name, {0, 5});
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

// Decode and prefill kernels, skinny and tiled products, any order of threads: the same bits.
TEST(chunks_ways_and_seeds_give_the_same_bits) {
  for (const std::string name : {"tiny-a", "tiny-b"}) {
    const auto tokens = golden::prompts(name)[3].tokens;  // 120
    CudaRun model(name, true), tiled(name, true, cuda::Way::Tiled), skinny(name, true, cuda::Way::Skinny);
    const Trace whole = model.trace(tokens, 0);
    for (const size_t chunk : {1, 2, 40}) CHECK(same_trace(whole, model.trace(tokens, chunk)));
    CHECK(same_trace(whole, tiled.trace(tokens, 40)));
    CHECK(same_trace(whole, skinny.trace(tokens, 0)));
    for (const uint64_t seed : {7, 8}) {
      set_seed(seed);
      CHECK(same_trace(whole, model.trace(tokens, 0)));
      CHECK(same_trace(whole, model.trace(tokens, 30)));
    }
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

// The likeliest token after each prompt, sixteen times: the reference's and the processor's. In float32; in bf16 the two round the
// weights of attention differently, and near-ties fall either way.
TEST(greedy_tokens_are_the_references) {
  for (const std::string name : MODELS) {
    CudaRun model(name, false);
    CpuDevice cpu(false, 1);
    Model other(model.config, model.weights, {&cpu}, static_cast<size_t>(model.config.sequence_len));
    const auto next = [&](Model& forward, const std::vector<int32_t>& tokens, size_t done, const KvPool& pool, const int32_t* table) {
      std::vector<Row> rows;
      for (size_t i = done; i < tokens.size(); i++) rows.push_back({tokens[i], static_cast<int32_t>(i), table, i + 1 == tokens.size()});
      CHECK(forward.run(rows, pool, model.stop));
      return static_cast<int32_t>(std::max_element(forward.logits(), forward.logits() + model.config.vocab_size) - forward.logits());
    };
    for (const auto& prompt : golden::prompts(name)) {
      std::vector<int32_t> tokens[2] = {prompt.tokens, prompt.tokens}, table(kv_blocks(prompt.tokens.size() + 16));
      for (size_t b = 0; b < table.size(); b++) table[b] = static_cast<int32_t>(b);
      Model* forwards[2] = {&model.forward, &other};
      for (int side = 0; side < 2; side++) {
        const auto pool = forwards[side]->make_pool(table.size());
        size_t done = 0;
        for (int i = 0; i < 16; i++) {
          const int32_t token = next(*forwards[side], tokens[side], done, *pool, table.data());
          done = tokens[side].size();
          tokens[side].push_back(token);
        }
      }
      CHECK(tokens[0] == tokens[1]);
      CHECK(std::vector<int32_t>(tokens[0].end() - 16, tokens[0].end()) == prompt.greedy);
    }
  }
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
