// How weights come to the card.
#include <algorithm>
#include <stdexcept>

#include "device/cuda/cuda_device.h"
#include "device/cuda/layout.h"

namespace wisecrack::cuda {

size_t CudaDevice::load_bytes(const Matrix& m) const {
  const Layout layout = layout_of(m);
  return layout.bytes() + layout.scale_bytes(m);
}

Matrix CudaDevice::load(const Matrix& m) {
  if (m.rows == 0 || m.cols == 0) return {nullptr, layout_of(m).dtype, m.rows, m.cols};  // a shard without it
  const Layout layout = layout_of(m);
  if (!loader_) loader_ = std::make_unique<WeightLoader>(memory_);
  const size_t row = layout.pitch * size_of(layout.dtype), slab = std::max<size_t>(loader_->slab() / row, 1);
  Matrix there{memory_.allocate(layout.bytes()), layout.dtype, m.rows, m.cols};
  weights_.push_back(const_cast<void*>(there.data));
  for (size_t first = 0; first < layout.rows; first += slab) {
    const size_t last = std::min(first + slab, layout.rows);
    loader_->add(static_cast<char*>(const_cast<void*>(there.data)) + first * row, (last - first) * row,
                 [m, layout, first, last](char* to) { lay_out(m, layout, first, last, to); });
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
