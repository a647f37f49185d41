#include "device/thread_pool.h"

#include "device/spin.h"

namespace wisecrack {
namespace {

constexpr unsigned OPEN = 1u << 31;

}  // namespace

ThreadPool::ThreadPool(int threads) {
  try {
    for (int i = 1; i < threads; i++) workers_.emplace_back([this, i] { worker(i); });
  } catch (...) {  // a system without more threads: what started must be joined
    stop_ = true;
    epoch_++;
    wake_.notify_all();
    for (std::thread& t : workers_) t.join();
    throw;
  }
}

ThreadPool::~ThreadPool() {
  stop_ = true;
  {
    std::lock_guard lock(mutex_);
    epoch_++;
  }
  wake_.notify_all();
  for (std::thread& t : workers_) t.join();
}

void ThreadPool::run_erased(size_t count, Call call, const void* task) {
  if (workers_.empty() || count <= 1) {
    for (size_t i = 0; i < count; i++) call(task, i, 0);
    return;
  }
  call_ = call;
  task_ = task;
  count_ = count;
  next_.store(0, std::memory_order_relaxed);
  gate_.store(OPEN, std::memory_order_release);
  epoch_.fetch_add(1);  // before the look at sleepers_; a worker does it the other way round, so one of both sees the other
  if (sleepers_.load() > 0) {
    { std::lock_guard lock(mutex_); }
    wake_.notify_all();
  }
  take_parts(0);
  gate_.fetch_and(~OPEN);
  const auto left = [this] { return gate_.load() == 0; };
  if (left() || spin_until(left)) return;
  std::unique_lock lock(mutex_);
  caller_sleeps_ = true;
  empty_.wait(lock, left);
  caller_sleeps_ = false;
}

void ThreadPool::take_parts(int thread) {
  for (size_t i; (i = next_.fetch_add(1, std::memory_order_relaxed)) < count_;) call_(task_, i, thread);
}

// A worker may go in only while the gate is open: then the job's fields stay as they are until it has left.
bool ThreadPool::enter() {
  unsigned gate = gate_.load(std::memory_order_relaxed);
  while (gate & OPEN)
    if (gate_.compare_exchange_weak(gate, gate + 1, std::memory_order_acquire)) return true;
  return false;
}

void ThreadPool::leave() {
  if (gate_.fetch_sub(1) == 1 && caller_sleeps_) {
    { std::lock_guard lock(mutex_); }
    empty_.notify_one();
  }
}

void ThreadPool::worker(int thread) {
  unsigned seen = 0;
  const auto news = [&] { return epoch_.load() != seen; };
  while (true) {
    if (!spin_until(news)) {
      std::unique_lock lock(mutex_);
      sleepers_++;
      wake_.wait(lock, news);
      sleepers_--;
    }
    seen = epoch_.load();
    if (stop_) return;
    if (enter()) {
      take_parts(thread);
      leave();
    }
  }
}

}  // namespace wisecrack
