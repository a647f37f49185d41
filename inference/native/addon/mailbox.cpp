#include "addon/mailbox.h"

namespace wisecrack {
namespace {

// A callback threw: an uncaught exception, as from any event handler. Where JavaScript may not run any more, nothing.
void raise(Napi::Env env, const Napi::Error& error) {
  try {
    const Napi::HandleScope scope(env);
    napi_fatal_exception(env, error.Value());
  } catch (const Napi::Error&) {
  }
}

}  // namespace

Mailbox::Mailbox(Napi::Env env) : env_(env) {
  const auto call = [](napi_env e, napi_value, void* context, void*) {
    if (e) static_cast<Mailbox*>(context)->drain(Napi::Env(e));
  };
  const Napi::String name = Napi::String::New(env, "wisecrack");
  const napi_status status =
      napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, this, call, &function_);
  if (status != napi_ok) throw Napi::Error::New(env, "no thread-safe function");
  napi_unref_threadsafe_function(env, function_);
}

void Mailbox::post(Task task) {
  std::lock_guard lock(mutex_);
  if (closed_) return;
  tasks_.push_back(std::move(task));
  if (!armed_) armed_ = arm();
}

bool Mailbox::arm() { return napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking) == napi_ok; }

void Mailbox::hold() {
  if (holds_++ == 0) napi_ref_threadsafe_function(env_, function_);
}

void Mailbox::release() {
  if (--holds_ == 0) napi_unref_threadsafe_function(env_, function_);
}

void Mailbox::close() {
  std::deque<Task> dropped;  // destroyed after the lock is gone: a task may own what takes time to end
  std::lock_guard lock(mutex_);
  closed_ = true;
  dropped.swap(tasks_);
}

void Mailbox::drain(Napi::Env env) {
  while (true) {
    Task task;
    {
      std::lock_guard lock(mutex_);
      if (tasks_.empty()) {
        armed_ = false;
        return;
      }
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    try {
      const Napi::HandleScope scope(env);
      task(env);
    } catch (const Napi::Error& error) {
      raise(env, error);
    }
  }
}

}  // namespace wisecrack
