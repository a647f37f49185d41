// Int8 matrices in both layouts: the same bits as the matrix of the weights that they stand for, which ops_test checks.
#include <cstring>
#include <random>

#include "check.h"
#include "device/bf16.h"
#include "kernel_sets.h"

using namespace wisecrack;

namespace {

struct Shape {
  size_t in, out, groups;
};

const Shape SHAPES[] = {{1, 1, 1}, {7, 3, 7}, {16, 16, 1}, {36, 17, 3}, {200, 401, 8}, {1024, 5, 8}, {2560, 35, 5}, {1536, 130, 8}};

// A random int8 matrix and, in float32, the weights that it stands for [out, in].
struct Int8 {
  Shape shape;
  std::vector<char> data, scales;  // both begin at an odd address
  std::vector<float> exact;
  bool by_input, round;

  Int8(Shape s, bool by_input, bool round)
      : shape(s), data(1 + s.in * s.out), scales(1 + 2 * s.groups * s.out), exact(s.in * s.out), by_input(by_input), round(round) {
    std::mt19937 random(7);
    std::uniform_int_distribution<int> weight(-128, 127);
    std::uniform_real_distribution<float> size(1e-4f, 3e-2f);
    std::vector<float> scale(s.groups * s.out);
    for (size_t i = 0; i < scale.size(); i++) {
      const bf16 half = to_bf16(size(random));
      std::memcpy(&scales[1 + i * 2], &half, 2);
      scale[i] = to_float(half);
    }
    for (size_t o = 0; o < s.out; o++) {
      for (size_t i = 0; i < s.in; i++) {
        const auto w = static_cast<int8_t>(weight(random));
        data[1 + (by_input ? i * s.out + o : o * s.in + i)] = static_cast<char>(w);
        const float product = static_cast<float>(w) * scale[i / (s.in / s.groups) * s.out + o];
        exact[o * s.in + i] = round ? round_bf16(product) : product;
      }
    }
  }

  Matrix matrix() const { return {data.data() + 1, DType::I8, shape.out, shape.in, by_input, scales.data() + 1, shape.groups, round}; }
};

std::vector<float> noise(size_t n) {
  std::mt19937 random(2);
  std::normal_distribution<float> normal;
  std::vector<float> out(n);
  for (float& x : out) x = normal(random);
  return out;
}

// Calls check with each kernel set and each int8 matrix.
void for_each_matrix(const std::function<void(CpuDevice&, const Int8&)>& check) {
  for (const Kernels* k : kernel_sets()) {
    CpuDevice device(false, 2, *k);
    for (const Shape& s : SHAPES)
      for (const bool by_input : {false, true})
        for (const bool round : {false, true}) check(device, Int8(s, by_input, round));
  }
}

}  // namespace

TEST(products) {
  for_each_matrix([](CpuDevice& device, const Int8& w) {
    const size_t in = w.shape.in, out = w.shape.out;
    const Matrix plain{w.exact.data(), DType::F32, out, in};
    for (const size_t rows : {1, 2, 5, 19}) {
      const auto x = noise(rows * in);
      std::vector<float> wanted(rows * out), y(rows * out);
      const Matmul exact{x.data(), rows, plain, wanted.data(), 0.5f}, job{x.data(), rows, w.matrix(), y.data(), 0.5f};
      device.matmul({&exact, 1});
      device.matmul({&job, 1});
      CHECK(std::memcmp(y.data(), wanted.data(), y.size() * sizeof(float)) == 0);
    }
  });
}

TEST(a_row_alone_and_in_company) {
  for_each_matrix([](CpuDevice& device, const Int8& w) {
    const size_t in = w.shape.in, out = w.shape.out, rows = 40;
    const auto x = noise(rows * in);
    std::vector<float> all(rows * out), one(out);
    const Matmul together{x.data(), rows, w.matrix(), all.data()};
    device.matmul({&together, 1});
    for (size_t r = 0; r < rows; r++) {
      const Matmul alone{x.data() + r * in, 1, w.matrix(), one.data()};
      device.matmul({&alone, 1});
      CHECK(std::memcmp(one.data(), all.data() + r * out, out * sizeof(float)) == 0);
    }
  });
}

// All weights with all mantissas of a scale: output m is the weight of row q, since x is a unit vector.
TEST(every_product_is_rounded_as_bf16_is) {
  const size_t in = 256, out = 128;
  std::vector<int8_t> data(out * in);
  std::vector<bf16> scales(out);
  for (size_t m = 0; m < out; m++) {
    scales[m] = static_cast<bf16>(0x3C00 + m);
    for (size_t q = 0; q < in; q++) data[m * in + q] = static_cast<int8_t>(q);
  }
  std::vector<float> x(in * in), y(in * out);
  for (size_t q = 0; q < in; q++) x[q * in + q] = 1;
  for (const Kernels* k : kernel_sets()) {
    CpuDevice device(false, 1, *k);
    for (const size_t rows : {size_t{1}, in}) {
      for (size_t first = 0; first < in; first += rows) {
        const Matmul job{x.data() + first * in, rows, {data.data(), DType::I8, out, in, false, scales.data(), 1, true}, y.data() + first * out};
        device.matmul({&job, 1});
      }
      for (size_t q = 0; q < in; q++)
        for (size_t m = 0; m < out; m++) CHECK(y[q * out + m] == round_bf16(static_cast<int8_t>(q) * to_float(scales[m])));
    }
  }
}

TEST(embedding) {
  for_each_matrix([](CpuDevice& device, const Int8& w) {
    const size_t n = w.shape.in;
    const auto token = static_cast<int32_t>(w.shape.out - 1);
    std::vector<float> y(n);
    device.embed(w.matrix(), 0, &token, 1, 3.0f, y.data());
    for (size_t i = 0; i < n; i++) CHECK(y[i] == 3.0f * w.exact[static_cast<size_t>(token) * n + i]);
  });
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
