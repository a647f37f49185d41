// A model split over several emulated devices, each with memory that the others cannot touch and a thread of its own: sums over the
// cards (all_reduce.cuh), and the whole forward pass against xAI's reference.
#include <thread>

#include "../../native/bf16_figures.h"
#include "../../native/check.h"
#include "../../native/model_run.h"
#include "arrays.h"
#include "device/cuda/cuda_device.h"

using namespace wisecrack;

namespace {

const char* const MODELS[] = {"tiny-a", "tiny-b", "tiny-c"};
constexpr size_t LONGEST = 33;  // tokens of a prompt: eight emulated cards are eight times the work

// Numbers of cards that are there.
std::vector<size_t> counts() {
  int there = 0;
  cudaGetDeviceCount(&there);
  std::vector<size_t> some;
  for (const size_t count : {2, 4, 8})
    if (count <= static_cast<size_t>(there)) some.push_back(count);
  if (some.empty()) std::printf("     SKIPPED: one card alone\n");
  return some;
}

// Whole models on all those numbers would take long.
std::vector<size_t> few_and_many() {
  const auto some = counts();
  return some.size() < 2 ? some : std::vector<size_t>{some.front(), some.back()};
}

Devices cards(bool bf16, size_t count) {
  const auto team = count > 1 ? std::make_shared<Team>(count) : nullptr;
  Devices devices;
  for (size_t s = 0; s < count; s++)
    devices.push_back(std::make_unique<cuda::CudaDevice>(bf16, static_cast<int>(s), cuda::Way::Auto, Member{team, s}));
  return devices;
}

}  // namespace

// Sums one after another, of every length, through each room, in one trip or in two; the slowest card reads what it should.
TEST(sums_over_the_cards) {
  for (const size_t count : counts()) {
    const auto team = std::make_shared<Team>(count);
    const size_t lengths[] = {1, 255, 256, 257, 3000};
    std::vector<std::vector<float>> parts;
    for (size_t s = 0; s < count; s++) parts.push_back(noise(3000, static_cast<unsigned>(s)));
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (size_t s = 0; s < count; s++) {
      threads.emplace_back([&, s] {
        set_seed(s + 1);
        cuda::CudaMemory memory(static_cast<int>(s));
        {
          cuda::Peers peers({team, s}, memory);
          peers.reserve(100);
          peers.reserve(3000);
          There<float> y(memory, 3000);
          for (int turn = 0; turn < 15; turn++) {
            const size_t n = lengths[turn % 5];
            const auto room = static_cast<cuda::Room>(turn % 3);
            const bool round = turn % 2;
            std::vector<float> part = parts[s], wanted(n, 0.0f);
            for (float& v : part) v *= static_cast<float>(turn + 1);
            for (size_t p = 0; p < count; p++)
              for (size_t i = 0; i < n; i++) wanted[i] += parts[p][i] * static_cast<float>(turn + 1);
            if (round) wanted = rounded(wanted);
            memory.upload(peers.part(room), part.data(), n * sizeof(float));
            if (turn / 5 % 2) peers.in_two_trips(room, y.p, n, round);
            else peers.in_one_trip(room, y.p, n, round);
            std::vector<float> own = y.get();
            own.resize(n);
            wrong += !same_bits(own, wanted);
          }
          team->meet();  // nobody's memory goes while others read it
        }
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
  }
}

TEST(golden_float32) {
  for (const std::string name : MODELS) {
    for (const size_t count : few_and_many()) {
      RunOn model(golden::model(name), true, cards(false, count));
      const F32Figures f = f32_figures(model, name, {0}, LONGEST);
      std::printf("     %s on %zu cards: logits %.1e, hidden %.1e of their largest, router %.1e\n", name.c_str(), count, f.logits, f.hidden, f.probs);
      CHECK(f.good());
    }
  }
}

TEST(golden_bfloat16) {
  for (const std::string name : MODELS) {
    const auto some = few_and_many();
    if (some.empty()) break;
    const size_t count = name == "tiny-b" ? some.front() : some.back();
    RunOn model(golden::model(name), true, cards(true, count));
    const auto f = bf16_figures(name, static_cast<size_t>(model.config.vocab_size),
                                [&](const std::vector<int32_t>& tokens) { return model.trace(tokens, 0).logits; }, LONGEST);
    std::printf("     %s on %zu cards: median %.3f, p95 %.3f, argmax %.1f %%, KL %.4f\n", name.c_str(), count, f.median, f.p95,
                100 * f.agreement, f.kl);
    CHECK(f.good());
  }
}

TEST(chunks_and_company_give_the_same_bits) {
  for (const std::string name : {"tiny-a", "tiny-c"}) {
    const auto some = counts();
    if (some.empty()) break;
    RunOn model(golden::model(name), true, cards(true, name == "tiny-a" ? some.front() : some[some.size() / 2]));
    std::vector<std::vector<int32_t>> sequences;
    for (const auto& prompt : golden::prompts(name))
      if (prompt.tokens.size() <= LONGEST) sequences.push_back(prompt.tokens);
    const auto logits = model.in_company(sequences);
    for (size_t s = 0; s < sequences.size(); s++) {
      const Trace alone = model.trace(sequences[s], 0);
      CHECK(same_bits(logits[s], alone.logits));
      if (s + 1 == sequences.size()) CHECK(same_trace(alone, model.trace(sequences[s], 9)));
    }
  }
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
