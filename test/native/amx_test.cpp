// AMX's products on emulated tiles: what they add up in which order, how often they read weights. bf16_rows_test has the rest.
#include <cmath>
#include <cstring>

#include "bf16_noise.h"
#include "check.h"
#include "device/bf16.h"
#include "kernel_sets.h"

#if defined(__x86_64__) && !defined(WISECRACK_WITHOUT_AVX512)
#include "device/cpu/amx.h"

using namespace wisecrack;

namespace {

constexpr int SUMS = 0, WEIGHTS = 4, ROWS = 6;

struct Product {
  std::vector<float> x, y;
  std::vector<bf16> weights;
  Matmul job;

  Product(size_t rows, size_t inputs, size_t outputs) : x(bf16_noise(rows * inputs, 1)), y(rows * outputs), weights(inputs * outputs) {
    const auto values = bf16_noise(weights.size() + 1, 1);
    for (size_t i = 0; i < weights.size(); i++) weights[i] = to_bf16(values[i]);
    job = {x.data(), rows, {weights.data(), DType::BF16, outputs, inputs}, y.data()};
    job.keep_f32 = true;
  }
};

// One output fewer than asked for.
struct BrokenTiles : EmulatedTiles {
  static void configure(const amx::TileShapes& whole) {
    amx::TileShapes shapes = whole;
    for (const int tile : {0, 1, 2, 3, 4, 5}) shapes.rows[tile]--;
    EmulatedTiles::configure(shapes);
  }
};

}  // namespace

// Intel's manual, volume 2, TDPBF16PS, operation by operation.
TEST(a_sum_is_even_inputs_plus_odd_inputs_and_then_what_came_before) {
  if (!emulated_amx_kernels()) return;
  constexpr size_t OUTPUTS = 5, COLUMNS = 3, PAIRS = 16;
  const auto a = bf16_noise(OUTPUTS * PAIRS * 2, 1), b = bf16_noise(PAIRS * COLUMNS * 2 + 1, 1), before = bf16_noise(OUTPUTS * COLUMNS, 1);
  bf16 weights[OUTPUTS][PAIRS][2], rows[PAIRS][COLUMNS][2];
  for (size_t i = 0; i < OUTPUTS * PAIRS * 2; i++) (&weights[0][0][0])[i] = to_bf16(a[i]);
  for (size_t i = 0; i < PAIRS * COLUMNS * 2; i++) (&rows[0][0][0])[i] = to_bf16(b[i]);
  weights[0][0][0] = 1;  // a denormal, so it is 0 times 1e38
  rows[0][0][0] = to_bf16(1e38f);
  amx::TileShapes shapes;
  shapes.set(SUMS, OUTPUTS, COLUMNS * 4);
  shapes.set(WEIGHTS, OUTPUTS, PAIRS * 4);
  shapes.set(ROWS, PAIRS, COLUMNS * 4);
  float sums[OUTPUTS][COLUMNS];
  EmulatedTiles::configure(shapes);
  EmulatedTiles::load<SUMS>(before.data(), COLUMNS * 4);
  EmulatedTiles::load<WEIGHTS>(weights, PAIRS * 4);
  EmulatedTiles::load<ROWS>(rows, COLUMNS * 4);
  EmulatedTiles::multiply<SUMS, WEIGHTS, ROWS>();
  EmulatedTiles::store<SUMS>(sums, COLUMNS * 4);
  EmulatedTiles::release();
  for (size_t o = 0; o < OUTPUTS; o++) {
    for (size_t r = 0; r < COLUMNS; r++) {
      float half[2] = {};
      for (size_t k = 0; k < PAIRS; k++)
        for (size_t i = 0; i < 2; i++)
          if (weights[o][k][i] != 1) half[i] = std::fma(to_float(weights[o][k][i]), to_float(rows[k][r][i]), half[i]);
      CHECK(sums[o][r] == before[o * COLUMNS + r] + (half[0] + half[1]));
    }
  }
}

TEST(what_a_processor_refuses_is_refused) {
  if (!emulated_amx_kernels()) return;
  const auto message = [](const std::function<void()>& work) { return check::message_of<std::logic_error>(work); };
  CHECK_CONTAINS(message([] { EmulatedTiles::zero<SUMS>(); }), "without a shape");
  amx::TileShapes shapes;
  shapes.set(SUMS, 17, 64);
  CHECK_CONTAINS(message([&] { EmulatedTiles::configure(shapes); }), "larger than its register");
  for (const int tile : {SUMS, WEIGHTS}) shapes.set(tile, 16, 64);
  shapes.set(ROWS, 15, 64);
  EmulatedTiles::configure(shapes);
  CHECK_CONTAINS(message([] { EmulatedTiles::multiply<SUMS, WEIGHTS, ROWS>(); }), "do not fit together");
  EmulatedTiles::release();
}

// More rows than sums have registers for, more than share a visit to memory, more inputs than a chunk.
TEST(many_long_rows_give_the_bits_that_each_gives_alone) {
  const Kernels* emulated = emulated_amx_kernels();
  if (!emulated) return;
  CpuDevice device(true, 2, *emulated);
  const size_t rows = 270, inputs = 6230, outputs = 70;
  Product all(rows, inputs, outputs);
  device.matmul({&all.job, 1});
  for (const size_t r : {0, 15, 16, 63, 64, 200, 255, 256, 269}) {
    std::vector<float> y(outputs);
    const Matmul one{all.x.data() + r * inputs, 1, all.job.w, y.data(), 1, true};
    device.matmul({&one, 1});
    CHECK(std::memcmp(y.data(), all.y.data() + r * outputs, outputs * sizeof(float)) == 0);
  }
}

TEST(up_to_64_rows_read_each_weight_once) {
  const Kernels* emulated = emulated_amx_kernels();
  if (!emulated) return;
  CpuDevice device(true, 2, *emulated);
  for (const size_t rows : {1, 16, 17, 64, 65, 128, 129}) {
    constexpr size_t INPUTS = 6400, OUTPUTS = 160;
    Product product(rows, INPUTS, OUTPUTS);
    const auto loads = [] { return EmulatedTiles::loads[WEIGHTS] + EmulatedTiles::loads[WEIGHTS + 1]; };
    const size_t before = loads();
    device.matmul({&product.job, 1});
    CHECK(loads() - before == (rows + 63) / 64 * (INPUTS / 32) * (OUTPUTS / 16));
  }
}

#if !defined(WISECRACK_WITHOUT_AMX)
TEST(tiles_that_multiply_wrongly_are_not_used) {
  if (!emulated_amx_kernels()) return;
  CHECK(amx::multiplies(amx::Products<EmulatedTiles>::kernel()));
  CHECK(!amx::multiplies(amx::Products<BrokenTiles>::kernel()));
}
#endif
#endif

int main(int argc, char** argv) {
  if (!emulated_amx_kernels()) std::printf("     nothing was tested: emulated tiles want a processor with AVX512_BF16\n");
  return check::run_tests(argc, argv);
}
