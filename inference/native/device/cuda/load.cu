// How weights come to the card.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>

#include "device/cuda/cuda_device.h"
#include "device/cuda/layout.h"

namespace wisecrack::cuda {

size_t CudaDevice::load_bytes(const Matrix& m) const {
  const Layout layout = layout_of(m);
  return layout.bytes() + layout.scale_bytes(m);
}

size_t CudaDevice::offload_bytes(const Expert& e) const { return OffloadedExperts::SLOTS * OffloadedExperts::slot_bytes(e); }

void CudaDevice::offload(std::span<const Expert> experts) {
  if (!offloaded_) offloaded_ = std::make_unique<OffloadedExperts>(memory_);
  for (const Expert& e : experts) offloaded_->make_room(e);
}

// With so many rows that hardly an expert is left out, those that come first are begun before the router has spoken: what the link carries in
// vain would cost more than it saves.
void CudaDevice::soon(std::span<const Expert> experts, size_t selected) {
  const double left_out = 1 - static_cast<double>(selected) / static_cast<double>(experts.size());
  if (std::pow(left_out, inputs_.rows) * static_cast<double>(experts.size()) > 0.5) return;
  for (const Expert& e : experts.first(std::min(OffloadedExperts::SLOTS, experts.size()))) offloaded_->expect(e);
}

double CudaDevice::bring(std::span<const Expert> experts) {
  finish_loading();
  const auto start = std::chrono::steady_clock::now();
  size_t bytes = 0;
  for (size_t e = 0, asked = 0; e < experts.size(); e++) {
    while (asked < experts.size() && offloaded_->ask(experts[asked])) asked++;
    offloaded_->take(experts[e]);
    offloaded_->release(experts[e]);
    for (const Matrix* m : {&experts[e].gate, &experts[e].up, &experts[e].down}) bytes += load_bytes(*m);
  }
  return static_cast<double>(bytes) / std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Matrix CudaDevice::load(const Matrix& m) {
  if (m.rows == 0 || m.cols == 0) return {nullptr, layout_of(m).dtype, m.rows, m.cols};  // a shard without it
  const Layout layout = layout_of(m);
  if (!loader_) loader_ = std::make_unique<WeightLoader>(memory_);
  const auto place = [&](size_t bytes) { return weights_.emplace_back(memory_.allocate(bytes)); };
  Matrix there{place(layout.bytes()), layout.dtype, m.rows, m.cols};
  void* scales = nullptr;
  if (layout.dtype == DType::I8) {
    there.scales = scales = place(layout.scale_bytes(m));
    there.groups = m.groups;
  }
  loader_->add(m, const_cast<void*>(there.data), scales);
  return there;
}

// Gives the pinned buffers back.
void CudaDevice::finish_loading() {
  if (!loader_) return;
  loader_->finish();
  loader_.reset();
}

const float* CudaDevice::load(std::span<const float> values) {
  void* place = memory_.allocate(values.size_bytes());
  weights_.push_back(place);
  memory_.upload(place, values.data(), values.size_bytes());
  return static_cast<const float*>(place);
}

}  // namespace wisecrack::cuda
