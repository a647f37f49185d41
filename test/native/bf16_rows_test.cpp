// Products of rows that are bf16 already, as the forward pass has them: right, and for any number of rows the same bits.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

#include "bf16_noise.h"
#include "check.h"
#include "device/bf16.h"
#include "kernel_sets.h"
#include "matrix_values.h"

using namespace wisecrack;

namespace {

struct Shape {
  size_t in, out, groups;
};

// The last two are longer than a block of inputs.
const Shape SHAPES[] = {{1, 1, 1}, {7, 3, 1}, {32, 16, 1}, {36, 17, 1}, {200, 401, 1}, {1024, 5, 8}, {1536, 67, 8}, {8232, 35, 1}, {16640, 19, 8}};

// A matrix of random weights at an odd address.
struct Weights {
  std::vector<char> data, scales;
  Matrix matrix;

  Weights(const Shape& s, DType dtype) : data(1 + s.in * s.out * size_of(dtype)), scales(1 + 2 * s.groups * s.out) {
    const auto values = bf16_noise(s.in * s.out, 0.2f), sizes = bf16_noise(s.groups * s.out, 0.02f);
    for (size_t i = 0; i < values.size(); i++) {
      const bf16 half = to_bf16(values[i]);
      if (dtype == DType::BF16) std::memcpy(&data[1 + i * 2], &half, 2);
      else data[1 + i] = static_cast<char>(std::lround(std::clamp(values[i] * 400, -127.0f, 127.0f)));
    }
    for (size_t i = 0; i < sizes.size(); i++) {
      const bf16 half = to_bf16(sizes[i]);
      std::memcpy(&scales[1 + i * 2], &half, 2);
    }
    matrix = {data.data() + 1, dtype, s.out, s.in, false, scales.data() + 1, s.groups, true};
  }
};

std::vector<float> product(CpuDevice& device, const float* x, size_t rows, const Matrix& w, bool keep_f32) {
  std::vector<float> y(rows * w.rows);
  Matmul job{x, rows, w, y.data(), 0.5f};
  job.keep_f32 = keep_f32;
  device.matmul({&job, 1});
  return y;
}

void for_each_matrix(const std::function<void(const Matrix&)>& check) {
  for (const Shape& s : SHAPES)
    for (const DType dtype : {DType::BF16, DType::I8}) check(Weights(s, dtype).matrix);
}

void for_each_device(const std::function<void(CpuDevice&)>& check) {
  for (const Kernels* k : kernel_sets_to_test()) {
    CpuDevice device(true, 2, *k);
    check(device);
  }
}

}  // namespace

TEST(sums) {
  for_each_matrix([](const Matrix& w) {
    const std::vector<float> values = matrix_values(w);
    for (const size_t rows : {1, 9, 27}) {
      const auto x = bf16_noise(rows * w.cols, 1);
      std::vector<double> sums(rows * w.rows), sizes(sums.size());
      for (size_t r = 0; r < rows; r++) {
        for (size_t o = 0; o < w.rows; o++) {
          double sum = 0, size = 0;
          const float *row = x.data() + r * w.cols, *weights = values.data() + o * w.cols;
          for (size_t i = 0; i < w.cols; i++) {
            const double term = 0.5 * row[i] * weights[i];
            sum += term;
            size += term < 0 ? -term : term;
          }
          sums[r * w.rows + o] = sum;
          sizes[r * w.rows + o] = size;
        }
      }
      for_each_device([&](CpuDevice& device) {
        const auto y = product(device, x.data(), rows, w, true);
        for (size_t i = 0; i < y.size(); i++) CHECK(std::abs(y[i] - sums[i]) <= 1e-6 * sizes[i] + 1e-7);
      });
    }
  });
}

TEST(any_number_of_rows_gives_the_same_bits) {
  for_each_matrix([](const Matrix& w) {
    const size_t most = w.cols > 2000 ? 34 : 300;
    const auto x = bf16_noise(most * w.cols, 1);
    for_each_device([&](CpuDevice& device) {
      const auto all = product(device, x.data(), most, w, false);
      for (size_t rows = 1; rows < most; rows += rows < 30 ? 1 : 100) {
        const auto some = product(device, x.data(), rows, w, false);
        CHECK(std::memcmp(some.data(), all.data(), some.size() * sizeof(float)) == 0);
      }
      const auto last = product(device, x.data() + (most - 1) * w.cols, 1, w, false);
      CHECK(std::memcmp(last.data(), all.data() + (most - 1) * w.rows, last.size() * sizeof(float)) == 0);
    });
  });
}

TEST(wherever_weights_lie_they_give_the_same_bits) {
  constexpr size_t ROWS = 40;
  for_each_matrix([](const Matrix& w) {
    const size_t bytes = w.rows * w.cols * size_of(w.dtype);
    Buffer room(bytes / sizeof(float) + 1);
    std::memcpy(room.data(), w.data, bytes);
    Matrix on_a_line = w;
    on_a_line.data = room.data();
    const auto x = bf16_noise(ROWS * w.cols, 1);
    for_each_device([&](CpuDevice& device) {
      CHECK(product(device, x.data(), ROWS, w, false) == product(device, x.data(), ROWS, on_a_line, false));
    });
  });
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
