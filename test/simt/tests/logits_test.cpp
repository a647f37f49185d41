// Logits, and the likeliest tokens among them, from which the scheduler draws.
#include <algorithm>
#include <limits>

#include "../../native/check.h"
#include "arrays.h"
#include "device/cuda/cuda_device.h"
#include "scheduler/sampler.h"

using namespace wisecrack;
using cuda::CudaDevice;

namespace {

constexpr size_t EMB = 8;

// A device that has computed the logits of some rows: row r's are `logits` turned by 7 r tokens.
struct Computed {
  CudaDevice device{false, 0};
  size_t vocab, rows;
  There<float> h, y;

  Computed(const std::vector<float>& logits, size_t rows)
      : vocab(logits.size()), rows(rows), h(device.memory(), std::vector<float>(rows * EMB, 0)), y(device.memory(), rows * vocab) {
    // The embedding's columns are the turned logits; a row's hidden state looks at one of them.
    std::vector<float> table(vocab * EMB), state(rows * EMB, 0.0f), ones(EMB, 1);
    for (size_t v = 0; v < vocab; v++)
      for (size_t c = 0; c < EMB; c++) table[v * EMB + c] = logits[(v + 7 * c) % vocab];
    for (size_t r = 0; r < rows; r++) state[r * EMB + r] = 1;
    device.memory().upload(h.p, state.data(), state.size() * 4);
    const Matrix there = device.load({table.data(), DType::F32, vocab, EMB});
    const float* scale = device.load(ones);
    device.reserve({EMB, 8, vocab, 8, 2, {1, 1, 16}, 64}, rows, rows);
    std::vector<int32_t> tokens(rows, 1), positions(rows, 0), wanted;
    const int32_t table_of_blocks[1] = {0};
    const std::vector<const int32_t*> tables(rows, table_of_blocks);
    for (size_t r = 0; r < rows; r++) wanted.push_back(static_cast<int32_t>(r));
    device.begin({rows, tokens.data(), positions.data(), tables.data(), wanted});
    device.logits(h.p, scale, there, 1, y.p);
  }
  std::vector<float> all(size_t row) const {
    const auto both = y.get();
    return {both.begin() + static_cast<ptrdiff_t>(row * vocab), both.begin() + static_cast<ptrdiff_t>((row + 1) * vocab)};
  }
};

// The row's tokens are those above its floor, each with its logit, and there are enough of them.
void check_likeliest(const std::vector<float>& logits, size_t rows) {
  Computed computed(logits, rows);
  for (size_t r = 0; r < rows; r++) {
    const auto all = computed.all(r);
    const LogitRow row = *computed.device.likeliest(r);
    CHECK(row.finite && !row.whole());
    std::vector<int32_t> wanted, found;
    for (size_t v = 0; v < all.size(); v++)
      if (all[v] > row.floor) wanted.push_back(static_cast<int32_t>(v));
    for (size_t i = 0; i < row.count; i++) {
      CHECK(row.logits[i] == all[static_cast<size_t>(row.tokens[i])]);
      if (row.logits[i] > row.floor) found.push_back(row.tokens[i]);
    }
    CHECK(found == wanted);
    // No fewer than a part's own, unless equal ones fill its last places.
    auto sorted = all;
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    if (all.size() < cuda::LIKELIEST_KEPT) CHECK(found.size() == all.size());
    else CHECK(row.floor <= sorted[cuda::LIKELIEST_KEPT - 1] && (found.size() >= 63 || sorted[found.size()] == row.floor));
  }
}

}  // namespace

TEST(the_likeliest_tokens_are_found_in_rows_of_any_size) {
  for (const size_t vocab : {size_t{20}, size_t{63}, size_t{64}, size_t{65}, size_t{1000}, size_t{8192}, size_t{8200}, size_t{20000}})
    check_likeliest(noise(vocab, static_cast<unsigned>(vocab), 4), vocab > 10000 ? 1 : 3);
}

TEST(equal_logits_of_either_sign_are_all_there_or_not_at_all) {
  auto values = noise(3000, 3, 2);
  for (float& v : values) v = std::round(v);
  check_likeliest(values, 2);
  check_likeliest(std::vector<float>(300, -1.5f), 1);  // none lies above the floor
  auto shifted = noise(500, 4);
  for (float& v : shifted) v -= 100;
  check_likeliest(shifted, 1);
}

TEST(a_logit_that_is_no_number_is_told) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    auto values = noise(9000, 6);
    values[8500] = bad;
    Computed computed(values, 1);
    CHECK(!computed.device.likeliest(0)->finite);
  }
}

// What is drawn from the likeliest is what is drawn from all.
TEST(tokens_are_drawn_as_from_all_logits) {
  Computed computed(noise(20000, 8, 3), 2);
  Sampler sampler;
  size_t decided = 0;
  for (uint64_t round = 0; round < 60; round++) {
    Request request;
    request.tokens = {5, 9, 17, static_cast<int32_t>(round)};
    request.sampling.temperature = round % 3 ? 0.9 : 0;
    request.sampling.top_k = round % 2 ? 40 : 0;
    request.sampling.min_p = round % 2 ? 0 : 0.1;
    request.sampling.top_p = 0.9;
    request.sampling.repetition_penalty = 1.2;
    request.sampling.seed = round;
    request.banned_tokens = {static_cast<int32_t>(round * 31)};
    for (size_t r = 0; r < 2; r++) {
      auto all = computed.all(r);
      const auto from_all = sampler.draw(request, round, {all.data(), all.size()});
      const auto from_some = sampler.draw(request, round, *computed.device.likeliest(r));
      if (!from_some) continue;
      decided++;
      CHECK(from_some == from_all);
    }
  }
  CHECK(decided >= 100);
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
