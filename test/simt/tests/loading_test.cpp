// What a model takes of the card's memory, and how its weights come there.
#include <cstring>
#include <numeric>

#include "../../native/check.h"
#include "../../native/model_run.h"
#include "arrays.h"
#include "device/cuda/cuda_device.h"
#include "device/cuda/layout.h"
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

// [in, out] as xAI's, as a part of a larger matrix, in slabs.
TEST(matrices_whose_inputs_come_first_are_turned) {
  constexpr std::pair<size_t, size_t> SIZES[] = {{1, 1}, {7, 9}, {16, 64}, {64, 16}, {70, 200}, {129, 65}, {200, 71}};
  for (const auto& [rows, cols] : SIZES) {
    const size_t stride = rows + 5;
    std::vector<int8_t> data(cols * stride);
    for (size_t i = 0; i < data.size(); i++) data[i] = static_cast<int8_t>(i * 37 ^ i >> 6);
    Matrix m{data.data() + 3, DType::I8, rows, cols, true};
    m.stride = stride;
    m.groups = 1;
    const cuda::Layout layout = cuda::layout_of(m);
    std::vector<int8_t> wanted(layout.bytes(), 0), got(layout.bytes(), 99);
    for (size_t o = 0; o < rows; o++)
      for (size_t i = 0; i < cols; i++) wanted[o * layout.pitch + i] = data[3 + i * stride + o];
    for (size_t first = 0; first < layout.rows; first += 48) {
      const size_t last = std::min(first + 48, layout.rows);
      cuda::lay_out(m, layout, first, last, reinterpret_cast<char*>(got.data() + first * layout.pitch));
    }
    CHECK(same_bits(got, wanted));
  }
}

// The experts of as many layers as there is room for, from the first on; the rest stays on the host.
TEST(what_does_not_fit_as_a_whole_leaves_experts_on_the_host) {
  Opened opened("tiny-c");
  const size_t layers = opened.weights.layers.size(), before = simt::allocated();
  const auto planned = [&](size_t resident) {
    return plan_memory(opened.weights, opened.shape, opened.device, BLOCKS, ROWS, SEQUENCES, resident);
  };
  const auto fit = [&](size_t room) {
    const SmallCard card(before + room);
    return fit_layers(opened.weights, opened.shape, {&opened.device}, BLOCKS, ROWS, SEQUENCES);
  };
  const auto reserve = [](size_t bytes) { return bytes * 64 / 63 + 64; };
  CHECK(fit(opened.plan.total()).resident == layers && fit(opened.plan.total()).offloaded == 0);
  CHECK(opened.plan.offloaded == 0 && planned(0).offloaded > planned(0).weights);
  size_t most = layers;
  for (size_t room = opened.plan.total() - 1; room >= reserve(planned(0).total()); room -= planned(0).offloaded / 40) {
    const Fit found = fit(room);
    CHECK(found.resident <= most && found.offloaded == planned(found.resident).offloaded && reserve(planned(found.resident).total()) <= room + 64);
    CHECK(found.resident + 1 == layers || reserve(planned(found.resident + 1).total()) > room);
    most = found.resident;
  }
  CHECK(most == 0);
  CHECK_THROWS(MemoryError, "are free, although all experts would stay in the host's memory", fit(planned(0).total()));
}

TEST(cards_that_share_a_model_do_not_wait_for_the_disk) {
  constexpr size_t GIB = size_t{1} << 30;
  demand_host_room(200 * GIB, 1, 100 * GIB);
  demand_host_room(200 * GIB, 2, 201 * GIB);
  CHECK_THROWS(MemoryError,
               "the experts that do not fit the cards need 200.0 GiB of the host's memory, 100.0 GiB are free; 2 cards that share",
               demand_host_room(200 * GIB, 2, 100 * GIB));
}

TEST(experts_on_the_host_take_what_is_planned_and_what_is_chosen_crosses_alone) {
  for (const std::string name : {"tiny-a", "tiny-c"}) {
    for (const size_t resident : {0, 1}) {
      Opened opened(name);
      const MemoryPlan plan = plan_memory(opened.weights, opened.shape, opened.device, BLOCKS, ROWS, SEQUENCES, resident);
      const size_t before = simt::allocated();
      Model forward(opened.config, opened.weights, {&opened.device}, opened.shape.positions, {}, {resident, true});
      const auto pool = forward.make_pool(BLOCKS);
      forward.reserve(ROWS, SEQUENCES);
      const size_t taken = simt::allocated() - before;
      CHECK(taken <= plan.total() + 4096 && taken + 8192 > plan.total());
      const Offload offload = forward.offload();
      CHECK(offload.layers == opened.weights.layers.size() - resident && offload.bytes == plan.offloaded && offload.rate > 0);
      CHECK(offload.token_bytes == offload.bytes / 4);  // two of eight
      std::vector<int32_t> table(BLOCKS);
      std::iota(table.begin(), table.end(), 0);
      const std::atomic<bool> stop{false};
      for (int32_t position = 0; position < 4; position++) {
        const uint64_t copied = simt::counters().copied_in;
        CHECK(forward.run({{7 + position, position, table.data(), true}}, *pool, stop));
        CHECK(forward.likeliest(0).finite);
        const uint64_t crossed = simt::counters().copied_in - copied;
        CHECK(crossed <= offload.token_bytes + 4096 && crossed + 2 * offload.token_bytes / offload.layers >= offload.token_bytes);
      }
      CHECK(simt::allocated() - before == taken);
    }
  }
}

TEST(a_step_whose_experts_do_not_arrive_is_lost_and_the_next_one_is_not) {
  Opened opened("tiny-a");
  Model forward(opened.config, opened.weights, {&opened.device}, opened.shape.positions, {}, {0, true});
  const auto pool = forward.make_pool(1);
  const int32_t table[] = {0};
  const std::atomic<bool> stop{false};
  const auto run = [&](size_t rows) {
    std::vector<Row> all;
    for (size_t i = 0; i < rows; i++) all.push_back({static_cast<int32_t>(7 + i), static_cast<int32_t>(i), table, i + 1 == rows});
    CHECK(forward.run(all, *pool, stop));
    const LogitRow row = forward.logits(0);
    return std::vector<float>(row.logits, row.logits + row.count);
  };
  const auto prompt = run(12), reply = run(1);
  for (const size_t rows : {1, 12}) {  // expected, and not
    for (const int copies : {1, 3, 8}) {
      simt::copies_until_failure() = copies;
      CHECK_THROWS(cuda::CudaError, "an illegal memory access", run(rows));
      simt::copies_until_failure() = -1;
      CHECK(same_bits(run(rows), rows == 1 ? reply : prompt));
    }
  }
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
