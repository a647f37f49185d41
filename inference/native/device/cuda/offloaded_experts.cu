#include "device/cuda/offloaded_experts.h"

#include <algorithm>
#include <stdexcept>

#include "device/cuda/launch.h"
#include "device/cuda/layout.h"

namespace wisecrack::cuda {
namespace {

constexpr size_t ALIGN = 256;  // as an allocation of its own would have

size_t aligned(size_t bytes) { return (bytes + ALIGN - 1) / ALIGN * ALIGN; }

size_t room_for(const Matrix& m) {
  const Layout layout = layout_of(m);
  return aligned(layout.bytes()) + aligned(layout.scale_bytes(m));
}

// A matrix that lies at `data`, its scales behind it.
Matrix lies_at(const Matrix& m, const char* data) {
  const Layout layout = layout_of(m);
  Matrix there{data, layout.dtype, m.rows, m.cols};
  if (layout.dtype != DType::I8) return there;
  there.scales = data + aligned(layout.bytes());
  there.groups = m.groups;
  return there;
}

size_t readers(size_t most) { return std::clamp<size_t>(std::thread::hardware_concurrency(), 2, most); }

}  // namespace

OffloadedExperts::OffloadedExperts(CudaMemory& memory) : memory_(memory), loader_(memory, SLAB, readers(MOST_READERS), SIZE_MAX) {
  memory_.bind();
  for (Slot& slot : slots_) demand(cudaEventCreateWithFlags(&slot.read, cudaEventDisableTiming), "cudaEventCreate");
}

OffloadedExperts::~OffloadedExperts() {
  for (Slot& slot : slots_) {
    try {
      loader_.wait(slot.arrival);  // it writes there
    } catch (...) {  // nobody wants it any more
    }
    cudaEventDestroy(slot.read);
    memory_.release(slot.data, slot_size_);
  }
}

size_t OffloadedExperts::slot_bytes(const Expert& e) { return room_for(e.gate) + room_for(e.up) + room_for(e.down); }

void OffloadedExperts::make_room(const Expert& e) {
  if (slot_bytes(e) <= slot_size_) return;
  for (Slot& slot : slots_) {
    memory_.release(slot.data, slot_size_);
    slot.data = nullptr;
  }
  slot_size_ = slot_bytes(e);
  for (Slot& slot : slots_) slot.data = static_cast<char*>(memory_.allocate(slot_size_));
}

bool OffloadedExperts::ask(const Expert& e) {
  Slot* slot = bring(e);
  if (slot) slot->kept = true;
  return slot != nullptr;
}

void OffloadedExperts::expect(const Expert& e) { bring(e); }

Expert OffloadedExperts::take(const Expert& e) {
  Slot* slot = find(e);
  if (!slot) throw std::logic_error("an expert was not asked for");
  try {
    loader_.wait(slot->arrival);
  } catch (...) {
    lose(*slot);
    throw;
  }
  const char *gate = slot->data, *up = gate + room_for(e.gate), *down = up + room_for(e.up);
  return {lies_at(e.gate, gate), lies_at(e.up, up), lies_at(e.down, down)};
}

void OffloadedExperts::release(const Expert& e) {
  Slot* slot = find(e);
  demand(cudaEventRecord(slot->read, memory_.stream()), "cudaEventRecord");
  slot->kept = false;
}

OffloadedExperts::Slot* OffloadedExperts::find(const Expert& e) {
  const auto found = std::find_if(std::begin(slots_), std::end(slots_), [&](const Slot& slot) { return slot.holds && slot.holds->gate.data == e.gate.data; });
  return found == std::end(slots_) ? nullptr : found;
}

// The slot that has it or will have it; of those that nobody keeps, the one that was used longest ago. Null when all are kept.
OffloadedExperts::Slot* OffloadedExperts::bring(const Expert& e) {
  Slot* slot = find(e);
  if (!slot) {
    for (Slot& one : slots_)
      if (!one.kept && (!slot || one.used < slot->used)) slot = &one;
    if (!slot) return nullptr;
    try {
      loader_.wait(slot->arrival);  // of one that was expected, and then not wanted
    } catch (...) {  // nor is its error
    }
    slot->holds = e;
    try {
      begin(*slot, e.gate, slot->data);
      begin(*slot, e.up, slot->data + room_for(e.gate));
      begin(*slot, e.down, slot->data + room_for(e.gate) + room_for(e.up));
    } catch (...) {
      lose(*slot);
      throw;
    }
  }
  slot->used = ++clock_;
  return slot;
}

// The step is lost with it; the next one finds no slot kept.
void OffloadedExperts::lose(Slot& slot) {
  slot.holds.reset();
  for (Slot& one : slots_) one.kept = false;
}

void OffloadedExperts::begin(Slot& slot, const Matrix& m, char* to) {
  loader_.add(slot.arrival, m, to, const_cast<void*>(lies_at(m, to).scales), slot.read);
}

}  // namespace wisecrack::cuda
