#include "device/cuda/loader.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "device/cuda/launch.h"
#include "device/cuda/layout.h"

namespace wisecrack::cuda {

// What a reader has: a pinned buffer, and the stream that empties it.
struct WeightLoader::Reader {
  const size_t slab;
  Pinned<char> buffer;
  cudaStream_t stream = nullptr;

  explicit Reader(size_t slab) : slab(slab) {}
  ~Reader() {
    if (stream) cudaStreamDestroy(stream);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  void bring(const CudaMemory& memory, const Slab& one) {
    if (!stream) {
      memory.bind();
      demand(cudaStreamCreate(&stream), "cudaStreamCreate");
    }
    if (buffer.size() < one.bytes) buffer.at_least(std::min(slab, 2 * one.bytes));  // small models are many, and pinning takes time
    one.fill(buffer.data());
    if (one.after) demand(cudaStreamWaitEvent(stream, one.after, 0), "copying weights to the card");
    demand(cudaMemcpyAsync(one.to, buffer.data(), one.bytes, cudaMemcpyHostToDevice, stream), "copying weights to the card");
    demand(cudaStreamSynchronize(stream), "copying weights to the card");
  }
};

WeightLoader::WeightLoader(const CudaMemory& memory, size_t slab, size_t readers, size_t queue)
    : memory_(memory), slab_(slab), most_readers_(readers), most_queued_(queue) {}

WeightLoader::~WeightLoader() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    queue_.clear();
  }
  changed_.notify_all();
  for (std::thread& reader : readers_) reader.join();
}

void WeightLoader::add(void* to, size_t bytes, std::function<void(char*)> fill) { add(all_, to, bytes, std::move(fill)); }

void WeightLoader::finish() { wait(all_); }

void WeightLoader::add(Arrival& arrival, void* to, size_t bytes, std::function<void(char*)> fill, cudaEvent_t after) {
  if (bytes == 0) return;
  if (bytes > slab_) throw std::length_error("a slab of weights is larger than the buffer that it goes through");
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return arrival.error_ || queue_.size() < most_queued_; });
  if (arrival.error_) {
    lock.unlock();
    return wait(arrival);
  }
  if (queue_.size() + busy_ >= readers_.size() && readers_.size() < most_readers_) readers_.emplace_back([this] { read(); });
  arrival.pending_++;
  queue_.push_back({&arrival, to, bytes, std::move(fill), after});
  lock.unlock();
  changed_.notify_all();
}

void WeightLoader::add(Arrival& arrival, const Matrix& m, void* data, void* scales, cudaEvent_t after) {
  const Layout layout = layout_of(m);
  const size_t row = layout.pitch * size_of(layout.dtype), rows = std::max<size_t>(slab_ / row, 1);
  for (size_t first = 0; first < layout.rows; first += rows) {
    const size_t last = std::min(first + rows, layout.rows);
    const auto fill = [m, layout, first, last](char* buffer) {
      bring_rows_in(m, first, last);
      lay_out(m, layout, first, last, buffer);
    };
    add(arrival, static_cast<char*>(data) + first * row, (last - first) * row, fill, after);
  }
  if (layout.dtype != DType::I8) return;
  add(arrival, scales, layout.scale_bytes(m), [m, layout](char* buffer) { lay_out_scales(m, layout, buffer); }, after);
}

void WeightLoader::wait(Arrival& arrival) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return arrival.pending_ == 0; });
  if (arrival.error_) std::rethrow_exception(std::exchange(arrival.error_, nullptr));
}

void WeightLoader::read() {
  Reader reader(slab_);
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ended_ || !queue_.empty(); });
    if (ended_) return lock.unlock();
    const Slab slab = std::move(queue_.front());
    queue_.pop_front();
    busy_++;
    std::exception_ptr error = slab.arrival->error_;  // one that is lost needs no more of its slabs
    lock.unlock();
    changed_.notify_all();
    if (!error) {
      try {
        reader.bring(memory_, slab);
      } catch (...) {
        error = std::current_exception();
      }
    }
    lock.lock();
    busy_--;
    if (!slab.arrival->error_) slab.arrival->error_ = error;
    slab.arrival->pending_--;
    changed_.notify_all();
  }
}

}  // namespace wisecrack::cuda
