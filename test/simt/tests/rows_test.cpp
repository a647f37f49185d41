// What is done to single rows: embedding, norms with the residual stream, RoPE, and a step's inputs.
#include "../../native/check.h"
#include "../../native/golden.h"
#include "arrays.h"
#include "device/cuda/attention_shape.h"
#include "device/cpu/cpu_device.h"
#include "device/cuda/cuda_device.h"
#include "model/kv_pool.h"

using namespace wisecrack;
using cuda::CudaDevice;

namespace {

const golden::Arrays& ops() {
  static const golden::Arrays arrays(golden::folder() + "/ops/ops.safetensors");
  return arrays;
}

// Begins a step of `rows` rows of one sequence, from `first` on.
void begin(Device& device, size_t rows, std::vector<int32_t> tokens, int32_t first = 0) {
  static std::vector<int32_t> kept, positions, table;
  static std::vector<const int32_t*> tables;
  kept = std::move(tokens);
  positions.resize(rows);
  for (size_t r = 0; r < rows; r++) positions[r] = first + static_cast<int32_t>(r);
  table.assign(kv_blocks(static_cast<size_t>(first) + rows), 0);
  tables.assign(rows, table.data());
  device.begin({rows, kept.data(), positions.data(), tables.data(), {}});
}

}  // namespace

TEST(norm_is_the_references) {
  CudaDevice device(false, 0);
  const auto h = ops().floats("rms.x"), scale = ops().floats("rms.scale"), wanted = ops().floats("rms.y");
  begin(device, 6, {1, 1, 1, 1, 1, 1});
  const There<float> in(device.memory(), h);
  There<float> out(device.memory(), h.size());
  device.norm(in.p, device.load(scale), 96, out.p);
  const auto y = out.get();
  for (size_t i = 0; i < y.size(); i++) CHECK(std::abs(y[i] - wanted[i]) <= 5e-6 * std::max(1.0f, std::abs(wanted[i])));
}

// A projection by the identity leaves the sandwich.
TEST(sandwich_is_the_processors) {
  for (const size_t n : {size_t{8}, size_t{200}}) {
    for (const bool bf16 : {false, true}) {
      CudaDevice device(bf16, 0);
      CpuDevice cpu(bf16, 1);
      const Shape shape{n, 8, 8, 8, 2, {1, 1, 16}, 64};
      const size_t rows = 3;
      std::vector<float> eye(n * n, 0.0f);
      for (size_t i = 0; i < n; i++) eye[i * n + i] = 1;
      const auto y = rounded(noise(rows * n, 1)), h = rounded(noise(rows * n, 2)), post = noise(n, 3), next = noise(n, 4);
      const Matrix w{eye.data(), DType::F32, n, n};
      std::vector<float> h_cpu = h, x_cpu(rows * n);
      cpu.reserve(shape, rows, 1);
      begin(cpu, rows, {1, 1, 1});
      cpu.project(y.data(), w, {post.data(), h_cpu.data(), next.data(), x_cpu.data()});
      device.reserve(shape, rows, 1);
      begin(device, rows, {1, 1, 1});
      There<float> in(device.memory(), rows * n), stream(device.memory(), h), x(device.memory(), rows * n);
      const auto bits = halves(y);
      if (bf16) device.memory().upload(in.p, bits.data(), bits.size() * 2);
      else device.memory().upload(in.p, y.data(), y.size() * 4);
      device.project(in.p, device.load(w), {device.load(post), stream.p, device.load(next), x.p});
      CHECK(distance(stream.get(), h_cpu) < (bf16 ? 0.01 : 1e-5));
      if (!bf16) CHECK(distance(x.get(), x_cpu) < 1e-5);
      const auto before = x.get();
      device.project(in.p, device.load(w), {device.load(post), stream.p, nullptr, x.p});  // the last layer has no next
      CHECK(same_bits(before, x.get()));
    }
  }
}

TEST(embedding_is_scaled_and_rounded) {
  const size_t vocab = 20, emb = 72;
  const auto values = noise(vocab * emb, 5);
  const auto table = halves(values);
  for (const bool bf16 : {false, true}) {
    CudaDevice device(bf16, 0);
    begin(device, 3, {19, 0, 7});
    There<float> h(device.memory(), 3 * emb);
    device.embed(device.load({table.data(), DType::BF16, vocab, emb}), 0, 78.38f, h.p);
    const auto y = h.get();
    const size_t tokens[] = {19, 0, 7};
    for (size_t r = 0; r < 3; r++)
      for (size_t i = 0; i < emb; i++) {
        const float wanted = to_float(table[tokens[r] * emb + i]) * 78.38f;
        CHECK(y[r * emb + i] == (bf16 ? round_bf16(wanted) : wanted));
      }
  }
}

// Queries by the identity: RoPE alone, at the positions and with the tolerances of the golden vectors; keys and values lie where they
// should, and nothing else was written.
TEST(rope_and_the_cache) {
  const size_t key = 128, positions = 8192;
  std::vector<float> cosine(positions * key / 2), sine(positions * key / 2), eye(key * key, 0.0f);
  fill_rope_tables(key, positions, cosine.data(), sine.data());
  for (size_t i = 0; i < key; i++) eye[i * key + i] = 1;
  const auto x = ops().floats("rope.x"), wanted = ops().floats("rope.y");
  const auto at = ops().ints("rope.positions");
  const double tolerance[] = {1e-5, 3e-4, 1e-3, 4e-3};
  CudaDevice device(false, 0);
  const Matrix w = device.load({eye.data(), DType::F32, key, key});
  const Rope rope{device.load(cosine), device.load(sine)};
  const HeadShape heads{1, 1, key};
  for (size_t offset = 0; offset < 4; offset++) {
    for (size_t head = 0; head < 2; head++) {  // [row, head, key]: one head as the rows' input
      std::vector<float> in;
      for (size_t r = 0; r < 6; r++)
        in.insert(in.end(), x.begin() + static_cast<ptrdiff_t>((r * 2 + head) * key), x.begin() + static_cast<ptrdiff_t>((r * 2 + head + 1) * key));
      const int32_t* p = at.data() + offset * 6;
      std::vector<int32_t> table(kv_blocks(positions), 2);
      const std::vector<const int32_t*> tables(6, table.data());
      device.begin({6, p, p, tables.data(), {}});
      KvPool pool(1, heads, 3, DType::F32, device.memory());
      device.memory().fill(pool.layer(0).k, 0xFF, pool.bytes());
      There<float> from(device.memory(), in), q(device.memory(), in.size());
      device.qkv(from.p, w, w, w, heads, rope, pool.layer(0), q.p);
      const auto y = q.get();
      std::vector<float> cache(pool.bytes() / 4);
      device.memory().download(cache.data(), pool.layer(0).k, pool.bytes());
      for (size_t r = 0; r < 6; r++)
        for (size_t i = 0; i < key; i++) {
          CHECK(std::abs(y[r * key + i] - wanted[offset * x.size() + (r * 2 + head) * key + i]) <= tolerance[offset]);
          const size_t slot = 2 * 2 * KV_BLOCK * key + static_cast<size_t>(p[r]) % KV_BLOCK * key + i;  // block 2, [k, v][position][key]
          CHECK(cache[slot] == y[r * key + i]);
          CHECK(cache[slot + KV_BLOCK * key] == in[r * key + i]);
        }
      size_t written = 0;
      for (const float v : cache) written += !std::isnan(v);
      CHECK(written == 2 * 6 * key);
    }
  }
}

TEST(a_step_is_cut_into_sequences_and_tiles) {
  const std::vector<int32_t> a = {4, 5, 6}, b = {7}, c = {8, 9};
  const std::vector<int32_t> tokens(9, 1), positions = {30, 31, 32, 33, 34, 3, 16, 17, 0};
  const std::vector<const int32_t*> tables = {a.data(), a.data(), a.data(), a.data(), a.data(), b.data(), c.data(), c.data(), b.data()};
  cuda::StepInputs in{};
  in.fill({9, tokens.data(), positions.data(), tables.data(), positions}, 4);
  const auto part = [&](size_t at, size_t n) { return std::vector<int32_t>(in.values.begin() + static_cast<ptrdiff_t>(at), in.values.begin() + static_cast<ptrdiff_t>(at + n)); };
  CHECK(in.width == 16 && in.segments == 1 && in.singles == 2 && in.query_tiles == 3 && in.wanted_rows == 9 && !in.only_singles());
  CHECK((part(in.sequence, 9) == std::vector<int32_t>{0, 0, 0, 0, 0, 1, 2, 2, 3}));
  std::vector<int32_t> wanted(4 * 16, 0);
  std::copy(a.begin(), a.end(), wanted.begin());
  wanted[16] = wanted[48] = 7;
  std::copy(c.begin(), c.end(), wanted.begin() + 32);
  CHECK(part(in.tables, 64) == wanted);
  CHECK((part(in.single, 2) == std::vector<int32_t>{5, 8}));
  CHECK((part(in.tiles, 6) == std::vector<int32_t>{0, 4, 4, 1, 6, 2}));
}

// Tables are as wide, and segments as many, as for a few hundred positions more.
TEST(steps_of_growing_sequences_have_few_forms) {
  const std::vector<int32_t> table(200, 1), tokens(2, 1);
  const std::vector<const int32_t*> tables = {table.data(), table.data() + 100};
  cuda::StepInputs first{}, next{};
  for (const auto& [from, to] : {std::pair{0, 255}, std::pair{256, 511}, std::pair{512, 1023}}) {
    const int32_t positions[] = {from, 3}, later[] = {to, 4};
    first.fill({2, tokens.data(), positions, tables.data(), {}}, 4);
    next.fill({2, tokens.data(), later, tables.data(), {}}, 4);
    CHECK(first.only_singles() && first.segments == next.segments && first.width == next.width && first.single == next.single);
    CHECK(first.segments == cuda::segments_for(static_cast<size_t>(to) + 1));
  }
}

TEST(shapes_that_the_kernels_cannot_do_are_refused) {
  const Shape grok{6144, 32768, 131072, 8, 2, {48, 8, 128}, 8192};
  CHECK(CudaDevice::refusal(grok).empty());
  Shape odd = grok;
  odd.heads.key_size = 136;
  CHECK_CONTAINS(CudaDevice::refusal(odd), "key_size to be a multiple of 16 up to 128; it is 136");
  odd = grok;
  odd.experts = 17;
  CHECK_CONTAINS(CudaDevice::refusal(odd), "num_experts to be at most 16; it is 17");
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
