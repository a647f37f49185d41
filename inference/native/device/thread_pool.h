#pragma once
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

namespace wisecrack {

/// Threads that share the parts of a task. The caller works too; a worker that wakes late is not waited for.
class ThreadPool {
 public:
  /// `threads` >= 1 counts the caller.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const { return static_cast<int>(workers_.size()) + 1; }

  /// Calls task(i, thread) for every i in [0, count), in any order, on several threads; returns when all are done.
  /// `thread` is in [0, size()). Tasks must not throw. Only one thread may call run() at a time.
  template <class Task>
  void run(size_t count, const Task& task) {
    run_erased(count, [](const void* t, size_t i, int thread) { (*static_cast<const Task*>(t))(i, thread); }, &task);
  }

 private:
  using Call = void (*)(const void* task, size_t i, int thread);

  void run_erased(size_t count, Call call, const void* task);
  void take_parts(int thread);
  void worker(int thread);
  bool enter();
  void leave();

  // The job; written only while the gate is closed and nobody is inside.
  Call call_ = nullptr;
  const void* task_ = nullptr;
  size_t count_ = 0;
  alignas(64) std::atomic<size_t> next_{0};
  alignas(64) std::atomic<unsigned> gate_{0};   // top bit: open; the rest: workers inside
  alignas(64) std::atomic<unsigned> epoch_{0};  // counts jobs, so that sleepers notice one
  std::atomic<bool> stop_{false};

  std::mutex mutex_;
  std::condition_variable wake_, empty_;
  std::atomic<int> sleepers_{0};
  std::atomic<bool> caller_sleeps_{false};
  std::vector<std::thread> workers_;
};

}  // namespace wisecrack
