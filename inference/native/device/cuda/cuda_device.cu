#include "device/cuda/cuda_device.h"

#include <algorithm>
#include <climits>
#include <stdexcept>
#include <type_traits>

#include "device/cuda/attention_exact.cuh"
#include "device/cuda/launch.h"
#include "device/cuda/layout.h"
#include "device/cuda/router.cuh"

namespace wisecrack::cuda {
namespace {

static_assert(BLOCK_POSITIONS == KV_BLOCK);

int whole(size_t n) { return static_cast<int>(n); }
int tiles_of(size_t rows) { return whole((rows + TILE_ROWS - 1) / TILE_ROWS); }

// A loaded matrix as kernels see it (layout.h).
Weight weight_of(const Matrix& m) {
  const int chunks = whole((m.cols + CHUNK - 1) / CHUNK);
  const int group_chunks = m.groups > 1 ? whole(m.cols / m.groups / CHUNK) : INT_MAX;
  return {m.data, static_cast<const bf16*>(m.scales), chunks * CHUNK, tiles_of(m.rows) * TILE_ROWS, group_chunks};
}

// Calls work(W{}) with the type of the weights.
template <class Work>
void by_weight(DType dtype, const Work& work) {
  switch (dtype) {
    case DType::F32: return work(float{});
    case DType::BF16: return work(bf16{});
    case DType::I8: return work(int8_t{});
  }
}

// Calls work(W{}, X{}) with the types of weights and activations.
template <class Work>
void by_types(DType dtype, bool round_activations, const Work& work) {
  by_weight(dtype, [&](auto w) { round_activations ? work(w, bf16{}) : work(w, float{}); });
}

template <class X>
const X* as(const float* x) {
  return reinterpret_cast<const X*>(x);
}
template <class X>
X* as(float* x) {
  return reinterpret_cast<X*>(x);
}

template <class X>
KvView<X> view_of(const KvLayer& cache, size_t key_size) {
  return {reinterpret_cast<X*>(cache.k), reinterpret_cast<X*>(cache.v), cache.stride / sizeof(X), whole(key_size)};
}

void same_type(const Matrix& a, const Matrix& b) {
  if (a.dtype != b.dtype) throw std::runtime_error("matrices that are read together must have one type of weights");
}

}  // namespace

CudaDevice::CudaDevice(bool round_activations, int device, Way way, Member member)
    : Device(round_activations, std::move(member)),
      device_(device),
      memory_(device),
      way_(way),
      inputs_there_(memory_),
      out_(memory_),
      expert_hidden_(memory_),
      expert_out_(memory_),
      partial_(memory_),
      logits_(memory_),
      peers_(this->member().count() > 1 ? std::make_unique<Peers>(this->member(), memory_) : nullptr),
      routed_(memory_) {}

CudaDevice::~CudaDevice() {
  for (void* data : weights_) memory_.release(data, 0);
}

std::string CudaDevice::refusal(const Shape& s) {
  const auto is = [](const char* what, size_t n, const std::string& must) {
    return std::string("the CUDA kernels want ") + what + " " + must + "; it is " + std::to_string(n);
  };
  const size_t group = s.heads.q_heads / s.heads.kv_heads;
  if (s.heads.key_size % TILE_ROWS || s.heads.key_size > MAX_KEY)
    return is("key_size to be a multiple of 16 up to", s.heads.key_size, std::to_string(MAX_KEY));
  if (group > QUERY_ROWS) return is("query heads per kv head to be at most", group, std::to_string(QUERY_ROWS));
  if (s.emb % 8) return is("emb_size to be a multiple of", s.emb, "8");
  if (s.ffn % 8) return is("the ffn size to be a multiple of", s.ffn, "8");
  if (s.experts > MAX_EXPERTS) return is("num_experts to be at most", s.experts, std::to_string(MAX_EXPERTS));
  return {};
}

std::string CudaDevice::name() const {
  cudaDeviceProp properties{};
  demand(cudaGetDeviceProperties(&properties, device_), "cudaGetDeviceProperties");
  return properties.name;
}

size_t CudaDevice::load_bytes(const Matrix& m) const {
  const Layout layout = layout_of(m);
  return layout.bytes() + layout.scale_bytes(m);
}

Matrix CudaDevice::load(const Matrix& m) {
  if (m.rows == 0 || m.cols == 0) return {nullptr, layout_of(m).dtype, m.rows, m.cols};  // a shard without it
  const Layout layout = layout_of(m);
  const size_t row = layout.pitch * size_of(layout.dtype), slab = std::max<size_t>(CudaMemory::STAGING / row, 1);
  if (row > CudaMemory::STAGING) throw std::runtime_error("a row of a matrix is larger than the staging buffer");
  Matrix there{memory_.allocate(layout.bytes()), layout.dtype, m.rows, m.cols};
  weights_.push_back(const_cast<void*>(there.data));
  for (size_t first = 0; first < layout.rows; first += slab) {
    const size_t last = std::min(first + slab, layout.rows);
    memory_.wait();
    lay_out(m, layout, first, last, static_cast<char*>(memory_.staging()));
    memory_.upload_staged(static_cast<char*>(const_cast<void*>(there.data)) + first * row, (last - first) * row);
  }
  if (layout.dtype == DType::I8) {
    std::vector<char> scales(layout.scale_bytes(m));
    lay_out_scales(m, layout, scales.data());
    void* place = memory_.allocate(scales.size());
    weights_.push_back(place);
    memory_.upload(place, scales.data(), scales.size());
    there.scales = place;
    there.groups = m.groups;
  }
  return there;
}

const float* CudaDevice::load(std::span<const float> values) {
  void* place = memory_.allocate(values.size_bytes());
  weights_.push_back(place);
  memory_.upload(place, values.data(), values.size_bytes());
  return static_cast<const float*>(place);
}

namespace {

// Elements of CudaDevice's arrays.
struct Work {
  size_t inputs, out, expert_hidden, expert_out, logits, partial, routed;
  size_t total() const { return inputs + out + expert_hidden + expert_out + logits + partial + routed; }
};

size_t routing_size(size_t experts, size_t slots) { return 1 + experts + 1 + 2 * slots; }

Work work_of(const Shape& s, size_t rows, size_t logit_rows, bool round_activations) {
  const size_t slots = rows * s.selected, segments = (s.positions + SEGMENT - 1) / SEGMENT;
  const size_t row = segments * s.heads.q_heads * (s.heads.key_size + 1);  // of partial sums
  const size_t blocks = (s.positions + KV_BLOCK - 1) / KV_BLOCK;
  return {rows * (6 + blocks), rows * s.emb, slots * s.ffn, slots * s.emb, logit_rows * s.vocab, round_activations ? std::min(rows, logit_rows) * row : 0,
          routing_size(s.experts, slots)};
}

}  // namespace

// Forward's own arrays are counted, too.
size_t CudaDevice::work_bytes(const Shape& s, size_t rows, size_t logit_rows) const {
  const size_t own = rows * (2 * s.emb + 2 * s.heads.q_heads * s.heads.key_size + s.experts + s.selected);
  const size_t sums = peers_ ? Peers::bytes(rows * s.emb) : 0;
  return (own + work_of(s, rows, logit_rows, round_activations()).total()) * sizeof(float) + sums;
}

void CudaDevice::reserve(const Shape& shape, size_t rows, size_t logit_rows) {
  const Work work = work_of(shape, rows, logit_rows, round_activations());
  inputs_there_.at_least(work.inputs);
  out_.at_least(work.out);
  expert_hidden_.at_least(work.expert_hidden);
  expert_out_.at_least(work.expert_out);
  logits_.at_least(work.logits);
  partial_.at_least(work.partial);
  reserve_routing(shape.experts, rows * shape.selected);
  if (peers_) peers_->reserve(rows * shape.emb);
}

void CudaDevice::reserve_routing(size_t experts, size_t slots) {
  if (routed_.size() >= routing_size(experts, slots)) return;
  routed_.at_least(routing_size(experts, slots));
  memory_.fill(routed_.data(), 0, sizeof(int32_t));  // the counter
}

void CudaDevice::give_back() {
  for (auto* a : {&out_, &expert_hidden_, &expert_out_, &partial_, &logits_}) a->give_back();
  routed_.give_back();
}

void CudaDevice::begin(const Step& step) {
  memory_.bind();
  // The most heads that may share keys leave the fewest tokens to a tile; attention() has not said yet how many there are.
  inputs_.fill(step, static_cast<size_t>(tile_tokens(QUERY_ROWS)));
  inputs_there_.at_least(inputs_.values.size());
  memory_.upload(inputs_there_.data(), inputs_.values.data(), inputs_.values.size() * sizeof(int32_t));
}

StepView CudaDevice::view() const {
  return {input(inputs_.tokens), input(inputs_.positions), input(inputs_.sequence), input(inputs_.tables), whole(inputs_.width)};
}

void CudaDevice::all_reduce(float* y, size_t n) {
  if (!peers_) return;
  memory_.copy(peers_->part(Room::Embedding), y, n * sizeof(float));
  peers_->sum(Room::Embedding, y, n, round_activations());
}

void CudaDevice::embed(const Matrix& table, size_t first, float scale, float* h) {
  by_types(table.dtype, round_activations(), [&](auto w, auto x) {
    launch("embed", cuda::embed<decltype(w), decltype(x)>, dim3(whole(inputs_.rows)), NORM_THREADS, 0, stream(), weight_of(table),
           input(inputs_.tokens), whole(first), whole(table.rows), whole(table.cols), scale, h);
  });
  all_reduce(h, inputs_.rows * table.cols);
}

void CudaDevice::norm(const float* h, const float* scale, size_t n, float* x) {
  const dim3 grid(whole(inputs_.rows));
  const int32_t* all = nullptr;
  if (round_activations())
    launch("norm", cuda::norm<bf16>, grid, NORM_THREADS, sizeof(NormShared), stream(), h, all, scale, whole(n), RMS_EPS, as<bf16>(x));
  else
    launch("norm", cuda::norm<float>, grid, NORM_THREADS, sizeof(NormShared), stream(), h, all, scale, whole(n), RMS_EPS, x);
}

void CudaDevice::apply(const Outcome& outcome, const Sandwich& s, size_t n) {
  const dim3 grid(whole(inputs_.rows));
  if (round_activations())
    launch("sandwich", sandwich<bf16>, grid, NORM_THREADS, sizeof(NormShared), stream(), outcome, s.post, s.h, s.next, whole(n),
           RMS_EPS, as<bf16>(s.x));
  else
    launch("sandwich", sandwich<float>, grid, NORM_THREADS, sizeof(NormShared), stream(), outcome, s.post, s.h, s.next, whole(n),
           RMS_EPS, s.x);
}

void CudaDevice::dense(const float* x, const Matrix& m, size_t rows, float scale, bool round, float* y) {
  by_types(m.dtype, round_activations(), [&](auto w, auto type) {
    using X = decltype(type);
    const DenseJob<decltype(w), X> job{weight_of(m), as<X>(x), y, whole(m.cols), whole(m.rows), tiles_of(m.rows), whole(rows), scale, round};
    launch_product("dense", job, whole(rows), stream(), way_);
  });
}

void CudaDevice::qkv(const float* x, const Matrix& wq, const Matrix& wk, const Matrix& wv, HeadShape heads, const Rope& rope,
                     const KvLayer& cache, float* q) {
  same_type(wq, wk);
  same_type(wq, wv);
  by_types(wq.dtype, round_activations(), [&](auto w, auto type) {
    using X = decltype(type);
    const int q_tiles = tiles_of(wq.rows), kv_tiles = tiles_of(wk.rows);
    const QkvJob<decltype(w), X> job{{weight_of(wq), weight_of(wk), weight_of(wv)},
                                     as<X>(x),
                                     as<X>(q),
                                     view_of<X>(cache, heads.key_size),
                                     view(),
                                     rope.cosine,
                                     rope.sine,
                                     whole(wq.cols),
                                     q_tiles + 2 * kv_tiles,
                                     q_tiles,
                                     kv_tiles,
                                     whole(heads.key_size),
                                     whole(inputs_.rows)};
    launch_product("qkv", job, whole(inputs_.rows), stream(), way_);
  });
}

void CudaDevice::attention(const float* q, const KvLayer& cache, HeadShape heads, float multiplier, float* attended) {
  if (round_activations()) attend_rounded(q, cache, heads, multiplier, attended);
  else attend_exactly(q, cache, heads, multiplier, attended);
}

void CudaDevice::attend_exactly(const float* q, const KvLayer& cache, HeadShape heads, float multiplier, float* attended) {
  launch("attention_exact", attention_exact, dim3(whole(inputs_.rows), whole(heads.q_heads)), WARP, sizeof(ExactShared), stream(), q,
         view_of<float>(cache, heads.key_size), view(), whole(heads.q_heads), whole(heads.kv_heads), multiplier, attended);
}

void CudaDevice::attend_rounded(const float* q, const KvLayer& cache, HeadShape heads, float multiplier, float* attended) {
  const size_t segments = (inputs_.longest + SEGMENT - 1) / SEGMENT;
  partial_.at_least(inputs_.singles * segments * heads.q_heads * (heads.key_size + 1));
  const AttentionJob job{as<bf16>(q),
                         as<bf16>(attended),
                         view_of<bf16>(cache, heads.key_size),
                         view(),
                         whole(heads.q_heads),
                         whole(heads.kv_heads),
                         multiplier,
                         input(inputs_.single),
                         partial_.data(),
                         whole(segments),
                         input(inputs_.tiles)};
  const auto kv = static_cast<unsigned>(heads.kv_heads);
  const auto start = [&](auto chunks) {
    constexpr int DC = decltype(chunks)::value;
    if (inputs_.singles) {
      const dim3 rows(whole(inputs_.singles), kv, (whole(segments) + ATTENTION_WARPS - 1) / ATTENTION_WARPS);
      launch("attention_decode", attention_decode<DC>, rows, ATTENTION_THREADS, sizeof(DecodeShared<DC>), stream(), job);
      launch("attention_combine", attention_combine, dim3(whole(inputs_.singles), kv), ATTENTION_THREADS, 0, stream(), job);
    }
    if (inputs_.query_tiles)
      launch("attention_prefill", attention_prefill<DC>, dim3(whole(inputs_.query_tiles), kv), ATTENTION_THREADS,
             sizeof(PrefillShared<DC>), stream(), job);
  };
  if (heads.key_size <= CHUNK) start(std::integral_constant<int, 1>{});
  else start(std::integral_constant<int, 2>{});
}

void CudaDevice::project(const float* attended, const Matrix& w, const Sandwich& s) {
  if (peers_) {
    float* part = peers_->part(Room::Attention);
    if (w.cols > 0) dense(attended, w, inputs_.rows, 1, false, part);
    else memory_.fill(part, 0, inputs_.rows * w.rows * sizeof(float));
    sum(Room::Attention, out_.data(), w.rows);
  } else {
    dense(attended, w, inputs_.rows, 1, round_activations(), out_.data());
  }
  apply({out_.data(), nullptr, nullptr, nullptr, 0, 0}, s, w.rows);
}

void CudaDevice::experts(const float* x, const Matrix& router, std::span<const Expert> experts, size_t selected, const Sandwich& s,
                         float* probs, int32_t* chosen) {
  const size_t rows = inputs_.rows, slots = rows * selected, emb = router.cols, ffn = experts[0].gate.rows;
  int32_t *begin = routed_.data() + 1, *source = begin + experts.size() + 1, *place = source + slots;
  if (router.dtype == DType::I8) throw std::runtime_error("the router must not be int8");
  by_types(router.dtype, round_activations(), [&](auto w, auto type) {
    using X = decltype(type);
    using W = std::conditional_t<sizeof(w) == 1, bf16, decltype(w)>;
    const RouterJob job{weight_of(router), whole(emb), whole(experts.size()), whole(selected), whole(rows), probs, chosen, begin, source,
                        place, routed_.data()};
    launch("route", route<W, X>, dim3(whole(rows)), ROUTER_THREADS, sizeof(RouterShared), stream(), as<X>(x), job);
  });
  for (const Expert& e : experts) {
    same_type(e.gate, experts[0].gate);
    same_type(e.up, experts[0].gate);
    same_type(e.down, experts[0].down);
  }
  if (ffn > 0) run_experts(x, experts, slots, emb, begin, source);
  const Outcome outcome{expert_out_.data(), place, chosen, probs, whole(experts.size()), whole(selected)};
  if (!peers_) return apply(outcome, s, emb);
  float* part = peers_->part(Room::Experts);
  if (ffn > 0) launch("combine", combine, dim3(whole(rows)), NORM_THREADS, 0, stream(), outcome, whole(emb), part);
  else memory_.fill(part, 0, rows * emb * sizeof(float));
  sum(Room::Experts, out_.data(), emb);
  apply({out_.data(), nullptr, nullptr, nullptr, 0, 0}, s, emb);
}

// Each slot's hidden values and outputs, the gates left out.
void CudaDevice::run_experts(const float* x, std::span<const Expert> experts, size_t slots, size_t emb, const int32_t* begin,
                             const int32_t* source) {
  const size_t ffn = experts[0].gate.rows;
  by_types(experts[0].gate.dtype, round_activations(), [&](auto w, auto type) {
    using X = decltype(type);
    UpJob<decltype(w), X> job{};
    for (size_t e = 0; e < experts.size(); e++) {
      job.w[e][0] = weight_of(experts[e].gate);
      job.w[e][1] = weight_of(experts[e].up);
    }
    job.x_ = as<X>(x);
    job.y = as<X>(expert_hidden_.data());
    job.routed = {begin, source};
    job.inputs = whole(emb);
    job.outputs = whole(ffn);
    job.tiles = tiles_of(ffn);
    job.groups = whole(experts.size());
    launch_product("experts_up", job, whole(slots), stream(), way_);
  });
  by_types(experts[0].down.dtype, round_activations(), [&](auto w, auto type) {
    using X = decltype(type);
    DownJob<decltype(w), X> job{};
    for (size_t e = 0; e < experts.size(); e++) job.w[e] = weight_of(experts[e].down);
    job.x_ = as<X>(expert_hidden_.data());
    job.y = expert_out_.data();
    job.routed = {begin, source};
    job.inputs = whole(ffn);
    job.outputs = whole(emb);
    job.tiles = tiles_of(emb);
    job.groups = whole(experts.size());
    job.round = !peers_;
    launch_product("experts_down", job, whole(slots), stream(), way_);
  });
}

void CudaDevice::logits(const float* h, const float* norm_scale, const Matrix& table, float scale, float* y) {
  const size_t n = inputs_.wanted_rows;
  const dim3 grid(whole(n));
  const int32_t* wanted = input(inputs_.wanted);
  float* x = out_.data();
  if (round_activations())
    launch("norm", cuda::norm<bf16>, grid, NORM_THREADS, sizeof(NormShared), stream(), h, wanted, norm_scale, whole(table.cols), RMS_EPS,
           as<bf16>(x));
  else
    launch("norm", cuda::norm<float>, grid, NORM_THREADS, sizeof(NormShared), stream(), h, wanted, norm_scale, whole(table.cols), RMS_EPS, x);
  dense(x, table, n, scale, false, logits_.data());
  memory_.download(y, logits_.data(), n * table.rows * sizeof(float));
}

}  // namespace wisecrack::cuda
