// Paged attention: ragged lengths up to 8192 against sums in double; decode and prefill, blocks anywhere, the same bits.
#include "../../native/check.h"
#include "arrays.h"
#include "device/cuda/cuda_device.h"
#include "model/kv_pool.h"

using namespace wisecrack;
using cuda::CudaDevice;

namespace {

constexpr float MULTIPLIER = 0.3f;

// Sequences in one pool, with blocks in a shuffled order; every unused position holds NaN.
struct Cache {
  HeadShape heads;
  KvPool pool;
  std::vector<std::vector<int32_t>> tables;
  std::vector<std::vector<float>> keys, values;  // [position, kv head, key_size]

  Cache(CudaDevice& device, HeadShape heads, const std::vector<size_t>& lengths, unsigned seed)
      : heads(heads), pool(2, heads, count(lengths) + 3, device.kv_dtype(), device.memory()) {
    device.memory().fill(pool.layer(0).k, 0xFF, pool.bytes());
    std::vector<int32_t> blocks(pool.blocks());
    for (size_t i = 0; i < blocks.size(); i++) blocks[i] = static_cast<int32_t>(i);
    std::shuffle(blocks.begin(), blocks.end(), std::mt19937(seed));
    const KvLayer layer = pool.layer(1);
    const size_t n = heads.key_size, width = heads.kv_heads * n;
    for (size_t s = 0; s < lengths.size(); s++) {
      tables.emplace_back(blocks.end() - static_cast<ptrdiff_t>(kv_blocks(lengths[s])), blocks.end());
      blocks.resize(blocks.size() - kv_blocks(lengths[s]));
      keys.push_back(rounded(noise(lengths[s] * width, 50 + static_cast<unsigned>(s))));
      values.push_back(rounded(noise(lengths[s] * width, 70 + static_cast<unsigned>(s))));
      for (size_t p = 0; p < lengths[s]; p++)
        for (size_t h = 0; h < heads.kv_heads; h++)
          for (const bool k : {true, false}) {
            const float* from = (k ? keys : values)[s].data() + p * width + h * n;
            const size_t to = static_cast<size_t>(tables[s][p / KV_BLOCK]) * layer.stride +
                              (h * KV_BLOCK + p % KV_BLOCK) * n * size_of(device.kv_dtype());
            const auto half = halves({from, from + n});
            if (device.round_activations()) device.memory().upload((k ? layer.k : layer.v) + to, half.data(), n * 2);
            else device.memory().upload((k ? layer.k : layer.v) + to, from, n * 4);
          }
    }
  }
  static size_t count(const std::vector<size_t>& lengths) {
    size_t n = 0;
    for (const size_t l : lengths) n += kv_blocks(l);
    return n;
  }

  // Query heads of a row that sees positions 0..position.
  std::vector<float> wanted(size_t s, size_t position, const float* q) const {
    const size_t n = heads.key_size, group = heads.q_heads / heads.kv_heads;
    std::vector<float> out(heads.q_heads * n);
    for (size_t h = 0; h < heads.q_heads; h++) {
      std::vector<double> sum(n, 0);
      double total = 0;
      for (size_t p = 0; p <= position; p++) {
        const size_t at = (p * heads.kv_heads + h / group) * n;
        double dot = 0;
        for (size_t i = 0; i < n; i++) dot += double{q[h * n + i]} * keys[s][at + i];
        const double weight = std::exp(30 * std::tanh(dot * MULTIPLIER / 30));
        total += weight;
        for (size_t i = 0; i < n; i++) sum[i] += weight * values[s][at + i];
      }
      for (size_t i = 0; i < n; i++) out[h * n + i] = static_cast<float>(sum[i] / total);
    }
    return out;
  }
};

struct Part {
  size_t sequence, first, count;
};

// The rows of some sequences in one step.
std::vector<float> attend(CudaDevice& device, const Cache& cache, const std::vector<Part>& parts, const std::vector<float>& q) {
  std::vector<int32_t> tokens, positions;
  std::vector<const int32_t*> tables;
  for (const Part& part : parts)
    for (size_t i = 0; i < part.count; i++) {
      tokens.push_back(1);
      positions.push_back(static_cast<int32_t>(part.first + i));
      tables.push_back(cache.tables[part.sequence].data());
    }
  device.begin({tokens.size(), tokens.data(), positions.data(), tables.data(), {}});
  auto& memory = device.memory();
  There<float> in(memory, q.size()), out(memory, q.size());
  const auto bits = halves(q);
  if (device.round_activations()) memory.upload(in.p, bits.data(), bits.size() * 2);
  else memory.upload(in.p, q.data(), q.size() * 4);
  device.attention(in.p, cache.pool.layer(1), cache.heads, MULTIPLIER, out.p);
  if (!device.round_activations()) return out.get();
  std::vector<uint16_t> result(q.size());
  memory.download(result.data(), out.p, result.size() * 2);
  std::vector<float> wide;
  for (const uint16_t v : result) wide.push_back(to_float(v));
  return wide;
}

}  // namespace

TEST(ragged_lengths_in_one_decode_step) {
  const std::vector<size_t> lengths = {1, 16, 17, 31, 33, 255, 256, 257, 600};
  for (const HeadShape heads : {HeadShape{6, 1, 128}, HeadShape{4, 2, 16}, HeadShape{3, 3, 80}, HeadShape{16, 1, 32}}) {
    for (const bool bf16 : {true, false}) {
      CudaDevice device(bf16, 0);
      const Cache cache(device, heads, lengths, 1);
      const size_t width = heads.q_heads * heads.key_size;
      const auto q = rounded(noise(lengths.size() * width, 6));
      std::vector<Part> parts;
      std::vector<float> wanted;
      for (size_t s = 0; s < lengths.size(); s++) {
        parts.push_back({s, lengths[s] - 1, 1});
        const auto row = cache.wanted(s, lengths[s] - 1, q.data() + s * width);
        wanted.insert(wanted.end(), row.begin(), row.end());
      }
      CHECK(distance(attend(device, cache, parts, q), wanted) < (bf16 ? 0.01 : 1e-5));
    }
  }
}

TEST(eight_thousand_positions) {
  CudaDevice device(true, 0);
  const HeadShape heads{6, 1, 128};
  const Cache cache(device, heads, {8192}, 2);
  const auto q = rounded(noise(6 * 128, 6));
  const auto y = attend(device, cache, {{0, 8191, 1}}, q), wanted = cache.wanted(0, 8191, q.data());
  CHECK(distance(y, wanted) < 0.02);
}

TEST(a_prompt_behind_a_cached_prefix) {
  const HeadShape heads{6, 1, 128};
  for (const bool bf16 : {true, false}) {
    CudaDevice device(bf16, 0);
    const Cache cache(device, heads, {300, 40}, 3);
    const size_t width = 6 * 128, rows = 25 + 40;  // positions 275..299 of one, all of the other
    const auto q = rounded(noise(rows * width, 6));
    const auto y = attend(device, cache, {{0, 275, 25}, {1, 0, 40}}, q);
    std::vector<float> wanted;
    for (size_t r = 0; r < rows; r++) {
      const auto row = cache.wanted(r < 25 ? 0 : 1, r < 25 ? 275 + r : r - 25, q.data() + r * width);
      wanted.insert(wanted.end(), row.begin(), row.end());
    }
    CHECK(distance(y, wanted) < (bf16 ? 0.01 : 1e-5));
  }
}

TEST(prefill_decode_blocks_and_seeds_give_the_same_bits) {
  for (const HeadShape heads : {HeadShape{6, 1, 128}, HeadShape{6, 2, 32}}) {
    CudaDevice device(true, 0);
    const Cache cache(device, heads, {530}, 4), elsewhere(device, heads, {530}, 5);
    const size_t width = heads.q_heads * heads.key_size, rows = 20, first = 510;
    const auto q = rounded(noise(rows * width, 6));
    const auto y = attend(device, cache, {{0, first, rows}}, q);
    set_seed(3);
    CHECK(same_bits(y, attend(device, elsewhere, {{0, first, rows}}, q)));
    for (const size_t r : {size_t{0}, size_t{1}, size_t{2}, rows - 1}) {
      const std::vector<float> one(q.begin() + static_cast<ptrdiff_t>(r * width), q.begin() + static_cast<ptrdiff_t>((r + 1) * width));
      const std::vector<float> wanted(y.begin() + static_cast<ptrdiff_t>(r * width), y.begin() + static_cast<ptrdiff_t>((r + 1) * width));
      CHECK(same_bits(wanted, attend(device, cache, {{0, first + r, 1}}, one)));
    }
  }
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
