// Products of every type and awkward size: against sums in double, int8 against the bf16 of its products, the kernels against each other.
#include "../../native/check.h"
#include "arrays.h"
#include "device/cuda/cuda_device.h"
#include "device/cuda/layout.h"
#include "ways.h"

using namespace wisecrack;
using namespace wisecrack::cuda;

namespace {

// A matrix on the host, with what its weights are in float32.
struct Weights {
  Matrix m;
  std::vector<char> data;
  std::vector<uint16_t> scales;
  std::vector<float> exact;

  Weights(DType dtype, size_t out, size_t in, size_t groups = 1, bool by_input = false, bool round_product = true) {
    const auto values = noise(out * in, 3);
    data.resize(1 + out * in * size_of(dtype));  // unaligned on purpose
    exact.resize(out * in);
    scales = halves(noise(groups * out, 4, 0.01f));
    for (size_t o = 0; o < out; o++)
      for (size_t i = 0; i < in; i++) {
        const float v = values[o * in + i];
        char* to = &data[1 + (by_input ? i * out + o : o * in + i) * size_of(dtype)];
        float& e = exact[o * in + i];
        if (dtype == DType::F32) std::memcpy(to, &(e = v), 4);
        else if (dtype == DType::BF16) {
          const uint16_t half = to_bf16(v);
          e = to_float(half);
          std::memcpy(to, &half, 2);
        } else {
          const auto byte = static_cast<int8_t>(std::clamp(v * 40, -128.0f, 127.0f));
          e = static_cast<float>(byte) * to_float(scales[i / (in / groups) * out + o]);
          if (round_product) e = round_bf16(e);
          *to = static_cast<char>(byte);
        }
      }
    m = {&data[1], dtype, out, in, by_input};
    m.round_product = round_product;
    if (dtype == DType::I8) {
      m.scales = scales.data();
      m.groups = groups;
    }
  }
};

template <class W, class X>
std::vector<float> multiply_as(CudaDevice& device, const Matrix& there, const std::vector<X>& x, size_t rows, Way way, bool round = false) {
  device.finish_loading();
  const There<X> in(device.memory(), x);
  There<float> out(device.memory(), rows * there.rows);
  const int chunks = static_cast<int>((there.cols + CHUNK - 1) / CHUNK), tiles = static_cast<int>((there.rows + 15) / 16);
  const int group_chunks = there.groups > 1 ? static_cast<int>(there.cols / there.groups) / CHUNK : 1 << 30;
  const DenseJob<W, X> job{{there.data, static_cast<const bf16*>(there.scales), chunks * CHUNK, tiles * 16, group_chunks},
                           in.p,
                           out.p,
                           static_cast<int>(there.cols),
                           static_cast<int>(there.rows),
                           tiles,
                           static_cast<int>(rows),
                           0.5f,
                           round};
  launch_product("dense", job, static_cast<int>(rows), device.memory().stream(), way == Way::Auto ? Ways{} : Ways{way, way});
  return out.get();
}

template <class X>
std::vector<float> multiply(CudaDevice& device, const Matrix& there, const std::vector<X>& x, size_t rows, Way way, bool round = false) {
  switch (there.dtype) {
    case DType::F32: return multiply_as<float>(device, there, x, rows, way, round);
    case DType::BF16: return multiply_as<bf16>(device, there, x, rows, way, round);
    default: return multiply_as<int8_t>(device, there, x, rows, way, round);
  }
}

// The largest error beside the sum of the products' sizes.
double error(const std::vector<float>& y, const std::vector<float>& x, const Weights& w, size_t rows) {
  double worst = 0;
  const size_t in = w.m.cols, out = w.m.rows;
  for (size_t r = 0; r < rows; r++)
    for (size_t o = 0; o < out; o++) {
      double sum = 0, size = 1e-30;
      for (size_t i = 0; i < in; i++) {
        const double p = 0.5 * x[r * in + i] * w.exact[o * in + i];
        sum += p;
        size += std::abs(p);
      }
      const double e = std::abs(y[r * out + o] - sum) / size;
      worst = std::isnan(e) ? INFINITY : std::max(worst, e);
    }
  return worst;
}

}  // namespace

TEST(products_of_awkward_sizes) {
  CudaDevice device(true, 0);
  for (const auto& [in, out] : {std::pair<size_t, size_t>{8, 1}, {64, 16}, {72, 17}, {200, 130}, {1032, 40}}) {
    for (const DType dtype : {DType::BF16, DType::F32, DType::I8}) {
      const Weights w(dtype, out, in);
      const Matrix there = device.load(w.m);
      for (const size_t rows : {1, 8, 9, 17}) {
        const auto x = noise(rows * in, 2);
        CHECK(error(multiply(device, there, x, rows, Way::Auto), x, w, rows) < 1e-6);
        CHECK(error(multiply(device, there, halves(x), rows, Way::Auto), rounded(x), w, rows) < 1e-6);
      }
    }
  }
}

TEST(all_kernels_give_the_same_bits) {
  CudaDevice device(true, 0);
  CHECK(device.wide_agrees() == has_wide());
  for (const auto& [in, out, rows] : {std::tuple<size_t, size_t, size_t>{72, 17, 1}, {200, 130, 17}, {640, 272, 130}, {1032, 40, 129}}) {
    for (const DType dtype : {DType::BF16, DType::I8}) {
      const Weights w(dtype, out, in);
      const Matrix there = device.load(w.m);
      const auto x = halves(noise(rows * in, 2));
      const auto y = multiply(device, there, x, rows, Way::Skinny);
      for (const Way way : ways_of_many()) CHECK(same_bits(y, multiply(device, there, x, rows, way)));
      const std::vector<uint16_t> last(x.end() - static_cast<ptrdiff_t>(in), x.end());  // a row alone
      CHECK(same_bits({y.end() - static_cast<ptrdiff_t>(out), y.end()}, multiply(device, there, last, 1, Way::Auto)));
      set_seed(rows);
      for (const Way way : all_ways()) CHECK(same_bits(y, multiply(device, there, x, rows, way)));
    }
  }
}

// Whatever its layout and groups: int8 is its own product in bf16, or in float32 when that is not rounded.
TEST(int8_gives_the_bits_of_its_products) {
  CudaDevice device(true, 0);
  for (const size_t groups : {1, 2, 8}) {
    for (const bool by_input : {false, true}) {
      for (const bool round_product : {true, false}) {
        const size_t in = 512, out = 24, rows = 5;
        const Weights w(DType::I8, out, in, groups, by_input, round_product);
        const Matrix there = device.load(w.m);
        CHECK(there.dtype == (round_product ? DType::I8 : DType::F32));
        std::vector<char> products(out * in * 4);
        for (size_t i = 0; i < w.exact.size(); i++) {
          const uint16_t half = to_bf16(w.exact[i]);
          std::memcpy(&products[i * (round_product ? 2 : 4)], round_product ? static_cast<const void*>(&half) : &w.exact[i], round_product ? 2 : 4);
        }
        const Matrix same = device.load({products.data(), round_product ? DType::BF16 : DType::F32, out, in});
        const auto x = halves(noise(rows * in, 2));
        for (const Way way : all_ways())
          CHECK(same_bits(multiply(device, there, x, rows, way), multiply(device, same, x, rows, way)));
      }
    }
  }
  const Weights narrow(DType::I8, 8, 64, 8);  // eight inputs to a scale: no chunk has one
  CHECK(device.load(narrow.m).dtype == DType::BF16);
}

TEST(results_are_rounded_where_the_reference_rounds) {
  CudaDevice device(true, 0);
  const Weights w(DType::BF16, 20, 64);
  const Matrix there = device.load(w.m);
  const auto x = halves(noise(64, 2));
  CHECK(same_bits(multiply(device, there, x, 1, Way::Auto, true), rounded(multiply(device, there, x, 1, Way::Auto))));
}

// What decode cannot do with less: each weight is read once, for one token or sixteen.
TEST(weights_are_read_once) {
  CudaDevice device(true, 0);
  for (const DType dtype : {DType::BF16, DType::I8}) {
    const Weights w(dtype, 48, 256);
    const Matrix there = device.load(w.m);
    for (const size_t rows : {1, 16}) {
      const uint64_t bytes = 48 * 256 * size_of(dtype);
      CHECK(streamed_by([&] { multiply(device, there, halves(noise(rows * 256, 2)), rows, Way::Skinny); }, bytes) == bytes);
    }
  }
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
