// Router and experts against the processor's: no token, one, all at an expert; decode and prefill; ties and NaN.
#include "../../native/check.h"
#include "../../native/golden.h"
#include "arrays.h"
#include "device/cpu/cpu_device.h"
#include "device/cuda/cuda_device.h"
#include "ways.h"

using namespace wisecrack;
using cuda::CudaDevice;
using cuda::Way;

namespace {

constexpr size_t EMB = 72, FFN = 136, EXPERTS = 8, SELECTED = 2;
constexpr Shape SHAPE{EMB, FFN, 16, EXPERTS, SELECTED, {1, 1, 16}, 64};

struct Model {
  std::vector<uint16_t> weights[EXPERTS][3];
  std::vector<float> router, post, next;
  explicit Model(const std::vector<float>& router) : router(router), post(noise(EMB, 20)), next(noise(EMB, 21)) {
    for (unsigned e = 0; e < EXPERTS; e++)
      for (unsigned m = 0; m < 3; m++) weights[e][m] = halves(noise(EMB * FFN, 30 + e * 3 + m, 0.1f));
  }
  Matrix matrix(size_t e, size_t m) const {
    return {weights[e][m].data(), DType::BF16, m == 2 ? EMB : FFN, m == 2 ? FFN : EMB};
  }
};

struct Result {
  std::vector<float> h, x, probs;
  std::vector<int32_t> chosen;
};

// x_there is what the device has of x: bf16 or float32.
template <class Bits>
Result run(Device& device, const Model& model, size_t rows, const std::vector<Bits>& x) {
  Memory& memory = device.memory();
  const auto place = [&](const void* from, size_t bytes) {
    void* to = memory.allocate(bytes);
    memory.upload(to, from, bytes);
    return to;
  };
  const std::vector<int32_t> zeros(rows, 0);
  const std::vector<const int32_t*> tables(rows, zeros.data());
  device.reserve(SHAPE, rows, rows);
  device.begin({rows, zeros.data(), zeros.data(), tables.data(), {}});
  std::vector<Expert> experts;
  for (size_t e = 0; e < EXPERTS; e++)
    experts.push_back({device.load(model.matrix(e, 0)), device.load(model.matrix(e, 1)), device.load(model.matrix(e, 2))});
  const auto h0 = rounded(noise(rows * EMB, 9));
  auto* h = static_cast<float*>(place(h0.data(), rows * EMB * 4));
  auto* in = static_cast<float*>(memory.allocate(rows * EMB * 4));
  memory.upload(in, x.data(), x.size() * sizeof(Bits));
  auto* probs = static_cast<float*>(memory.allocate(rows * EXPERTS * 4));
  auto* chosen = static_cast<int32_t*>(memory.allocate(rows * SELECTED * 4));
  const Sandwich sandwich{device.load(model.post), h, device.load(model.next), in};
  device.experts(in, device.load({model.router.data(), DType::F32, EXPERTS, EMB}), experts, SELECTED, sandwich, probs, chosen);
  Result result{std::vector<float>(rows * EMB), std::vector<float>(rows * EMB), std::vector<float>(rows * EXPERTS),
                std::vector<int32_t>(rows * SELECTED)};
  memory.download(result.h.data(), h, rows * EMB * 4);
  std::vector<Bits> bits(rows * EMB);
  memory.download(bits.data(), in, bits.size() * sizeof(Bits));
  for (size_t i = 0; i < bits.size(); i++) result.x[i] = sizeof(Bits) == 2 ? to_float(static_cast<bf16>(bits[i])) : static_cast<float>(bits[i]);
  memory.download(result.probs.data(), probs, result.probs.size() * 4);
  memory.download(result.chosen.data(), chosen, result.chosen.size() * 4);
  memory.release(h, rows * EMB * 4);
  memory.release(in, rows * EMB * 4);
  memory.release(probs, rows * EXPERTS * 4);
  memory.release(chosen, rows * SELECTED * 4);
  return result;
}

// Every token to experts 3 and 5.
std::vector<float> one_sided() {
  std::vector<float> router(EXPERTS * EMB, 0.0f);
  router[3 * EMB] = 9;
  router[5 * EMB] = 8;
  return router;
}

}  // namespace

TEST(experts_are_the_processors) {
  for (const bool all_to_two : {false, true}) {
    const Model model(all_to_two ? one_sided() : noise(EXPERTS * EMB, 10));
    for (const size_t rows : {1, 3, 17, 150}) {
      auto x = rounded(noise(rows * EMB, 11));
      for (size_t r = 0; r < rows; r++) x[r * EMB] = 2;
      CudaDevice exact(false, 0), fast(true, 0);
      CpuDevice cpu(false, 1), cpu_rounded(true, 1);
      const Result a = run(exact, model, rows, x), wanted = run(cpu, model, rows, x);
      CHECK(a.chosen == wanted.chosen);
      CHECK(distance(a.probs, wanted.probs) < 1e-5 && distance(a.h, wanted.h) < 1e-5 && distance(a.x, wanted.x) < 1e-5);
      const Result b = run(fast, model, rows, halves(x)), also = run(cpu_rounded, model, rows, x);
      CHECK(b.chosen == also.chosen);
      CHECK(distance(b.h, also.h) < 0.01 && distance(b.x, also.x) < 0.01);
      if (all_to_two) CHECK(b.chosen[0] == 3 && b.chosen[1] == 5);
    }
  }
}

TEST(ways_rows_and_seeds_give_the_same_bits) {
  const Model model(noise(EXPERTS * EMB, 10));
  const size_t rows = 150;
  const auto x = halves(noise(rows * EMB, 11));
  CudaDevice skinny(true, 0, Way::Skinny);
  const Result whole = run(skinny, model, rows, x);
  for (const uint64_t seed : {1, 2}) {
    set_seed(seed);
    for (const Way way : all_ways()) {
      CudaDevice device(true, 0, way);
      const Result again = run(device, model, rows, x);
      CHECK(same_bits(whole.h, again.h) && same_bits(whole.x, again.x) && same_bits(whole.probs, again.probs) && whole.chosen == again.chosen);
    }
  }
  const Result one = run(skinny, model, 1, std::vector<uint16_t>(x.begin(), x.begin() + EMB));
  CHECK(same_bits(one.x, {whole.x.begin(), whole.x.begin() + EMB}));
}

TEST(ties_go_to_the_lower_expert_and_nan_stays_in_range) {
  CudaDevice device(false, 0);
  const Model even(std::vector<float>(EXPERTS * EMB, 0.0f));
  const Result tied = run(device, even, 2, std::vector<float>(2 * EMB, 1.0f));
  CHECK((tied.chosen == std::vector<int32_t>{0, 1, 0, 1}));
  CHECK(tied.probs[0] == 0.125f);
  const Model broken(std::vector<float>(EXPERTS * EMB, NAN));
  CHECK((run(device, broken, 1, std::vector<float>(EMB, 1.0f)).chosen == std::vector<int32_t>{0, 1}));
}

TEST(one_token_reads_two_experts) {
  CudaDevice device(true, 0);
  const Model model(one_sided());
  auto x = noise(EMB, 11);
  x[0] = 2;
  const uint64_t up = 2 * 144 * 128 * 2, down = 80 * 192 * 2;  // rows to 16, inputs to 64
  const uint64_t bytes = SELECTED * (up + down);
  CHECK(streamed_by([&] { run(device, model, 1, halves(x)); }, bytes) == bytes);
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
