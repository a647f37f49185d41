// Single kernels against golden/ops, for every kernel set that this processor runs.
#include <cmath>
#include <random>

#include "check.h"
#include "golden.h"
#include "kernel_sets.h"
#include "model/kv_pool.h"

using namespace wisecrack;

namespace {

const golden::Arrays& ops() {
  static const golden::Arrays arrays(golden::folder() + "/ops/ops.safetensors");
  return arrays;
}

// golden/README.md: abs <= 5e-6 * max(1, |y|)
bool close(const std::vector<float>& a, const std::vector<float>& b) {
  for (size_t i = 0; i < b.size(); i++)
    if (!(std::abs(a[i] - b[i]) <= 5e-6 * std::max(1.0f, std::abs(b[i])))) return false;
  return a.size() == b.size();
}

std::vector<float> noise(size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> out(n);
  for (float& x : out) x = normal(random);
  return out;
}

}  // namespace

TEST(rms_norm) {
  for (const Kernels* k : kernel_sets()) {
    CpuDevice device(false, 1, *k);
    const auto x = ops().floats("rms.x"), scale = ops().floats("rms.scale");
    std::vector<float> y(x.size());
    device.rms_norm(x.data(), scale.data(), 6, 96, 1e-5f, y.data());
    CHECK(close(y, ops().floats("rms.y")));
  }
}

TEST(gelu) {
  for (const Kernels* k : kernel_sets()) {
    auto y = ops().floats("gelu.x");
    const std::vector<float> ones(y.size(), 1.0f);
    k->gelu_mul(y.data(), ones.data(), y.size(), false);
    CHECK(close(y, ops().floats("gelu.y")));
  }
}

TEST(softcap) {
  for (const Kernels* k : kernel_sets()) {
    auto y = ops().floats("softcap.x");
    const float max = k->softcap(y.data(), y.size(), 1.0f);
    CHECK(close(y, ops().floats("softcap.y")));
    CHECK(max == *std::max_element(y.begin(), y.end()));
  }
}

TEST(rope) {
  const size_t half = 64, positions = 8192;
  std::vector<float> cosine(positions * half), sine(positions * half);
  fill_rope_tables(128, positions, cosine.data(), sine.data());
  const auto x = ops().floats("rope.x"), wanted = ops().floats("rope.y");
  const auto at = ops().ints("rope.positions");
  CpuDevice device(false, 1);
  const double tolerance[] = {1e-5, 3e-4, 1e-3, 4e-3};
  for (size_t offset = 0; offset < 4; offset++) {
    auto y = x;
    device.rope(y.data(), at.data() + offset * 6, 6, 2, 128, cosine.data(), sine.data());
    for (size_t i = 0; i < y.size(); i++) CHECK(std::abs(y[i] - wanted[offset * y.size() + i]) <= tolerance[offset]);
  }
}

TEST(route) {
  // the golden file holds probabilities; their logarithms are logits, ties stay ties
  auto logits = ops().floats("topk.probs");
  const auto wanted = ops().ints("topk.index");
  for (float& l : logits) l = std::log(l);
  std::vector<float> probs(logits.size());
  std::vector<int32_t> chosen(8);
  CpuDevice device(false, 1);
  device.route(logits.data(), 4, 8, 2, probs.data(), chosen.data());
  CHECK(chosen == wanted);
  const std::vector<float> nan(8, NAN);
  device.route(nan.data(), 1, 8, 2, probs.data(), chosen.data());
  CHECK(chosen[0] == 0 && chosen[1] == 1);  // no index out of range, whatever comes
}

TEST(bf16_rounding) {
  CHECK(to_bf16(1.0f) == 0x3F80);
  CHECK(round_bf16(1.00390625f) == 1.0f);       // half way, to even
  CHECK(round_bf16(1.01171875f) == 1.015625f);  // half way, to even
  CHECK(std::isnan(to_float(to_bf16(NAN))) && std::isinf(round_bf16(3.4e38f)));
  auto x = noise(1003, 1);
  for (const Kernels* k : kernel_sets()) {
    auto y = x;
    k->round(y.data(), y.size());
    for (size_t i = 0; i < x.size(); i++) CHECK(y[i] == round_bf16(x[i]));
  }
}

// Products of awkward sizes against a plain sum, and few rows against many, whichever way each goes: equal bits.
TEST(matmul) {
  for (const Kernels* k : kernel_sets()) {
    CpuDevice device(false, 2, *k);
    for (const DType dtype : {DType::BF16, DType::F32}) {
      for (const auto& [in, out] : {std::pair<size_t, size_t>{1, 1}, {7, 3}, {16, 16}, {33, 17}, {200, 401}, {1024, 5}, {2500, 35}, {4200, 70}}) {
        const size_t rows = 45;
        const auto x = noise(rows * in, 2), w = noise(out * in, 3);
        std::vector<char> bytes(1 + out * in * size_of(dtype));  // unaligned on purpose
        std::vector<float> exact(out * in);
        for (size_t i = 0; i < out * in; i++) {
          const bf16 half = to_bf16(w[i]);
          exact[i] = dtype == DType::BF16 ? to_float(half) : w[i];
          if (dtype == DType::BF16) std::memcpy(&bytes[1 + i * 2], &half, 2);
          else std::memcpy(&bytes[1 + i * 4], &w[i], 4);
        }
        const Matrix matrix{bytes.data() + 1, dtype, out, in};
        std::vector<float> y(rows * out), one(out);
        const Matmul all{x.data(), rows, matrix, y.data(), 0.5f};
        device.matmul({&all, 1});
        for (size_t r = 0; r < rows; r++) {
          for (size_t o = 0; o < out; o++) {
            double sum = 0, size = 0;
            for (size_t i = 0; i < in; i++) {
              sum += 0.5 * x[r * in + i] * exact[o * in + i];
              size += std::abs(0.5 * x[r * in + i] * exact[o * in + i]);
            }
            CHECK(std::abs(y[r * out + o] - sum) <= 1e-6 * size + 1e-7);
          }
        }
        for (const size_t count : {1, 2, 3, 4, 5, 6, 7, 8, 11, 14, 30}) {
          std::vector<float> some(count * out);
          const Matmul job{x.data(), count, matrix, some.data(), 0.5f};
          device.matmul({&job, 1});
          CHECK(std::memcmp(some.data(), y.data(), some.size() * sizeof(float)) == 0);
        }
      }
    }
  }
}

// Attention over scattered blocks against plain double arithmetic, and the same bits wherever the blocks lie.
TEST(attention) {
  for (const Kernels* k : kernel_sets()) {
    for (const size_t n : {size_t{2}, size_t{12}, size_t{40}, size_t{128}}) {
      for (const int32_t at : {0, 10, 15, 16, 50}) {
        CpuDevice device(false, 1, *k);
        const HeadShape heads{4, 2, n};
        const auto seen = static_cast<size_t>(at) + 1;
        const auto keys = noise(seen * 2 * n, 4), values = noise(seen * 2 * n, 5), q = noise(4 * n, 6);
        std::vector<float> y(4 * n);
        for (const std::vector<int32_t>& table : {std::vector<int32_t>{0, 1, 2, 3}, {5, 0, 7, 2}}) {
          KvPool pool(3, heads, 8, DType::F32);
          const KvLayer layer = pool.layer(1);
          const int32_t* blocks = table.data();
          for (int32_t p = 0; p <= at; p++)
            device.store_kv(keys.data() + static_cast<size_t>(p) * 2 * n, values.data() + static_cast<size_t>(p) * 2 * n, layer, &blocks,
                            &p, 1, heads);
          std::vector<float> out(4 * n);
          device.attention(q.data(), layer, &blocks, &at, 1, heads, 0.3f, out.data());
          CHECK(table[0] == 0 || std::memcmp(out.data(), y.data(), y.size() * sizeof(float)) == 0);
          y = out;
        }
        for (size_t h = 0; h < 4; h++) {
          std::vector<double> weight;
          double total = 0;
          for (size_t p = 0; p < seen; p++) {
            double dot = 0;
            for (size_t i = 0; i < n; i++) dot += double{q[h * n + i]} * keys[(p * 2 + h / 2) * n + i];
            weight.push_back(std::exp(30 * std::tanh(dot * 0.3 / 30)));
            total += weight.back();
          }
          for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (size_t p = 0; p < seen; p++) sum += weight[p] / total * values[(p * 2 + h / 2) * n + i];
            CHECK(std::abs(sum - y[h * n + i]) < 1e-5);
          }
        }
      }
    }
  }
}

TEST(exp_is_finite_far_out) {
  for (const Kernels* k : kernel_sets()) {
    float x[] = {-1000, -100, -60, 0};
    const float sum = k->exp_sum(x, 4, 0);
    CHECK(std::abs(sum - 1) < 1e-6 && x[0] < 1e-30f && x[3] == 1);
  }
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
