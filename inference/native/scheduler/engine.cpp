#include "scheduler/engine.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "device/cpu/features.h"
#include "device/cpu/limits.h"
#include "io/available_memory.h"
#include "model/memory_plan.h"

namespace wisecrack {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) { return std::chrono::duration<double, std::milli>(Clock::now() - start).count(); }

const char* const OUT_OF_MEMORY = "WISECRACK_OUT_OF_MEMORY: not enough memory for the next step";

size_t checked_context(size_t wanted, const Config& config) {
  const auto limit = static_cast<size_t>(config.sequence_len);
  if (wanted > limit)
    throw std::out_of_range("context is " + std::to_string(wanted) + ", the model's sequence_len is " + std::to_string(limit));
  return wanted ? wanted : limit;
}

size_t checked_blocks(const EngineOptions& options, size_t context, size_t sequences, size_t block_bytes) {
  if (options.kv_bytes == 0) return sequences * kv_blocks(context);
  if (options.kv_bytes < block_bytes)
    throw std::out_of_range("kvBytes is " + std::to_string(options.kv_bytes) + ", the keys and values of " + std::to_string(KV_BLOCK) +
                            " tokens take " + std::to_string(block_bytes));
  return options.kv_bytes / block_bytes;
}

// Whether a device has memory of its own, into which the weights are read.
bool copies(const Device& device, const Weights& weights) { return device.load_bytes(weights.embedding) > 0; }

// The devices, once it is known how the model fits them. Where the choice is ours, a model that does not fit the cards as a whole is left to
// the processor: its memory is nearly always faster than the link to a card.
PlacedDevices planned_devices(const EngineOptions& options, const Config& config, const Weights& weights, size_t context,
                        size_t sequences) {
  const Shape shape = Forward::shape(config, context);
  const int threads = thread_count(options.threads);
  const auto open = [&](DeviceKind kind) { return open_devices(kind, options.bf16_activations, threads, shape, options.shards); };
  auto devices = open(options.device);
  const size_t block = KvPool::block_bytes(weights.layers.size(), shape.heads, devices[0]->kv_dtype());
  const size_t blocks = checked_blocks(options, context, sequences, block);
  const auto rows = [&](size_t otherwise) { return std::max(options.step_rows ? options.step_rows : otherwise, sequences + 2 * KV_BLOCK); };
  const size_t few = rows(Engine::STEP_ROWS), many = rows(Engine::OFFLOADED_STEP_ROWS);
  const auto fit = [&](size_t step_rows) { return fit_layers(weights, shape, pointers(devices), blocks, step_rows, sequences); };
  const bool may_change = options.device == DeviceKind::Auto && copies(*devices[0], weights);
  const auto placed = [&](const Fit& found, size_t step_rows) {
    return PlacedDevices{std::move(devices), {found.resident, found.offloaded < available_memory()}, step_rows};
  };
  try {
    const Fit found = fit(few);
    if (found.offloaded == 0) return placed(found, few);
    if (!may_change) {
      try {
        return placed(fit(many), many);
      } catch (const MemoryError&) {  // there is just room for all else
        return placed(found, few);
      }
    }
  } catch (const MemoryError&) {
    if (!may_change) throw;
  }
  devices = open(DeviceKind::Cpu);
  return placed(fit(few), few);
}

}  // namespace

Engine::Engine(const std::string& folder, const EngineOptions& options, Sink sink, const std::function<void(double)>& progress)
    : config_(folder_config(folder)),
      context_(checked_context(options.context, config_)),
      max_sequences_(std::clamp<size_t>(options.max_sequences, 1, MAX_SEQUENCES)),
      pieces_(options.pieces),
      weights_(folder, config_, options.round_product),
      placed_(planned_devices(options, config_, weights_, context_, max_sequences_)),
      devices_(placed_.devices),
      model_(config_, weights_, pointers(devices_), context_, copies(*devices_[0], weights_) ? progress : nullptr, placed_.placement),
      pool_(model_.make_pool(checked_blocks(options, context_, max_sequences_, model_.block_bytes()))),
      window_(std::min(context_, pool_->blocks() * KV_BLOCK)),
      sink_(std::move(sink)),
      batch_({max_sequences_, placed_.step_rows, pool_->blocks()}) {
  if (copies(*devices_[0], weights_)) from_disk_ = offload().layers > 0 && !placed_.placement.read_ahead;
  else from_disk_ = !weights_.read_ahead(progress);
  if (from_disk_)
    for (const auto& device : devices_) device->weights_on_disk();
  model_.reserve(placed_.step_rows, max_sequences_);
  stats_.weight_bytes = weights_.bytes();
  stats_.kv_bytes = pool_->bytes();
  stats_.kv_blocks = pool_->blocks();
  stats_.shards = devices_.size();
  for (const auto& device : devices_) {
    stats_.threads += device->threads();
    if (const size_t total = device->memory().total()) {
      stats_.device_bytes += total;
      stats_.device_bytes_used += total - device->memory().available();
    }
  }
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
  if (request.tokens.size() > window_)
    throw std::out_of_range("prompt has " + std::to_string(request.tokens.size()) + " tokens and needs " +
                            std::to_string(kv_blocks(request.tokens.size())) + " KV blocks, the budget of " +
                            std::to_string(pool_->bytes()) + " bytes has " + std::to_string(pool_->blocks()));
  auto sequence = std::make_unique<Sequence>();
  sequence->reply = request.resumed;
  sequence->filter = filter_of(request);
  sequence->request = std::move(request);
  std::lock_guard lock(mutex_);
  const int64_t id = sequence->id = next_id_++;
  incoming_.push_back(std::move(sequence));
  stats_.waiting++;
  wake_.notify_one();
  return id;
}

// Banned phrases become a filter that has read what a resumed reply has so far.
std::unique_ptr<PhraseFilter> Engine::filter_of(const Request& r) const {
  if (r.banned_phrases.empty()) return nullptr;
  if (!pieces_) throw std::out_of_range("bannedPhrases need the model to be opened with pieces, what its tokens spell");
  auto filter = std::make_unique<PhraseFilter>(r.banned_phrases, pieces_);
  for (auto token = r.tokens.end() - r.resumed; token != r.tokens.end(); ++token) filter->push(*token);
  return filter;
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

double Engine::read_rate(int threads) const {
  std::vector<std::span<const std::byte>> stretches;
  for (const MappedFile& file : weights_.files()) stretches.push_back(file.bytes());
  return wisecrack::read_rate(stretches, threads);
}

void Engine::loop() {
#if defined(__linux__)
  pthread_setname_np(pthread_self(), "wisecrack");
#endif
  while (true) {
    try {
      if (!receive()) break;
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
  Batch::Sequences incoming;
  bool stopping = false;
  {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] {
      return stop_ || !incoming_.empty() || !cancels_.empty() || !incoming_traces_.empty() || !batch_.empty() ||
             !traces_.empty();
    });
    incoming.swap(incoming_);
    for (; !incoming_traces_.empty(); incoming_traces_.pop_front()) traces_.push_back(std::move(incoming_traces_.front()));
    cancels.swap(cancels_);
    stopping = stop_;  // what is submitted before the stop has been taken over, too
  }
  for (auto& s : incoming) {
    if (s->reply >= s->request.max_tokens) finish(*s, Finish::Length);
    batch_.add(std::move(s));
  }
  if (stopping) return false;
  for (const int64_t id : cancels) {
    for (auto* list : {&batch_.waiting(), &batch_.running()})
      for (auto& s : *list)
        if (s->id == id && !s->finished) finish(*s, Finish::Cancelled);
  }
  drop_finished();
  return true;
}

void Engine::step() {
  const auto start = Clock::now();
  const std::vector<Row>& rows = batch_.plan();
  if (rows.empty()) return;
  for (const auto& [from, to] : batch_.copies()) pool_->copy(from, to);
  const auto before = Clock::now();
  if (!model_.run(rows, *pool_, stop_)) return;  // stopped: the loop ends everything
  const double forward_ms = milliseconds_since(before);
  size_t row = 0;  // of those that wanted logits
  size_t prompt_tokens = 0, reply_tokens = 0, batch = 0;
  for (const auto& s : batch_.running()) {
    const bool complete = s->complete_after_step();
    if (!s->decodes()) prompt_tokens += s->now;
    batch += s->now > 0;
    batch_.commit(*s);
    if (!complete) continue;
    accept(*s, row++);
    reply_tokens++;
  }
  std::lock_guard lock(mutex_);
  stats_.steps++;
  stats_.prompt_tokens += prompt_tokens;
  stats_.reply_tokens += reply_tokens;
  stats_.batch = batch;
  stats_.forward_ms += forward_ms;
  stats_.step_ms = milliseconds_since(start);
}

// Draws a sequence's next token and decides whether it was the last.
void Engine::accept(Sequence& s, size_t row) {
  Request& r = s.request;
  int32_t token = 0;
  try {
    token = draw(s, row);
  } catch (const SamplingError& error) {
    return finish(s, Finish::Error, error.what());
  }
  if (std::find(r.stop_tokens.begin(), r.stop_tokens.end(), token) != r.stop_tokens.end()) return finish(s, Finish::StopToken);
  r.tokens.push_back(token);
  if (s.filter) s.filter->push(token);
  s.reply++;
  Finish how = Finish::None;
  if (s.reply >= r.max_tokens) how = Finish::Length;
  else if (r.tokens.size() > window_) how = Finish::Context;  // the new token has no position
  s.finished = how != Finish::None;
  Event event{s.id, token, how};
  if (r.top_logprobs > 0) {
    event.logprob = logprob(raw_, token);
    event.top_logprobs = top_logprobs(raw_, static_cast<size_t>(r.top_logprobs));
  }
  events_.push_back(std::move(event));
}

// From the likeliest tokens, where they decide; a few in a hundred thousand logits are less to bring from a card than all.
int32_t Engine::draw(const Sequence& s, size_t row) {
  const Request& r = s.request;
  const auto index = static_cast<uint64_t>(s.reply);
  if (r.top_logprobs == 0) {
    const LogitRow likeliest = model_.likeliest(row);
    if (const auto token = sampler_.draw(r, index, likeliest, s.filter.get())) return *token;
  }
  const LogitRow all = model_.logits(row);
  if (r.top_logprobs > 0) raw_.assign(all.logits, all.logits + all.count);
  return *sampler_.draw(r, index, all, s.filter.get());
}

void Engine::finish(Sequence& s, Finish how, const std::string& message) {
  s.finished = true;
  events_.push_back({s.id, -1, how, message});
}

void Engine::finish_all(Finish how, const std::string& message) {
  for (auto* list : {&batch_.waiting(), &batch_.running()})
    for (auto& s : *list)
      if (!s->finished) finish(*s, how, message);
  drop_finished();
}

void Engine::drop_finished() {
  batch_.drop_finished();
  const KvBlocks& blocks = batch_.blocks();
  const Batch::Stats& b = batch_.stats();
  std::lock_guard lock(mutex_);
  stats_.waiting = batch_.waiting().size() + incoming_.size();
  stats_.running = batch_.running().size();
  stats_.preempted = b.preempted;
  stats_.prefix_hits = b.prompt_cached;
  stats_.prefix_misses = b.prompt_looked_up - b.prompt_cached;
  stats_.kv_blocks_used = blocks.total() - blocks.available();
  stats_.kv_blocks_cached = blocks.cached();
  stats_.longest_idle = b.longest_idle;
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
    if (!job.advance(model_, config_, stop_)) return;
    job.succeed();
  } catch (...) {
    job.fail(std::current_exception());
  }
  traces_.pop_front();
  try {
    model_.trim(placed_.step_rows, max_sequences_);
  } catch (const std::bad_alloc&) {  // the next step tries again
  }
}

}  // namespace wisecrack
