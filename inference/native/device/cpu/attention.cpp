#include "device/cpu/attention.h"

#include <algorithm>

namespace wisecrack {
namespace {

constexpr size_t TILE_QUERIES = 48;      // with their sums they fill half of a small L1 cache, keys and values the other
constexpr size_t ITEMS_PER_THREAD = 4;   // a thread that is held up leaves little to wait for
constexpr size_t STAGE_BLOCKS = KV_STAGE / KV_BLOCK;

size_t parts(size_t n, size_t size) { return (n + size - 1) / size; }

}  // namespace

Attention::Layout::Layout(HeadShape heads)
    : n(heads.key_size),
      group(heads.kv_heads ? heads.q_heads / heads.kv_heads : 1),  // a shard may have none
      queries(std::max(TILE_QUERIES / group, size_t{1}) * group),
      sums(to_lines(n) + KV_BLOCK),
      work(to_lines(queries * n) + queries * (KV_STAGE + 2 * sums)) {}

size_t Attention::work_floats(HeadShape heads, size_t rows, size_t positions) const {
  const Layout l(heads);
  const size_t cut = threads_ > 1 ? std::min(rows * heads.kv_heads, threads_ * ITEMS_PER_THREAD) : 0;
  return threads_ * l.work + cut * parts(positions, PIECE) * l.group * l.sums;
}

void Attention::reserve(HeadShape heads, size_t rows, size_t positions) {
  const size_t items = rows * heads.kv_heads + threads_ * ITEMS_PER_THREAD * 2;
  items_.reserve(items);
  cut_rows_.reserve(std::min(rows * heads.kv_heads, threads_ * ITEMS_PER_THREAD));
  if (const size_t size = work_floats(heads, rows, positions); memory_.size() < size) memory_.resize(size);
}

void Attention::plan(const AttentionJob& job) {
  job_ = job;
  layout_ = Layout(job.heads);
  items_.clear();
  cut_rows_.clear();
  const size_t kv_heads = job.heads.kv_heads, share = threads_ * ITEMS_PER_THREAD;
  const size_t tile = std::clamp<size_t>(job.rows * kv_heads / share, 1, layout_.queries / layout_.group);
  size_t pieces = 0, slots = 0;
  for (size_t r = 0; r < job.rows; r++) pieces += parts(static_cast<size_t>(job.positions[r]) + 1, PIECE) * kv_heads;
  const size_t enough = threads_ > 1 ? std::max(pieces / share, size_t{1}) : NONE;  // pieces of an item of one row
  for (size_t row = job.rows, rows; row > 0; row -= rows) {  // from behind: the later rows of a prompt take longest
    const auto follows = [&](size_t r) { return job.tables[r] == job.tables[r - 1] && job.positions[r] == job.positions[r - 1] + 1; };
    rows = 1;
    while (rows < tile && rows < row && follows(row - rows)) rows++;
    const size_t first = row - rows, end = static_cast<size_t>(job.positions[row - 1]) + 1, length = parts(end, PIECE);
    for (size_t kv = 0; kv < kv_heads; kv++) {
      if (rows > 1 || length <= enough) {
        items_.push_back({first, rows, kv, 0, end, NONE});
        continue;
      }
      for (size_t p = 0; p < length; p += enough)
        items_.push_back({first, 1, kv, p * PIECE, std::min((p + enough) * PIECE, end), slots + p});
      cut_rows_.push_back({first, kv, slots, length});
      slots += length;
    }
  }
  if (const size_t size = threads_ * layout_.work + slots * layout_.group * layout_.sums; memory_.size() < size) memory_.resize(size);
}

Attention::Work Attention::work_of(size_t thread) {
  float* q = memory_.data() + thread * layout_.work;
  float* weight = q + to_lines(layout_.queries * layout_.n);
  float* piece = weight + layout_.queries * KV_STAGE;
  return {q, weight, piece, piece + layout_.queries * layout_.sums};
}

void Attention::compute(size_t i, size_t thread) {
  const Item& item = items_[i];
  const Work work = work_of(thread);
  const size_t n = layout_.n, group = layout_.group;
  for (size_t r = 0; r < item.rows; r++) {
    const float* q = job_.q + ((item.row + r) * job_.heads.q_heads + item.kv_head * group) * n;
    for (size_t g = 0; g < group; g++)
      for (size_t d = 0; d < n; d++) work.q[d * item.rows * group + r * group + g] = q[g * n + d];
  }
  if (item.slot != NONE) return attend(item, work, 0, group, item.begin, item.end, true);
  std::fill_n(work.total, item.rows * group * layout_.sums, 0.0f);
  // Whole blocks that the first row sees as a whole and so do the others; then what is left to each.
  const auto position = static_cast<size_t>(job_.positions[item.row]);
  const size_t common = item.rows > 1 ? position / KV_BLOCK * KV_BLOCK : 0;
  attend(item, work, 0, item.rows * group, 0, common, false);
  for (size_t r = 0; r < item.rows; r++) attend(item, work, r * group, group, common, position + r + 1, true);
  for (size_t r = 0; r < item.rows; r++) put(work.total + r * group * layout_.sums, item.row + r, item.kv_head);
}

// Queries `first` to first + queries of a tile over positions [begin, end), from the beginning of a block; `complete` when they see no more.
void Attention::attend(const Item& item, const Work& work, size_t first, size_t queries, size_t begin, size_t end, bool complete) {
  const DType dtype = job_.round ? DType::BF16 : DType::F32;
  const size_t n = layout_.n, sums = layout_.sums, head = item.kv_head * KV_BLOCK * n * size_of(dtype);
  const int32_t* table = job_.tables[item.row];
  float* weight = work.weight + first * KV_STAGE;
  float* piece = work.piece + first * sums;
  const auto block = [&](const char* base, size_t b) { return base + head + static_cast<size_t>(table[b]) * job_.cache.stride; };
  for (size_t at = begin, next; at < end; at = next) {
    next = std::min(end, (at / KV_STAGE + 1) * KV_STAGE);
    if (at % PIECE == 0) std::fill_n(piece, queries * sums, 0.0f);
    const char *keys[STAGE_BLOCKS], *values[STAGE_BLOCKS], *next_keys[STAGE_BLOCKS], *next_values[STAGE_BLOCKS];
    for (size_t b = at / KV_BLOCK, j = 0; b * KV_BLOCK < next; b++, j++) {
      const size_t later = std::min(b + STAGE_BLOCKS, (end - 1) / KV_BLOCK);
      keys[j] = block(job_.cache.k, b);
      values[j] = block(job_.cache.v, b);
      next_keys[j] = block(job_.cache.k, later);
      next_values[j] = block(job_.cache.v, later);
    }
    k_.scores(work.q + first, item.rows * layout_.group, queries, n, {keys, next_keys, next - at, dtype}, weight);
    for (size_t q = 0; q < queries; q++) k_.weigh(weight + q * KV_STAGE, next - at, job_.multiplier, piece + q * sums + to_lines(n));
    k_.mix(weight, queries, n, {values, next_values, next - at, dtype}, piece, sums);
    if (next % PIECE != 0 && !(complete && next == end)) continue;
    float* total = work.total + first * sums;
    if (item.slot != NONE) {
      total = slot(item.slot + (at - item.begin) / PIECE);
      std::fill_n(total, queries * sums, 0.0f);
    }
    close_piece(piece, queries, total);
  }
}

// A piece's sums join the total's.
void Attention::close_piece(const float* piece, size_t queries, float* total) const {
  const size_t width = to_lines(layout_.n);
  for (size_t q = 0; q < queries; q++, piece += layout_.sums, total += layout_.sums) {
    for (size_t i = 0; i < width; i++) total[i] += piece[i];
    float sum = 0;
    for (size_t i = 0; i < KV_BLOCK; i++) sum += piece[width + i];
    total[width] += sum;
  }
}

void Attention::finish(size_t i) {
  const CutRow& cut = cut_rows_[i];
  const size_t size = layout_.group * layout_.sums;
  float* total = slot(cut.slot);
  for (size_t p = 1; p < cut.pieces; p++) {
    const float* piece = slot(cut.slot + p);
    for (size_t j = 0; j < size; j++) total[j] += piece[j];
  }
  put(total, cut.row, cut.kv_head);
}

// y of the queries of one row and key head.
void Attention::put(const float* total, size_t row, size_t kv_head) const {
  const size_t n = layout_.n, group = layout_.group;
  float* y = job_.y + (row * job_.heads.q_heads + kv_head * group) * n;
  for (size_t g = 0; g < group; g++, total += layout_.sums) {
    const float factor = 1.0f / total[to_lines(n)];
    for (size_t i = 0; i < n; i++) y[g * n + i] = total[i] * factor;
  }
  if (job_.round) k_.round(y, group * n);
}

}  // namespace wisecrack
