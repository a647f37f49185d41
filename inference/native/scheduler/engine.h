#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "device/open.h"
#include "model/model.h"
#include "scheduler/batch.h"
#include "scheduler/logprobs.h"
#include "scheduler/sampler.h"
#include "scheduler/trace.h"

namespace wisecrack {

struct EngineOptions {
  bool bf16_activations = true;
  int threads = 0;           ///< 0: chosen by thread_count()
  size_t max_sequences = 1;  ///< requests in the batch at once
  size_t context = 0;        ///< positions per request; 0: the config's sequence_len
  size_t kv_bytes = 0;       ///< budget of keys and values; 0: what max_sequences requests of `context` positions take
  size_t step_rows = 0;      ///< rows of a step; 0: 256, or 1024 where experts stay on the host. At least what max_sequences and a little of two prompts take
  bool round_product = true; ///< of int8 weights and their scales (device.h)
  DeviceKind device = DeviceKind::Auto;
  size_t shards = 1;         ///< devices that share the model
  std::shared_ptr<const Pieces> pieces{};  ///< what the tokens spell, for banned phrases
};

struct EngineStats {
  size_t waiting = 0, running = 0, steps = 0;
  size_t prompt_tokens = 0, reply_tokens = 0;    ///< computed since open
  double step_ms = 0;                            ///< the last step
  double forward_ms = 0;                         ///< in the forward pass since open
  size_t batch = 0;                              ///< requests that had a part in it
  size_t preempted = 0;                          ///< times that a request gave way and waited again
  size_t prefix_hits = 0, prefix_misses = 0;     ///< prompt tokens that the prefix cache had and had not
  size_t kv_blocks = 0, kv_blocks_used = 0, kv_blocks_cached = 0;  ///< all; held by requests; kept for those to come
  size_t weight_bytes = 0, kv_bytes = 0;
  size_t device_bytes = 0, device_bytes_used = 0;  ///< of the cards, when all was taken that they need; 0 on the host
  size_t longest_idle = 0;                       ///< most steps in a row that a request which runs had no part in
  int threads = 0;
  size_t shards = 0;
};

/// Devices, what of a model lies on them, and rows of a step.
struct PlacedDevices {
  Devices devices;
  Placement placement;
  size_t step_rows;
};

/// A model, and the one thread that runs all its requests as one continuously changing batch. Batch decides who
/// computes what. All memory that grows with requests is planned at open: no reply ends for want of it.
class Engine {
 public:
  static constexpr size_t MAX_SEQUENCES = 256;
  static constexpr size_t STEP_ROWS = 256;
  static constexpr size_t OFFLOADED_STEP_ROWS = 1024;  ///< of a prompt nearly all experts cross in every step, however many rows share them

  /// Gets all events of a step at once, on the engine's thread. Must not block.
  using Sink = std::function<void(std::vector<Event>&& events)>;

  /// Opens a model folder and starts the thread. Throws ModelError, DeviceError, MemoryError, std::out_of_range
  /// (context, kv_bytes), std::bad_alloc.
  Engine(const std::string& folder, const EngineOptions& options, Sink sink, const std::function<void(double)>& progress = {});
  /// Stops if nobody did.
  ~Engine();

  const Config& config() const { return config_; }
  /// The name of the device that computes, or of the first of several.
  std::string device() const { return devices_[0]->name(); }
  size_t context() const { return context_; }
  /// Whether the weights, or those that are offloaded, did not fit the memory when they were opened, so that steps read them from the disk.
  bool from_disk() const { return from_disk_; }
  /// The experts that did not fit the cards, and stay in the host's memory.
  Offload offload() const { return model_.offload(); }

  /// Queues a request; its events come until one has a finish. Throws std::out_of_range when it does not fit the model or the KV
  /// budget.
  int64_t submit(Request request);

  /// Ends a request at the next step. Unknown ids are ignored.
  void cancel(int64_t id);

  /// Runs `tokens` from an empty cache, `chunk` at a time (0: all at once), between the steps of other requests.
  /// `done` is called on the engine's thread. Throws std::out_of_range when the tokens do not fit the model.
  void trace(std::vector<int32_t> tokens, size_t chunk, TraceDone done);

  EngineStats stats() const;

  /// Bytes a second at which so many threads read the mapped weights: the limit of what reads them (device/cpu/limits.h). Any thread may ask.
  double read_rate(int threads) const;

  /// Asks the thread to end; what runs ends as cancelled. Returns at once.
  void request_stop();

 private:
  void loop();
  bool receive();
  void step();
  void accept(Sequence& sequence, size_t row);
  int32_t draw(const Sequence& sequence, size_t row);
  std::unique_ptr<PhraseFilter> filter_of(const Request& request) const;
  void trace_some();
  void finish(Sequence& sequence, Finish how, const std::string& message = {});
  void finish_all(Finish how, const std::string& message);
  void drop_finished();
  void publish();

  const Config config_;
  const size_t context_;
  const size_t max_sequences_;
  const std::shared_ptr<const Pieces> pieces_;
  const Weights weights_;
  const PlacedDevices placed_;
  const Devices& devices_;
  Model model_;
  const std::unique_ptr<KvPool> pool_;
  const size_t window_;  // positions that a request can have: the context, or less where the KV budget is small
  const Sink sink_;
  bool from_disk_ = false;

  // Shared, under mutex_.
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Batch::Sequences incoming_;
  std::vector<int64_t> cancels_;
  std::deque<std::unique_ptr<TraceJob>> incoming_traces_;
  EngineStats stats_;
  int64_t next_id_ = 1;
  std::atomic<bool> stop_{false};

  // The engine thread's own.
  Batch batch_;
  std::deque<std::unique_ptr<TraceJob>> traces_;
  Sampler sampler_;
  std::vector<float> raw_;  // logits before the sampler changes them, for logprobs
  std::vector<Event> events_;

  std::thread thread_;  // last: everything is there when it starts
};

}  // namespace wisecrack
