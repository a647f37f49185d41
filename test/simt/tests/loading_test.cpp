// What a model takes of the card's memory, and how its weights come there.
#include <cstring>
#include <numeric>

#include "../../native/check.h"
#include "../../native/model_run.h"
#include "arrays.h"
#include "device/cuda/cuda_device.h"
#include "device/cuda/launch.h"
#include "model/memory_plan.h"

using namespace wisecrack;
using cuda::CudaDevice;
using cuda::WeightLoader;

namespace {

constexpr size_t ROWS = 12, SEQUENCES = 3, BLOCKS = 30;

// A golden model on the card, as the engine opens it.
struct Opened {
  Config config;
  Weights weights;
  CudaDevice device{true, 0};
  Shape shape;
  MemoryPlan plan;

  explicit Opened(const std::string& name)
      : config(read_config(golden::model(name) + "/config.json")),
        weights(golden::model(name), config),
        shape(Forward::shape(config, static_cast<size_t>(config.sequence_len))),
        plan(plan_memory(weights, shape, device, BLOCKS, ROWS, SEQUENCES)) {}
};

// Gives the card another size for a while.
struct SmallCard {
  size_t before = simt::device_memory();
  explicit SmallCard(size_t bytes) { simt::device_memory() = bytes; }
  ~SmallCard() { simt::device_memory() = before; }
};

}  // namespace

TEST(what_is_planned_is_what_is_taken_and_steps_take_nothing_more) {
  for (const std::string name : {"tiny-a", "tiny-c"}) {
    Opened opened(name);
    const size_t before = simt::allocated();
    Model forward(opened.config, opened.weights, {&opened.device}, opened.shape.positions);
    const auto pool = forward.make_pool(BLOCKS);
    forward.reserve(ROWS, SEQUENCES);
    const size_t taken = simt::allocated() - before;
    CHECK(taken <= opened.plan.total());
    CHECK(taken + 4096 > opened.plan.total());
    CHECK(pool->bytes() == opened.plan.kv);
    opened.device.memory().fill(pool->layer(0).k, 0, pool->bytes());  // steps below leave positions out
    // A prompt beside two replies, then replies alone, a block further each time.
    std::vector<std::vector<int32_t>> tables(SEQUENCES, std::vector<int32_t>(BLOCKS / SEQUENCES));
    for (size_t s = 0; s < SEQUENCES; s++) std::iota(tables[s].begin(), tables[s].end(), static_cast<int32_t>(s * BLOCKS / SEQUENCES));
    const std::atomic<bool> stop{false};
    const auto run = [&](size_t prompt, int32_t position) {
      std::vector<Row> rows;
      for (size_t s = 0; s < SEQUENCES; s++)
        for (size_t i = 0; i < (s == 0 ? prompt : 1); i++)
          rows.push_back({7, position + static_cast<int32_t>(i), tables[s].data(), i + 1 == (s == 0 ? prompt : 1)});
      CHECK(forward.run(rows, *pool, stop));
      for (size_t s = 0; s < SEQUENCES; s++) CHECK(forward.likeliest(s).finite);
    };
    run(ROWS - 2, 0);
    for (int32_t position = 12; position < 140; position += 16) run(1, position);
    CHECK(simt::allocated() - before == taken);
  }
}

TEST(what_does_not_fit_is_refused_with_the_figures) {
  Opened opened("tiny-a");
  const SmallCard card(simt::allocated() + opened.plan.total() - 1);
  CHECK_THROWS(MemoryError, "on the device (weights ", demand_room(opened.plan, opened.device.memory().available()));
  CHECK_THROWS(MemoryError, "are free", demand_room(opened.plan, opened.device.memory().available()));
  const MemoryPlan grok{size_t{632} << 30, size_t{16} << 30, size_t{1} << 29};
  CHECK_THROWS(MemoryError,
               "the model needs 648.5 GiB on the device (weights 632.0 GiB, keys and values 16.0 GiB, working memory 0.5 GiB), 139.0 GiB are free",
               demand_room(grok, size_t{139} << 30));
  const size_t had = simt::allocated();
  const SmallCard enough(had + opened.plan.total());
  CHECK(opened.device.memory().total() == had + opened.plan.total() && opened.device.memory().available() == opened.plan.total());
  demand_room(opened.plan, opened.device.memory().available());
}

TEST(slabs_arrive_as_they_were_filled) {
  cuda::CudaMemory memory(0);
  constexpr size_t SLAB = 1000, SLABS = 23;
  std::vector<char> wanted(SLAB * SLABS);
  for (size_t i = 0; i < wanted.size(); i++) wanted[i] = static_cast<char>(i * 131 >> 3);
  There<char> there(memory, wanted.size());
  WeightLoader loader(memory, SLAB);
  for (int round = 0; round < 2; round++) {
    size_t at = 0;
    for (size_t s = 0; at < wanted.size(); s++) {  // of all sizes
      const size_t bytes = std::min(s % 3 ? SLAB : s * 7 + 1, wanted.size() - at);
      loader.add(there.p + at, bytes, [&, at, bytes](char* to) { std::memcpy(to, wanted.data() + at, bytes); });
      at += bytes;
    }
    loader.finish();
    CHECK(same_bits(there.get(), wanted));
    memory.fill(there.p, 0xFF, wanted.size());
  }
}

TEST(a_copy_that_fails_and_a_slab_that_cannot_be_read_end_the_loading) {
  cuda::CudaMemory memory(0);
  There<char> there(memory, 64);
  {
    WeightLoader loader(memory, 16);
    simt::copies_until_failure() = 1;
    const auto load = [&] {
      for (size_t s = 0; s < 4; s++) loader.add(there.p + s * 16, 16, [](char* to) { std::memset(to, 1, 16); });
      loader.finish();
    };
    CHECK_THROWS(cuda::CudaError, "copying weights to the card: an illegal memory access", load());
    simt::copies_until_failure() = -1;
  }
  WeightLoader loader(memory, 16);
  const auto load = [&] {
    for (size_t s = 0; s < 9; s++) loader.add(there.p, 16, [s](char*) { if (s == 4) throw std::runtime_error("the disk is gone"); });
    loader.finish();
  };
  CHECK_THROWS(std::runtime_error, "the disk is gone", load());
  CHECK_THROWS(std::length_error, "larger than the buffer", loader.add(there.p, 17, [](char*) {}));
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
