#pragma once
#include <napi.h>

#include <deque>
#include <functional>
#include <mutex>

namespace wisecrack {

/// The one way from other threads to JavaScript's. Tasks run there in the order they were posted; posting never blocks.
class Mailbox {
 public:
  using Task = std::function<void(Napi::Env)>;

  explicit Mailbox(Napi::Env env);

  /// From any thread. After close() the task is dropped.
  void post(Task task);

  /// On JavaScript's thread: the process stays alive until as many releases as holds.
  void hold();
  void release();

  /// On JavaScript's thread, before the environment goes: nothing is delivered from now on.
  void close();

 private:
  void drain(Napi::Env env);
  bool arm();

  napi_env env_;
  napi_threadsafe_function function_ = nullptr;
  int holds_ = 0;

  std::mutex mutex_;
  std::deque<Task> tasks_;
  bool armed_ = false;  // a call to drain() is on its way
  bool closed_ = false;
};

}  // namespace wisecrack
