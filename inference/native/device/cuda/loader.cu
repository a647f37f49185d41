#include "device/cuda/loader.h"

#include <algorithm>

#include "device/cuda/launch.h"

namespace wisecrack::cuda {

// A pinned buffer and the thread that fills it.
struct WeightLoader::Buffer {
  enum State { Empty, Filling, Full, Ended };

  char* data = nullptr;
  size_t size = 0;
  void* to = nullptr;
  size_t bytes = 0;
  cudaEvent_t copied = nullptr;

  std::mutex mutex;
  std::condition_variable changed;
  State state = Empty;  // under the mutex
  std::function<void(char*)> fill;
  std::exception_ptr error;
  std::thread reader{[this] { read(); }};  // last: everything is there when it starts

  void read() {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [this] { return state == Filling || state == Ended; });
      if (state == Ended) return;
      lock.unlock();
      try {
        fill(data);
      } catch (...) {
        error = std::current_exception();
      }
      lock.lock();
      if (state == Filling) state = Full;
      changed.notify_all();
    }
  }
  void become(State next) {
    {
      const std::lock_guard lock(mutex);
      state = next;
    }
    changed.notify_all();
  }
  /// False when nothing was asked for.
  bool wait_full() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return state != Filling; });
    return state == Full;
  }
  ~Buffer() {
    become(Ended);
    reader.join();
  }
};

WeightLoader::WeightLoader(const CudaMemory& memory, size_t slab) : slab_(slab) {
  memory.bind();
  demand(cudaStreamCreate(&stream_), "cudaStreamCreate");
}

WeightLoader::~WeightLoader() {
  cudaStreamSynchronize(stream_);  // copies may read the buffers
  for (const auto& buffer : buffers_) {
    buffer->wait_full();
    if (buffer->copied) cudaEventDestroy(buffer->copied);
    cudaFreeHost(buffer->data);
  }
  cudaStreamDestroy(stream_);
}

void WeightLoader::add(void* to, size_t bytes, std::function<void(char*)> fill) {
  if (bytes == 0) return;
  if (bytes > slab_) throw std::length_error("a slab of weights is larger than the buffer that it goes through");
  if (buffers_.size() < BUFFERS && next_ == buffers_.size()) buffers_.push_back(std::make_unique<Buffer>());
  Buffer& buffer = *buffers_[next_];
  next_ = (next_ + 1) % BUFFERS;
  ship(buffer);
  if (buffer.size < bytes) {  // small models are many, and pinning takes time
    demand(cudaFreeHost(buffer.data), "cudaFreeHost");
    buffer.data = nullptr;
    buffer.size = std::min(slab_, 2 * bytes);
    void* data = nullptr;
    demand(cudaMallocHost(&data, buffer.size), "pinning memory for weights");
    buffer.data = static_cast<char*>(data);
  }
  buffer.to = to;
  buffer.bytes = bytes;
  buffer.fill = std::move(fill);
  buffer.become(Buffer::Filling);
}

// Copies what the buffer holds, and waits until it can be filled again; the other readers go on meanwhile.
void WeightLoader::ship(Buffer& buffer) {
  if (!buffer.wait_full()) return;
  buffer.become(Buffer::Empty);
  if (buffer.error) std::rethrow_exception(std::exchange(buffer.error, nullptr));
  if (!buffer.copied) demand(cudaEventCreateWithFlags(&buffer.copied, cudaEventDisableTiming), "cudaEventCreate");
  demand(cudaMemcpyAsync(buffer.to, buffer.data, buffer.bytes, cudaMemcpyHostToDevice, stream_), "copying weights to the card");
  demand(cudaEventRecord(buffer.copied, stream_), "copying weights to the card");
  demand(cudaEventSynchronize(buffer.copied), "copying weights to the card");
}

void WeightLoader::finish() {
  for (size_t i = 0; i < buffers_.size(); i++) ship(*buffers_[(next_ + i) % buffers_.size()]);
  demand(cudaStreamSynchronize(stream_), "copying weights to the card");
}

}  // namespace wisecrack::cuda
