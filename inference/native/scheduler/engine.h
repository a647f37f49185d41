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

#include "device/cpu/cpu_device.h"
#include "model/forward.h"
#include "scheduler/request.h"
#include "scheduler/sampler.h"
#include "scheduler/trace.h"

namespace wisecrack {

struct EngineOptions {
  bool bf16_activations = true;
  int threads = 0;           ///< 0: chosen by thread_count()
  size_t max_sequences = 1;  ///< requests in the batch at once
  size_t context = 0;        ///< positions per request; 0: the config's sequence_len
};

struct EngineStats {
  size_t waiting = 0, running = 0, steps = 0, prompt_tokens = 0, reply_tokens = 0;
  double step_ms = 0;
  size_t weight_bytes = 0, kv_bytes = 0;
  int threads = 0;
};

/// A model, and the one thread that runs all its requests as one continuously changing batch. A step computes one token of every
/// sequence that decodes and, up to MAX_ROWS rows in all, a piece of the prompts that came first.
class Engine {
 public:
  static constexpr size_t MAX_ROWS = 256;

  /// Gets all events of a step at once, on the engine's thread. Must not block.
  using Sink = std::function<void(std::vector<Event>&& events)>;

  /// Opens a model folder and starts the thread. Throws ModelError, std::out_of_range (context), std::bad_alloc.
  Engine(const std::string& folder, const EngineOptions& options, Sink sink, const std::function<void(double)>& progress = {});
  /// Stops if nobody did.
  ~Engine();

  const Config& config() const { return config_; }
  size_t context() const { return context_; }

  /// Queues a request; its events come until one has a finish. Throws std::out_of_range when it does not fit the model.
  int64_t submit(Request request);

  /// Ends a request at the next step. Unknown ids are ignored.
  void cancel(int64_t id);

  /// Runs `tokens` from an empty cache, `chunk` at a time (0: all at once), between the steps of other requests.
  /// `done` is called on the engine's thread. Throws std::out_of_range when the tokens do not fit the model.
  void trace(std::vector<int32_t> tokens, size_t chunk, TraceDone done);

  EngineStats stats() const;

  /// Asks the thread to end; what runs ends as cancelled. Returns at once.
  void request_stop();

 private:
  struct Sequence;
  using Sequences = std::deque<std::unique_ptr<Sequence>>;

  void loop();
  bool receive();
  void admit();
  void step();
  void lay_out_rows();
  void accept(Sequence& sequence, float* logits);
  void trace_some();
  void finish(Sequence& sequence, Finish how, const std::string& message = {});
  void finish_all(Finish how, const std::string& message);
  void drop_finished();
  void publish();

  const Config config_;
  const size_t context_;
  const size_t max_sequences_;
  const Weights weights_;
  CpuDevice device_;
  Forward forward_;
  const Sink sink_;

  // Shared, under mutex_.
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Sequences incoming_;
  std::vector<int64_t> cancels_;
  std::deque<std::unique_ptr<TraceJob>> incoming_traces_;
  EngineStats stats_;
  int64_t next_id_ = 1;
  std::atomic<bool> stop_{false};

  // The engine thread's own.
  Sequences waiting_, running_;
  std::deque<std::unique_ptr<TraceJob>> traces_;
  std::vector<std::unique_ptr<KvCache>> free_caches_;
  size_t caches_ = 0;
  Sampler sampler_;
  std::vector<Row> rows_;
  std::vector<Event> events_;

  std::thread thread_;  // last: everything is there when it starts
};

}  // namespace wisecrack
