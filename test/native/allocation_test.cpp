// Once the working memory is reserved, a step takes none.
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "check.h"
#include "device/bf16.h"
#include "kernel_sets.h"
#include "model/kv_pool.h"

namespace {

std::atomic<size_t> allocations{0};

void* counted(size_t size, size_t alignment) {
  allocations++;
  if (void* p = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment)) return p;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(size_t size) { return counted(size, alignof(std::max_align_t)); }
void* operator new(size_t size, std::align_val_t alignment) { return counted(size, static_cast<size_t>(alignment)); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, size_t, std::align_val_t) noexcept { std::free(p); }

using namespace wisecrack;

namespace {

// A step through one layer, with all weights alike.
size_t allocations_of_a_step(CpuDevice& device, const Shape& shape, const KvLayer& cache, size_t rows, int32_t last) {
  const size_t q_size = shape.heads.q_heads * shape.heads.key_size, kv_size = shape.heads.kv_heads * shape.heads.key_size;
  const std::vector<bf16> weights(shape.ffn * std::max(shape.emb, q_size), to_bf16(0.01f));
  const std::vector<float> router(shape.experts * shape.emb, 0.1f), ones(shape.emb, 1.0f);
  const auto matrix = [&](size_t out, size_t in) { return Matrix{weights.data(), DType::BF16, out, in}; };
  const std::vector<Expert> experts(shape.experts, {matrix(shape.ffn, shape.emb), matrix(shape.ffn, shape.emb), matrix(shape.emb, shape.ffn)});
  std::vector<float> cosine(shape.positions * shape.heads.key_size / 2), sine(cosine.size());
  fill_rope_tables(shape.heads.key_size, shape.positions, cosine.data(), sine.data());
  std::vector<int32_t> table(kv_blocks(shape.positions)), tokens(rows, 3), positions(rows), wanted{0}, chosen(rows * shape.selected);
  for (size_t i = 0; i < table.size(); i++) table[i] = static_cast<int32_t>(i);
  for (size_t r = 0; r < rows; r++) positions[r] = last + 1 - static_cast<int32_t>(rows - r);
  const std::vector<const int32_t*> tables(rows, table.data());
  std::vector<float> h(rows * shape.emb), x(h.size()), q(rows * q_size), attended(q.size()), probs(rows * shape.experts), logits(shape.vocab);
  const Matrix embedding = matrix(shape.vocab, shape.emb), route{router.data(), DType::F32, shape.experts, shape.emb};
  const Matrix wq = matrix(q_size, shape.emb), wkv = matrix(kv_size, shape.emb), wo = matrix(shape.emb, q_size);
  const Sandwich sandwich{ones.data(), h.data(), ones.data(), x.data()};

  const size_t before = allocations;
  device.begin({rows, tokens.data(), positions.data(), tables.data(), wanted});
  device.embed(embedding, 0, 1.0f, h.data());
  device.norm(h.data(), ones.data(), shape.emb, x.data());
  device.qkv(x.data(), wq, wkv, wkv, shape.heads, {cosine.data(), sine.data()}, cache, q.data());
  device.attention(q.data(), cache, shape.heads, 0.1f, attended.data());
  device.project(attended.data(), wo, sandwich);
  device.experts(x.data(), route, experts, shape.selected, sandwich, probs.data(), chosen.data());
  device.logits(h.data(), ones.data(), embedding, 1.0f, logits.data());
  return allocations - before;
}

}  // namespace

TEST(a_step_allocates_nothing_after_reserve) {
  const Shape shape{80, 600, 90, 3, 2, {6, 2, 24}, 2000};
  for (const Kernels* k : kernel_sets_to_test()) {
    for (const bool bf16 : {false, true}) {
      for (const size_t rows : {size_t{1}, size_t{70}}) {
        CpuDevice device(bf16, 3, *k);
        const KvPool pool(1, shape.heads, kv_blocks(shape.positions), device.kv_dtype());
        device.reserve(shape, rows, 1);
        CHECK(allocations_of_a_step(device, shape, pool.layer(0), rows, 1999) == 0);
        device.give_back();
        device.reserve(shape, rows, 1);
        CHECK(allocations_of_a_step(device, shape, pool.layer(0), rows, 100) == 0);
      }
    }
  }
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
