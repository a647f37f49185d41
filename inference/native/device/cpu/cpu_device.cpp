#include "device/cpu/cpu_device.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "device/bf16.h"
#include "device/cpu/widen.h"

namespace wisecrack {
namespace {

// Below this, waking a thread costs more than it saves (a wake-up takes 5 to 50 us, a core does 20 to 90 flop/ns).
constexpr double MIN_FLOPS_PER_THREAD = 400e3;

// One head's vector into the cache, its elements `step` apart.
void store(const float* from, DType dtype, void* cache, size_t at, size_t step, size_t n) {
  if (dtype == DType::F32)
    for (size_t i = 0; i < n; i++) static_cast<float*>(cache)[at + i * step] = from[i];
  else
    for (size_t i = 0; i < n; i++) static_cast<bf16*>(cache)[at + i * step] = to_bf16(from[i]);
}

// Floats that a thread needs for a part of a product.
size_t scratch_size(const Kernels& k) { return std::max(k.matmul.scratch, k.bf16_matmul ? k.bf16_matmul->scratch : 0); }

}  // namespace

CpuDevice::CpuDevice(bool round_activations, int threads, const Kernels& kernels, Member member)
    : Device(round_activations, std::move(member)), k_(kernels), pool_(threads), panels_(static_cast<size_t>(pool_.size()) * scratch_size(kernels)),
      attention_(kernels, static_cast<size_t>(pool_.size())) {}

const MatmulKernel& CpuDevice::kernel_of(const Matmul& job) const {
  return round_activations() && k_.bf16_matmul && k_.bf16_matmul->takes(job) ? *k_.bf16_matmul : k_.matmul;
}

template <class Task>
void CpuDevice::spread(size_t count, double flops, const Task& task) {
  if (flops >= 2 * MIN_FLOPS_PER_THREAD) pool_.run(count, task);
  else
    for (size_t i = 0; i < count; i++) task(i, 0);
}

// Each member adds up a stretch of all parts and gives everybody the sum: nobody else reads that stretch, so it is done in place.
void CpuDevice::all_reduce(float* y, size_t n) {
  if (!partial()) return round_row(y, n);
  Team& team = *member().team;
  const size_t count = member().count(), first = n * member().index / count, last = n * (member().index + 1) / count;
  team.show(member().index, y);
  team.meet();
  constexpr size_t PIECE = 512;  // stays in the L1 cache until all have it
  float sum[PIECE];
  for (size_t at = first; at < last; at += PIECE) {
    const size_t length = std::min(PIECE, last - at);
    std::fill_n(sum, length, 0.0f);
    for (size_t m = 0; m < count; m++) {
      const float* part = static_cast<const float*>(team.shown(m)) + at;
      for (size_t i = 0; i < length; i++) sum[i] += part[i];
    }
    round_row(sum, length);
    for (size_t m = 0; m < count; m++) std::copy_n(sum, length, static_cast<float*>(team.shown(m)) + at);
  }
  team.meet();
}

void CpuDevice::embed(const Matrix& table, size_t first, const int32_t* tokens, size_t rows, float scale, float* y) {
  for (size_t r = 0; r < rows; r++) {
    float* row = y + r * table.cols;
    const size_t token = static_cast<size_t>(tokens[r]) - first;  // below first: wraps round, and is none of ours
    if (token >= table.rows) {
      std::fill_n(row, table.cols, 0.0f);
      continue;
    }
    widen(table, token, 0, table.cols, row);
    for (size_t i = 0; i < table.cols; i++) row[i] *= scale;
  }
}

void CpuDevice::rms_norm(const float* x, const float* scale, size_t rows, size_t n, float eps, float* y) {
  spread(rows, 4.0 * static_cast<double>(rows * n), [&](size_t r, int) {
    const float mean = k_.sum_squares(x + r * n, n) / static_cast<float>(n);
    k_.scale(x + r * n, 1.0f / std::sqrt(mean + eps), scale, n, y + r * n);
    round_row(y + r * n, n);
  });
}

void CpuDevice::matmul(std::span<const Matmul> jobs) {
  const double flops = cut(jobs, 1);
  spread(parts_.size(), flops, [&](size_t i, int thread) { compute(parts_[i], thread); });
}

// What a thread has just computed of gate and up is still in its caches.
void CpuDevice::gated(std::span<const Matmul> jobs) {
  const double flops = cut(jobs, 2);
  spread(parts_.size() / 2, flops, [&](size_t i, int thread) {
    const MatmulPart &gate = parts_[2 * i], &up = parts_[2 * i + 1];
    compute(gate, thread);
    compute(up, thread);
    const size_t n = gate.job->w.rows, length = gate.last - gate.first;
    for (size_t r = 0; r < gate.job->rows; r++) {
      float* y = gate.job->y + r * n + gate.first;
      k_.gelu_mul(y, up.job->y + r * n + gate.first, length, round_activations());
      round_row(y, length);
    }
  });
}

void CpuDevice::compute(const MatmulPart& part, int thread) {
  kernel_of(*part.job).run(part, panels_.data() + static_cast<size_t>(thread) * scratch_size(k_));
}

double CpuDevice::cut(std::span<const Matmul> jobs, size_t together) {
  double flops = 0;
  size_t outputs = 0;
  for (const Matmul& job : jobs) {
    flops += 2.0 * static_cast<double>(job.rows) * static_cast<double>(job.w.rows) * static_cast<double>(job.w.cols);
    outputs += job.w.rows;
  }
  const auto threads = static_cast<size_t>(pool_.size());
  size_t left = outputs / together;
  const size_t wish = left / (threads * PARTS_PER_THREAD) + 1, most = (wish + MATMUL_GROUP - 1) / MATMUL_GROUP * MATMUL_GROUP;
  pack(jobs);
  parts_.clear();
  for (size_t j = 0; j < jobs.size(); j += together) {
    const Matmul& first = jobs[j];
    if (first.rows == 0) continue;
    if (first.w.cols == 0) {  // a shard without inputs adds nothing
      for (size_t t = j; t < j + together; t++) std::fill_n(jobs[t].y, first.rows * first.w.rows, 0.0f);
      continue;
    }
    for (size_t o = 0, end; o < first.w.rows; o = end) {
      // Ever smaller towards the end, where the other threads wait for whoever has the last part.
      end = std::min(o + std::min(to_lines(left / (2 * threads) + 1), most), first.w.rows);
      left -= end - o;
      for (size_t t = j; t < j + together; t++) {
        const bool round = round_activations() && !jobs[t].keep_f32;
        parts_.push_back({&jobs[t], o, end, round, packed_.data() + packed_at_[t]});
      }
    }
  }
  return flops;
}

// Lays out the rows of those jobs whose kernel wants it. Jobs side by side may share their rows.
void CpuDevice::pack(std::span<const Matmul> jobs) {
  packed_at_.clear();
  rows_to_pack_.clear();
  size_t size = 0;
  const Matmul* before = nullptr;
  for (const Matmul& job : jobs) {
    const MatmulKernel& kernel = kernel_of(job);
    const bool packs = job.w.cols > 0 && kernel.packs(job);
    const bool shared = packs && before && before->x == job.x && before->rows == job.rows && &kernel_of(*before) == &kernel;
    packed_at_.push_back(shared ? packed_at_.back() : size);
    if (!packs) continue;
    if (!shared)
      for (size_t r = 0; r < job.rows; r++) rows_to_pack_.push_back({&job, r, size});
    if (!shared) size += to_lines(kernel.packed_size(job.rows, job.w.cols));
    before = &job;
  }
  if (packed_.size() < size) packed_.resize(size);
  if (size == 0) return;
  spread(rows_to_pack_.size(), static_cast<double>(size), [&](size_t i, int) {
    const auto& [job, row, at] = rows_to_pack_[i];
    kernel_of(*job).pack(*job, row, packed_.data() + at);
  });
}

void CpuDevice::rope(float* x, const int32_t* positions, size_t rows, size_t heads, size_t key_size, const float* cosine,
                     const float* sine) {
  const size_t half = key_size / 2;
  spread(rows, 6.0 * static_cast<double>(rows * heads * key_size), [&](size_t r, int) {
    const float* c = cosine + static_cast<size_t>(positions[r]) * half;
    const float* s = sine + static_cast<size_t>(positions[r]) * half;
    for (size_t h = 0; h < heads; h++) {
      float* low = x + (r * heads + h) * key_size;
      float* high = low + half;
      for (size_t i = 0; i < half; i++) {
        const float a = low[i], b = high[i];
        low[i] = a * c[i] - b * s[i];
        high[i] = b * c[i] + a * s[i];
      }
    }
    round_row(x + r * heads * key_size, heads * key_size);
  });
}

void CpuDevice::store_kv(const float* k, const float* v, const KvLayer& cache, const int32_t* const* tables,
                         const int32_t* positions, size_t rows, HeadShape heads) {
  const size_t n = heads.key_size;
  for (size_t r = 0; r < rows; r++) {
    const auto position = static_cast<size_t>(positions[r]);
    const size_t block = static_cast<size_t>(tables[r][position / KV_BLOCK]) * cache.stride;
    for (size_t h = 0; h < heads.kv_heads; h++) {
      const size_t from = (r * heads.kv_heads + h) * n, head = h * KV_BLOCK * n, slot = position % KV_BLOCK;
      store(k + from, kv_dtype(), cache.k + block, head + slot, KV_BLOCK, n);
      store(v + from, kv_dtype(), cache.v + block, head + slot * n, 1, n);
    }
  }
}

void CpuDevice::attention(const float* q, const KvLayer& cache, const int32_t* const* tables, const int32_t* positions, size_t rows,
                          HeadShape heads, float multiplier, float* y) {
  double seen = 0;
  for (size_t r = 0; r < rows; r++) seen += positions[r] + 1;
  attention_.plan({q, cache, tables, positions, rows, heads, multiplier, round_activations(), y});
  spread(attention_.items(), 8.0 * seen * static_cast<double>(heads.q_heads * heads.key_size),
         [&](size_t i, int thread) { attention_.compute(i, static_cast<size_t>(thread)); });
  for (size_t i = 0; i < attention_.cut_rows(); i++) attention_.finish(i);
}

void CpuDevice::route(const float* logits, size_t rows, size_t experts, size_t selected, float* probs, int32_t* chosen) {
  for (size_t r = 0; r < rows; r++) {
    const float* l = logits + r * experts;
    float* p = probs + r * experts;
    const float max = *std::max_element(l, l + experts);
    float sum = 0;
    for (size_t e = 0; e < experts; e++) sum += p[e] = std::exp(l[e] - max);
    for (size_t e = 0; e < experts; e++) p[e] /= sum;
    int32_t* c = chosen + r * selected;
    for (size_t j = 0; j < selected; j++) {
      int32_t best = -1;  // the first that is not taken wins ties, and also when all are NaN
      for (size_t e = 0; e < experts; e++) {
        const auto candidate = static_cast<int32_t>(e);
        if (std::find(c, c + j, candidate) != c + j) continue;
        if (best < 0 || p[e] > p[best]) best = candidate;
      }
      c[j] = best;
    }
  }
}

void CpuDevice::gather(const float* x, const int32_t* index, size_t rows, size_t n, float* y) {
  for (size_t r = 0; r < rows; r++) std::memcpy(y + r * n, x + static_cast<size_t>(index[r]) * n, n * sizeof(float));
}

void CpuDevice::combine(const float* x, const int32_t* place, const float* probs, const int32_t* chosen, size_t rows,
                        size_t experts, size_t selected, size_t n, float* y) {
  for (size_t r = 0; r < rows; r++) {
    float* to = y + r * n;
    std::fill(to, to + n, 0.0f);
    for (size_t j = 0; j < selected; j++) {
      const float gate = probs[r * experts + static_cast<size_t>(chosen[r * selected + j])];
      const float* from = x + static_cast<size_t>(place[r * selected + j]) * n;
      for (size_t i = 0; i < n; i++) to[i] += gate * from[i];
    }
  }
}

void CpuDevice::add(float* h, const float* x, size_t rows, size_t n) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t i = 0; i < n; i++) h[r * n + i] += x[r * n + i];
    round_row(h + r * n, n);
  }
}

}  // namespace wisecrack
