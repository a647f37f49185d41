#pragma once
// An engine whose events are collected by request.
#include <condition_variable>
#include <map>
#include <mutex>

#include "golden.h"
#include "scheduler/engine.h"

struct Reply {
  std::vector<int32_t> tokens;
  std::vector<std::vector<wisecrack::Logprob>> top;  ///< of each token, where the request asked for it
  wisecrack::Finish finish = wisecrack::Finish::None;
  std::string message;
};

class EngineRun {
 public:
  explicit EngineRun(const std::string& folder, size_t max_sequences = 4, size_t context = 0, bool bf16 = true, int threads = 1)
      : EngineRun(folder, wisecrack::EngineOptions{bf16, threads, max_sequences, context}) {}
  EngineRun(const std::string& folder, const wisecrack::EngineOptions& options)
      : engine_(std::make_unique<wisecrack::Engine>(folder, options,
                                                    [this](std::vector<wisecrack::Event>&& events) { take(std::move(events)); })) {}

  wisecrack::Engine& engine() { return *engine_; }
  int64_t submit(const wisecrack::Request& r) { return engine_->submit(r); }

  /// Waits for the end of a request.
  Reply wait(int64_t id) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return replies_[id].finish != wisecrack::Finish::None; });
    return replies_[id];
  }
  /// Waits until a request has n tokens.
  void wait_tokens(int64_t id, size_t n) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return replies_[id].tokens.size() >= n || replies_[id].finish != wisecrack::Finish::None; });
  }
  Reply run(const wisecrack::Request& r) { return wait(submit(r)); }
  /// Ends the engine; all events have come then.
  void close() { engine_.reset(); }

 private:
  void take(std::vector<wisecrack::Event>&& events) {
    std::lock_guard lock(mutex_);
    for (auto& event : events) {
      Reply& reply = replies_[event.id];
      if (event.token >= 0) reply.tokens.push_back(event.token);
      if (reply.finish != wisecrack::Finish::None) std::abort();  // nothing may follow the end
      if (!event.top_logprobs.empty()) reply.top.push_back(std::move(event.top_logprobs));
      reply.finish = event.finish;
      reply.message = event.message;
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<int64_t, Reply> replies_;
  std::unique_ptr<wisecrack::Engine> engine_;
};

inline wisecrack::Request request_of(std::vector<int32_t> tokens, int64_t max_tokens, uint64_t seed = 0, double temperature = 0) {
  wisecrack::Request r;
  r.tokens = std::move(tokens);
  r.max_tokens = max_tokens;
  r.sampling.seed = seed;
  r.sampling.temperature = temperature;
  return r;
}
