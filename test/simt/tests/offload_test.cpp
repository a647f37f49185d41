// Experts that stay on the host and come to the card as they are chosen: the same bits as with all weights on the card.
#include <filesystem>

#include "../../native/check.h"
#include "../../native/model_run.h"
#include "arrays.h"
#include "device/cuda/cuda_device.h"
#include "device/cuda/launch.h"
#include "device/cuda/layout.h"
#include "io/error.h"

using namespace wisecrack;

namespace {

Devices cards(bool bf16, size_t count = 1) {
  const auto team = count > 1 ? std::make_shared<Team>(count) : nullptr;
  Devices devices;
  for (size_t s = 0; s < count; s++)
    devices.push_back(std::make_unique<cuda::CudaDevice>(bf16, static_cast<int>(s), cuda::Way::Auto, Member{team, s}));
  return devices;
}

// A golden model whose first layers only have their experts on the card.
struct OffloadRun : RunOn {
  OffloadRun(const std::string& name, size_t resident, bool bf16 = true, bool round_product = true, size_t count = 1)
      : RunOn(golden::model(name), round_product, cards(bf16, count), {resident, false}) {}
};

constexpr size_t ALL = SIZE_MAX;

__global__ void copy_bytes(const char* from, char* to, int n) {
  for (int i = static_cast<int>(threadIdx.x); i < n; i += static_cast<int>(blockDim.x)) to[i] = from[i];
}

}  // namespace

// In prompts hardly an expert is left out and the first ones are expected; in replies each row waits for its own. tiny-a and tiny-b are in
// bf16, tiny-c is xAI's own format: int8 with scales, inputs first.
TEST(wherever_the_experts_lie_the_bits_are_the_same) {
  for (const std::string name : {"tiny-a", "tiny-b", "tiny-c"}) {
    const auto prompt = golden::prompts(name)[2].tokens;
    const std::vector<int32_t> tokens(prompt.begin(), prompt.begin() + 18), few(prompt.begin(), prompt.begin() + 5);
    OffloadRun whole(name, ALL);
    const Trace all = whole.trace(tokens, 0), reply = whole.trace(few, 0);
    CHECK(whole.forward.offload().layers == 0);
    for (const size_t resident : {0, 1}) {
      const Late late;
      OffloadRun away(name, resident);
      CHECK(away.forward.offload().layers == away.weights.layers.size() - resident);
      CHECK(same_trace(all, away.trace(tokens, 0)));
      CHECK(same_trace(reply, away.trace(few, 1)));
      if (name == "tiny-a") CHECK(same_trace(all, away.trace(tokens, 11)));
    }
  }
}

TEST(golden_float32) {
  OffloadRun model("tiny-c", 0, false);
  const F32Figures f = f32_figures(model, "tiny-c", {0}, 33);
  std::printf("     tiny-c: logits %.1e, hidden %.1e of their largest, router %.1e\n", f.logits, f.hidden, f.probs);
  CHECK(f.good());
  const auto tokens = golden::prompts("tiny-c")[0].tokens;
  OffloadRun whole("tiny-c", ALL, false, false), away("tiny-c", 0, false, false);  // products that are made on the way
  CHECK(same_trace(whole.trace(tokens, 0), away.trace(tokens, 0)));
}

TEST(sequences_that_share_steps_get_the_bits_of_each_alone) {
  OffloadRun whole("tiny-a", ALL);
  std::vector<std::vector<int32_t>> sequences;
  for (const auto& prompt : golden::prompts("tiny-a"))
    if (prompt.tokens.size() <= 33) sequences.push_back(prompt.tokens);
  const Late late;
  OffloadRun away("tiny-a", 1);
  const auto logits = away.in_company(sequences);
  for (size_t s = 0; s < sequences.size(); s++) CHECK(same_bits(logits[s], whole.trace(sequences[s], 0).logits));
}

TEST(each_of_several_cards_brings_its_part_of_the_experts) {
  int there = 0;
  cudaGetDeviceCount(&there);
  if (there < 2) return static_cast<void>(std::printf("     SKIPPED: one card alone\n"));
  for (const std::string name : {"tiny-a", "tiny-c"}) {
    const auto tokens = golden::prompts(name)[0].tokens;
    OffloadRun whole(name, ALL, true, true, 2), away(name, 0, true, true, 2);
    CHECK(same_trace(whole.trace(tokens, 0), away.trace(tokens, 0)));
    CHECK(away.forward.offload().bytes == 4 * away.forward.offload().token_bytes);  // two of eight are chosen
  }
}

// A slot whose expert kernels have yet to read is wanted for another.
TEST(nobody_comes_into_a_slot_before_its_last_reader_is_done) {
  const Config config = read_config(golden::model("tiny-a") + "/config.json");
  const Weights weights(golden::model("tiny-a"), config);
  const std::vector<Expert>& experts = weights.layers[0].experts;
  cuda::CudaMemory memory(0);
  const size_t n = cuda::layout_of(experts[0].gate).bytes();
  There<char> seen(memory, 12 * n);
  {
    const Late late;
    cuda::OffloadedExperts away(memory);
    away.make_room(experts[0]);
    const auto look = [&](size_t round, const Expert& e) {
      const Expert here = away.take(e);
      cuda::launch("copy_bytes", copy_bytes, 1, 32, 0, memory.stream(), static_cast<const char*>(here.gate.data), seen.p + round * n, static_cast<int>(n));
      away.release(e);
    };
    for (size_t e = 0; e < cuda::OffloadedExperts::SLOTS; e++) CHECK(away.ask(experts[e]));
    CHECK(!away.ask(experts[7]) && away.ask(experts[0]));
    for (size_t round = 0; round < 12; round++) {
      look(round, experts[round % 8]);
      CHECK(away.ask(experts[(round + cuda::OffloadedExperts::SLOTS) % 8]));
    }
    memory.wait();
  }
  const std::vector<char> got = seen.get();
  for (size_t round = 0; round < 12; round++) {
    const Matrix& m = experts[round % 8].gate;
    std::vector<char> wanted(n);
    cuda::lay_out(m, cuda::layout_of(m), 0, cuda::layout_of(m).rows, wanted.data());
    CHECK(std::equal(wanted.begin(), wanted.end(), got.begin() + static_cast<ptrdiff_t>(round * n)));
  }
}

// Expected, and then not wanted.
TEST(an_expert_that_was_expected_in_vain_makes_room) {
  const Config config = read_config(golden::model("tiny-a") + "/config.json");
  const Weights weights(golden::model("tiny-a"), config);
  const auto& [first, second] = std::pair{weights.layers[0].experts, weights.layers[1].experts};
  cuda::CudaMemory memory(0);
  cuda::OffloadedExperts away(memory);
  away.make_room(first[0]);
  for (int round = 0; round < 20; round++) {
    for (size_t e = 0; e < cuda::OffloadedExperts::SLOTS; e++) away.expect(first[e]);
    for (const size_t e : {3, 5}) CHECK(away.ask(second[e]));
    for (const size_t e : {3, 5}) {
      const Matrix here = away.take(second[e]).down;
      std::vector<char> got(cuda::layout_of(second[e].down).bytes()), wanted(got.size());
      memory.download(got.data(), here.data, got.size());
      cuda::lay_out(second[e].down, cuda::layout_of(second[e].down), 0, cuda::layout_of(second[e].down).rows, wanted.data());
      CHECK(got == wanted);
      away.release(second[e]);
    }
  }
}

TEST(a_file_that_is_cut_off_while_it_is_used_ends_the_step_with_its_name) {
  const golden::TempFolder folder;
  for (const char* file : {"config.json", "model.safetensors"}) std::filesystem::copy(golden::model("tiny-a") + "/" + file, folder.path());
  RunOn model(folder.path(), true, cards(true), {0, false});
  model.trace({7, 8, 9}, 0);
  std::filesystem::resize_file(folder / "model.safetensors", 8192);
  CHECK_THROWS(ModelError, folder / "model.safetensors: weights that were there", model.trace({7, 8, 9, 10, 11, 12}, 0));
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
