// The whole forward pass on the emulated device, against xAI's reference (test/golden) and against itself.
#include "../../native/check.h"
#include "../../native/golden.h"
#include "device/cuda/cuda_device.h"
#include "model/forward.h"
#include "scheduler/trace.h"

using namespace wisecrack;

namespace {

struct ModelRun {
  Config config;
  Weights weights;
  cuda::CudaDevice device;
  Forward forward;
  std::atomic<bool> stop{false};

  ModelRun(const std::string& name, bool bf16, cuda::Way way = cuda::Way::Auto)
      : config(read_config(golden::model(name) + "/config.json")),
        weights(golden::model(name), config),
        device(bf16, 0, way),
        forward(config, weights, device, static_cast<size_t>(config.sequence_len)) {}

  Trace trace(const std::vector<int32_t>& tokens, size_t chunk) {
    Trace result;
    TraceJob job(tokens, chunk, [&](std::unique_ptr<Trace> t, const std::exception_ptr&) { result = std::move(*t); });
    while (!job.advance(forward, config, stop)) {
    }
    job.succeed();
    return result;
  }
};

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace

TEST(golden_float32) {
  for (const std::string name : {"tiny-a", "tiny-b"}) {
    ModelRun model(name, false);
    const golden::Arrays wanted(golden::model(name) + "/golden.safetensors");
    double logits = 0, hidden = 0, probs = 0;
    for (const auto& prompt : golden::prompts(name)) {
      for (const size_t chunk : {size_t{0}, size_t{5}}) {
        const Trace trace = model.trace(prompt.tokens, chunk);
        logits = std::max(logits, golden::relative(trace.logits, wanted.floats(prompt.name + ".logits")));
        hidden = std::max(hidden, golden::relative(trace.hidden, wanted.floats(prompt.name + ".hidden")));
        const auto router = wanted.floats(prompt.name + ".router_probs");
        for (size_t i = 0; i < router.size(); i++) probs = std::max(probs, std::abs(double{router[i]} - trace.router_probs[i]));
        CHECK(trace.experts == wanted.ints(prompt.name + ".experts"));
      }
    }
    std::printf("     %s: logits %.1e, hidden %.1e of their largest, router %.1e\n", name.c_str(), logits, hidden, probs);
    CHECK(logits <= 5e-5 && hidden <= 5e-5 && probs <= 1e-4);
  }
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
