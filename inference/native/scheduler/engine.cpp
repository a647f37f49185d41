#include "scheduler/engine.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "device/cpu/features.h"

namespace wisecrack {
namespace {

const char* const OUT_OF_MEMORY = "WISECRACK_OUT_OF_MEMORY: not enough memory for the next step";

size_t checked_context(size_t wanted, const Config& config) {
  const auto limit = static_cast<size_t>(config.sequence_len);
  if (wanted > limit)
    throw std::out_of_range("context is " + std::to_string(wanted) + ", the model's sequence_len is " + std::to_string(limit));
  return wanted ? wanted : limit;
}

}  // namespace

/// A request in the batch or on its way there.
struct Engine::Sequence {
  int64_t id;
  Request request;  // its tokens grow by what is drawn
  std::unique_ptr<KvCache> cache = nullptr;
  size_t done = 0;          // positions that are in the cache
  size_t now = 0;           // rows in this step
  int64_t reply = 0;        // reply tokens so far, resumed ones included
  bool finished = false;

  size_t missing() const { return request.tokens.size() - done; }
  bool complete_after_step() const { return now > 0 && now == missing(); }
};

Engine::Engine(const std::string& folder, const EngineOptions& options, Sink sink, const std::function<void(double)>& progress)
    : config_(read_config(folder + "/config.json")),
      context_(checked_context(options.context, config_)),
      max_sequences_(std::clamp<size_t>(options.max_sequences, 1, MAX_ROWS)),
      weights_(folder, config_, progress),
      device_(options.bf16_activations, thread_count(options.threads)),
      forward_(config_, weights_, device_, context_),
      sink_(std::move(sink)) {
  stats_.weight_bytes = weights_.bytes();
  stats_.threads = device_.threads();
  thread_ = std::thread([this] { loop(); });
}

Engine::~Engine() {
  request_stop();
  thread_.join();
}

void Engine::request_stop() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
}

int64_t Engine::submit(Request request) {
  check_request(request, config_, context_);
  auto sequence = std::make_unique<Sequence>(Sequence{0, std::move(request)});
  sequence->reply = sequence->request.resumed;
  std::lock_guard lock(mutex_);
  const int64_t id = sequence->id = next_id_++;
  incoming_.push_back(std::move(sequence));
  stats_.waiting++;
  wake_.notify_one();
  return id;
}

void Engine::cancel(int64_t id) {
  std::lock_guard lock(mutex_);
  cancels_.push_back(id);
  wake_.notify_one();
}

void Engine::trace(std::vector<int32_t> tokens, size_t chunk, TraceDone done) {
  if (tokens.empty()) throw std::out_of_range("there are no tokens to trace");
  if (tokens.size() > context_)
    throw std::out_of_range("trace has " + std::to_string(tokens.size()) + " tokens, the context is " + std::to_string(context_));
  check_tokens(tokens, "tokens", config_);
  auto job = std::make_unique<TraceJob>(std::move(tokens), chunk, std::move(done));
  std::lock_guard lock(mutex_);
  incoming_traces_.push_back(std::move(job));
  wake_.notify_one();
}

EngineStats Engine::stats() const {
  std::lock_guard lock(mutex_);
  return stats_;
}

void Engine::loop() {
#if defined(__linux__)
  pthread_setname_np(pthread_self(), "wisecrack");
#endif
  while (true) {
    try {
      if (!receive()) break;
      admit();
      step();
    } catch (const std::bad_alloc&) {
      finish_all(Finish::Error, OUT_OF_MEMORY);
    } catch (const std::exception& error) {
      finish_all(Finish::Error, error.what());
    }
    drop_finished();
    publish();
    trace_some();
  }
  finish_all(Finish::Cancelled, {});
  publish();
  const auto closed = std::make_exception_ptr(std::runtime_error("the model was closed"));
  for (auto* jobs : {&traces_, &incoming_traces_})
    for (auto& job : *jobs) job->fail(closed);
}

// Sleeps until there is something to do, then takes over what was sent. False when it is time to stop.
bool Engine::receive() {
  std::vector<int64_t> cancels;
  {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] {
      return stop_ || !incoming_.empty() || !cancels_.empty() || !incoming_traces_.empty() || !waiting_.empty() ||
             !running_.empty() || !traces_.empty();
    });
    for (; !incoming_.empty(); incoming_.pop_front()) waiting_.push_back(std::move(incoming_.front()));
    for (; !incoming_traces_.empty(); incoming_traces_.pop_front()) traces_.push_back(std::move(incoming_traces_.front()));
    cancels.swap(cancels_);
    if (stop_) return false;
  }
  for (const int64_t id : cancels)
    for (auto* list : {&waiting_, &running_})
      for (auto& sequence : *list)
        if (sequence->id == id && !sequence->finished) finish(*sequence, Finish::Cancelled);
  drop_finished();
  return true;
}

// Waiting requests join while there is room.
void Engine::admit() {
  while (!waiting_.empty() && running_.size() < max_sequences_) {
    Sequence& next = *waiting_.front();
    if (next.reply >= next.request.max_tokens) {
      finish(next, Finish::Length);
    } else if (!free_caches_.empty()) {
      next.cache = std::move(free_caches_.back());
      free_caches_.pop_back();
    } else {
      try {
        next.cache = forward_.make_cache(context_);
        caches_++;
      } catch (const std::bad_alloc&) {
        finish(next, Finish::Error, "WISECRACK_OUT_OF_MEMORY: not enough memory for the request's keys and values");
      }
    }
    if (!next.finished) running_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
}

// One row for each sequence that decodes; what room is left goes to prompts, first come, first served.
void Engine::lay_out_rows() {
  rows_.clear();
  for (auto& s : running_) s->now = s->missing() == 1 ? 1 : 0;
  size_t left = MAX_ROWS - static_cast<size_t>(std::count_if(running_.begin(), running_.end(), [](auto& s) { return s->now; }));
  for (auto& s : running_) {
    if (s->now == 0) left -= s->now = std::min(left, s->missing());
    for (size_t i = 0; i < s->now; i++) {
      const size_t position = s->done + i;
      const bool last = position + 1 == s->request.tokens.size();
      rows_.push_back({s->request.tokens[position], static_cast<int32_t>(position), s->cache.get(), last});
    }
  }
}

void Engine::step() {
  if (running_.empty()) return;
  const auto start = std::chrono::steady_clock::now();
  lay_out_rows();
  if (!forward_.run(rows_, stop_)) return;  // stopped: the loop ends everything
  const auto vocab = static_cast<size_t>(config_.vocab_size);
  float* logits = forward_.logits();
  size_t prompt_tokens = 0, reply_tokens = 0;
  for (auto& s : running_) {
    const bool complete = s->complete_after_step();
    if (s->missing() > 1) prompt_tokens += s->now;
    s->done += s->now;
    if (!complete) continue;
    accept(*s, logits);
    logits += vocab;
    reply_tokens++;
  }
  std::lock_guard lock(mutex_);
  stats_.steps++;
  stats_.prompt_tokens += prompt_tokens;
  stats_.reply_tokens += reply_tokens;
  stats_.step_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

// Draws a sequence's next token and decides whether it was the last.
void Engine::accept(Sequence& s, float* logits) {
  Request& r = s.request;
  int32_t token = 0;
  try {
    token = sampler_.draw(r, static_cast<uint64_t>(s.reply), logits, static_cast<size_t>(config_.vocab_size));
  } catch (const SamplingError& error) {
    return finish(s, Finish::Error, error.what());
  }
  if (std::find(r.stop_tokens.begin(), r.stop_tokens.end(), token) != r.stop_tokens.end()) return finish(s, Finish::StopToken);
  r.tokens.push_back(token);
  s.reply++;
  Finish how = Finish::None;
  if (s.reply >= r.max_tokens) how = Finish::Length;
  else if (r.tokens.size() > context_) how = Finish::Context;  // the new token has no position
  s.finished = how != Finish::None;
  events_.push_back({s.id, token, how, {}});
}

void Engine::finish(Sequence& s, Finish how, const std::string& message) {
  s.finished = true;
  events_.push_back({s.id, -1, how, message});
}

void Engine::finish_all(Finish how, const std::string& message) {
  for (auto* list : {&waiting_, &running_})
    for (auto& s : *list)
      if (!s->finished) finish(*s, how, message);
  drop_finished();
}

void Engine::drop_finished() {
  for (auto* list : {&waiting_, &running_}) {
    for (auto& s : *list)
      if (s->finished && s->cache) free_caches_.push_back(std::move(s->cache));
    list->erase(std::remove_if(list->begin(), list->end(), [](auto& s) { return s->finished; }), list->end());
  }
  std::lock_guard lock(mutex_);
  stats_.waiting = waiting_.size() + incoming_.size();
  stats_.running = running_.size();
  stats_.kv_bytes = caches_ * forward_.cache_bytes(context_);
}

void Engine::publish() {
  if (events_.empty()) return;
  std::vector<Event> events;
  events.swap(events_);
  sink_(std::move(events));
}

void Engine::trace_some() {
  if (traces_.empty() || stop_) return;
  TraceJob& job = *traces_.front();
  try {
    if (!job.advance(forward_, config_, stop_)) return;
    job.succeed();
  } catch (...) {
    job.fail(std::current_exception());
  }
  traces_.pop_front();
  forward_.trim(MAX_ROWS);
}

}  // namespace wisecrack
