#pragma once
#include <napi.h>

#include <atomic>
#include <map>
#include <memory>

#include "addon/crew.h"
#include "addon/mailbox.h"
#include "addon/session.h"

namespace wisecrack {

class NativeModel;

/// A call of open() that has not settled.
struct OpenCall {
  Napi::Promise::Deferred promise;
  Napi::FunctionReference on_step, on_progress;
};

/// A call of convert() or check() that has not settled.
struct FileCall {
  Napi::Promise::Deferred promise;
  Napi::FunctionReference on_progress;
  std::shared_ptr<std::atomic<bool>> stop;
};

/// What belongs to one JavaScript environment (the main thread or a worker). Nothing in this addon is shared between two.
struct State {
  explicit State(Napi::Env env) : mailbox(std::make_shared<Mailbox>(env)) {}

  std::shared_ptr<Mailbox> mailbox;
  Napi::FunctionReference model_class;
  std::map<uint32_t, OpenCall> opening;
  std::map<uint32_t, FileCall> file_calls;
  std::map<uint32_t, NativeModel*> models;
  uint32_t next_key = 1;
  Crew crew;
};

/// The environment's State.
std::shared_ptr<State> state_of(Napi::Env env);

}  // namespace wisecrack
