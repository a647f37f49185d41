// Single kernels against golden/ops, for every kernel set that this processor runs.
#include <cmath>
#include <random>

#include "check.h"
#include "golden.h"
#include "device/bf16.h"
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

TEST(gate_and_up_together_are_what_they_are_one_by_one) {
  const size_t in = 96, out = 200, rows[] = {1, 7, 70};
  std::vector<float> x, gate, up;
  for (size_t i = 0; i < (1 + 7 + 70) * in; i++) x.push_back(round_bf16(0.1f * static_cast<float>(i % 23) - 1));
  std::vector<bf16> weights;
  for (size_t i = 0; i < 6 * in * out; i++) weights.push_back(to_bf16(0.05f * static_cast<float>(i * 7 % 31) - 0.7f));
  for (const Kernels* k : kernel_sets()) {
    for (const bool round : {false, true}) {
      for (const int threads : {1, 3}) {
        CpuDevice device(round, threads, *k);
        for (const bool together : {false, true}) {
          std::vector<float> g((1 + 7 + 70) * out), u(g.size());
          std::vector<Matmul> jobs;
          for (size_t e = 0, at = 0; e < 3; at += rows[e++]) {
            for (size_t side = 0; side < 2; side++) {
              const Matrix w{weights.data() + (2 * e + side) * in * out, DType::BF16, out, in};
              jobs.push_back({x.data() + at * in, rows[e], w, (side ? u : g).data() + at * out});
            }
          }
          if (together) {
            device.gated(jobs);
            CHECK(g == gate && u == up);
          } else {
            device.matmul(jobs);
            k->gelu_mul(g.data(), u.data(), g.size(), round);
            if (round) k->round(g.data(), g.size());
            gate = g, up = u;
          }
        }
      }
    }
  }
}

TEST(attention_weights) {
  for (const Kernels* k : kernel_sets()) {
    const auto x = ops().floats("softcap.x"), capped = ops().floats("softcap.y");
    for (const size_t n : {x.size(), size_t{1}, size_t{9}, size_t{31}}) {
      Buffer weight(to_lines(n), NAN), sums(KV_BLOCK, 1.0f);
      std::copy_n(x.begin(), n, weight.begin());
      k->weigh(weight.data(), n, 1.0f, sums.data());
      std::vector<double> wanted(KV_BLOCK, 1.0);
      for (size_t i = 0; i < n; i++) {
        wanted[i % KV_BLOCK] += std::exp(double{capped[i]});
        CHECK(std::abs(std::log(weight[i]) - capped[i]) <= 5e-6 * std::max(1.0f, std::abs(capped[i])));
      }
      for (size_t p = 0; p < KV_BLOCK; p++) CHECK(std::abs(sums[p] / wanted[p] - 1) <= 1e-4);
    }
    Buffer nan(KV_BLOCK, NAN), sums(KV_BLOCK, 0.0f);
    k->weigh(nan.data(), 3, 1.0f, sums.data());
    CHECK(std::isnan(nan[2]) && std::isnan(sums[2]) && sums[3] == 0);  // a broken number does not look like a good one
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

// Each thread's shares begin and end elsewhere.
TEST(products_do_not_depend_on_the_number_of_threads) {
  const size_t in = 70, rows = 9, outs[] = {17, 401, 1000}, all = 17 + 401 + 1000;
  const auto x = noise(rows * in, 2), w = noise(all * in, 3);
  for (const Kernels* k : kernel_sets()) {
    for (const bool round : {false, true}) {
      std::vector<float> alone;
      for (const int threads : {1, 2, 5, 16}) {
        CpuDevice device(round, threads, *k);
        std::vector<float> y(rows * all, -1.0f);
        std::vector<Matmul> jobs;
        for (size_t j = 0, at = 0; j < 3; at += outs[j++])
          jobs.push_back({x.data(), rows, Matrix{w.data() + at * in, DType::F32, outs[j], in}, y.data() + rows * at});
        device.matmul(jobs);
        if (threads == 1) alone = y;
        CHECK(y == alone);
      }
    }
  }
}

// A sequence of random keys, values and queries, and what attention gives by plain double arithmetic.
struct Sequence {
  HeadShape heads;
  std::vector<float> keys, values, q;

  Sequence(HeadShape shape, size_t length)
      : heads(shape),
        keys(noise(length * shape.kv_heads * shape.key_size, 4)),
        values(noise(length * shape.kv_heads * shape.key_size, 5)),
        q(noise(length * shape.q_heads * shape.key_size, 6)) {}

  size_t length() const { return q.size() / width(); }

  // The queries' width of one row.
  size_t width() const { return heads.q_heads * heads.key_size; }

  // Puts all keys and values into the cache, beginning and ending in the middle of a block each time.
  void store(CpuDevice& device, const KvLayer& layer, const int32_t* table) const {
    std::vector<int32_t> positions;
    std::vector<const int32_t*> tables(length(), table);
    for (size_t p = 0; p < length(); p++) positions.push_back(static_cast<int32_t>(p));
    for (size_t p = 0, n; p < length(); p += n) {
      n = std::min<size_t>(7, length() - p);
      const size_t at = p * heads.kv_heads * heads.key_size;
      device.store_kv(keys.data() + at, values.data() + at, layer, tables.data(), positions.data() + p, n, heads);
    }
  }

  bool agrees(const float* y, size_t row, bool bf16) const {
    const size_t n = heads.key_size, group = heads.q_heads / heads.kv_heads;
    const auto stored = [&](float x) { return bf16 ? round_bf16(x) : x; };
    for (size_t h = 0; h < heads.q_heads; h++) {
      const size_t kv = h / group;
      std::vector<double> sum(n, 0.0);
      double total = 0;
      for (size_t p = 0; p <= row; p++) {
        double dot = 0;
        for (size_t i = 0; i < n; i++) dot += double{q[row * width() + h * n + i]} * stored(keys[(p * heads.kv_heads + kv) * n + i]);
        const double weight = std::exp(30 * std::tanh(dot * 0.3 / 30));
        total += weight;
        for (size_t i = 0; i < n; i++) sum[i] += weight * stored(values[(p * heads.kv_heads + kv) * n + i]);
      }
      for (size_t i = 0; i < n; i++) {
        const double wanted = sum[i] / total;
        if (!(std::abs(wanted - y[h * n + i]) <= (bf16 ? 0.004 * std::abs(wanted) + 1e-4 : 1e-5))) return false;
      }
    }
    return true;
  }
};

// Rows `first` to `first` + `rows` of a sequence whose keys and values are in the cache.
std::vector<float> attend(CpuDevice& device, const Sequence& s, const KvLayer& layer, const int32_t* table, size_t first, size_t rows) {
  std::vector<int32_t> positions;
  const std::vector<const int32_t*> tables(rows, table);
  for (size_t r = 0; r < rows; r++) positions.push_back(static_cast<int32_t>(first + r));
  std::vector<float> y(rows * s.width());
  device.attention(s.q.data() + first * s.width(), layer, tables.data(), positions.data(), rows, s.heads, 0.3f, y.data());
  return y;
}

// Odd sizes, over scattered blocks: right, and the same bits wherever the blocks lie and whatever lies behind the last position.
TEST(attention) {
  for (const Kernels* k : kernel_sets()) {
    for (const bool bf16 : {false, true}) {
      for (const HeadShape heads : {HeadShape{4, 2, 2}, {6, 1, 12}, {1, 1, 40}, {48, 8, 6}, {12, 2, 128}, {9, 1, 70}}) {
        const Sequence s(heads, 83);
        CpuDevice device(bf16, 1, *k);
        std::vector<float> y;
        for (const std::vector<int32_t>& table : {std::vector<int32_t>{0, 1, 2, 3, 4, 5}, {5, 0, 7, 2, 9, 1}}) {
          KvPool pool(3, heads, 10, device.kv_dtype());
          const KvLayer layer = pool.layer(1);
          std::memset(layer.k, 0xFF, 10 * layer.stride - (layer.k - pool.layer(0).k));  // NaNs
          s.store(device, layer, table.data());
          const auto out = attend(device, s, layer, table.data(), 0, s.length());
          CHECK(table[0] == 0 || out == y);
          y = out;
        }
        for (const size_t row : {0, 1, 14, 15, 16, 17, 47, 63, 64, 65, 82}) CHECK(s.agrees(y.data() + row * s.width(), row, bf16));
      }
    }
  }
}

// Long sequences, with one row or many, on few threads or many: right, and always the same bits.
TEST(attention_does_not_depend_on_how_work_is_shared) {
  for (const Kernels* k : kernel_sets()) {
    for (const bool bf16 : {false, true}) {
      const Sequence s({6, 1, 16}, 1100);
      CpuDevice alone(bf16, 1, *k);
      KvPool pool(1, s.heads, kv_blocks(s.length()), alone.kv_dtype());
      std::vector<int32_t> table(pool.blocks());
      for (size_t b = 0; b < table.size(); b++) table[b] = static_cast<int32_t>(b * 7 % table.size());
      const KvLayer layer = pool.layer(0);
      s.store(alone, layer, table.data());
      const auto whole = attend(alone, s, layer, table.data(), 0, s.length());
      for (const size_t row : {254, 255, 256, 257, 700, 1099}) CHECK(s.agrees(whole.data() + row * s.width(), row, bf16));
      for (const int threads : {1, 2, 7}) {
        CpuDevice device(bf16, threads, *k);
        for (const auto& [first, rows] : {std::pair<size_t, size_t>{0, 1100}, {1, 300}, {250, 9}, {255, 2}, {511, 1}, {512, 1}, {1030, 70}, {1099, 1}}) {
          const auto some = attend(device, s, layer, table.data(), first, rows);
          CHECK(std::memcmp(some.data(), whole.data() + first * s.width(), some.size() * sizeof(float)) == 0);
        }
      }
    }
  }
}

TEST(attention_without_heads_computes_nothing) {
  CpuDevice device(true, 2);
  const Sequence none({0, 0, 8}, 0);
  const std::vector<int32_t> table = {0};
  device.reserve({16, 16, 16, 2, 2, none.heads, 100}, 3, 1);
  CHECK(attend(device, none, {}, table.data(), 5, 3).empty());
}

// Rows of several sequences in one step, among them neighbours whose positions follow each other by chance.
TEST(attention_in_company) {
  for (const Kernels* k : kernel_sets()) {
    const Sequence s({4, 2, 8}, 40);
    CpuDevice device(false, 3, *k);
    KvPool pool(1, s.heads, 6, DType::F32);
    const std::vector<int32_t> left = {0, 2, 4}, right = {5, 3, 1};
    const KvLayer layer = pool.layer(0);
    s.store(device, layer, left.data());
    const auto wanted = attend(device, s, layer, left.data(), 0, s.length());
    s.store(device, layer, right.data());
    const std::vector<int32_t> positions = {3, 4, 5, 6, 39, 0, 38, 39};
    const std::vector<const int32_t*> tables = {left.data(), left.data(), right.data(), right.data(), left.data(), left.data(), right.data(), right.data()};
    std::vector<float> q, y(positions.size() * s.width());
    for (const int32_t p : positions) q.insert(q.end(), s.q.begin() + p * static_cast<ptrdiff_t>(s.width()), s.q.begin() + (p + 1) * static_cast<ptrdiff_t>(s.width()));
    device.attention(q.data(), layer, tables.data(), positions.data(), positions.size(), s.heads, 0.3f, y.data());
    for (size_t r = 0; r < positions.size(); r++)
      CHECK(std::memcmp(&y[r * s.width()], &wanted[static_cast<size_t>(positions[r]) * s.width()], s.width() * sizeof(float)) == 0);
  }
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
