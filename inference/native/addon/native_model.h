#pragma once
#include <napi.h>

#include <map>
#include <memory>
#include <vector>

#include "addon/session.h"
#include "addon/state.h"

namespace wisecrack {

/// The JavaScript object `NativeModel` (inference/engine/addon.ts): hands calls to the engine and events to `onStep`.
/// The callback is a property of the object itself, so that the garbage collector sees the cycle; while something runs, the
/// object is kept alive.
class NativeModel : public Napi::ObjectWrap<NativeModel> {
 public:
  static Napi::Function define(Napi::Env env);

  /// What a new object needs; passed from open() as an External.
  struct Birth {
    std::shared_ptr<State> state;
    std::shared_ptr<Session> session;
    uint32_t key;
    Napi::Function on_step;
  };

  /// Only open() makes one. Throws TypeError otherwise.
  explicit NativeModel(const Napi::CallbackInfo& info);
  ~NativeModel() override;

  /// Gives the events that came since the last call to `onStep`.
  void deliver(Napi::Env env);
  void finish_trace(Napi::Env env, uint32_t id, const Trace* trace, const std::exception_ptr& error);
  void finish_close(Napi::Env env);

  /// Ends the engine here and now; for an environment that goes.
  void shut_down();

 private:
  Napi::Value generate(const Napi::CallbackInfo& info);
  void cancel(const Napi::CallbackInfo& info);
  Napi::Value trace(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  Napi::Value read_rate(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  Engine& engine(Napi::Env env);
  void hold();
  void release(size_t count = 1);
  void end_in_background();

  std::shared_ptr<State> state_;
  std::shared_ptr<Session> session_;  // null when closed or closing
  uint32_t key_ = 0;
  size_t holds_ = 0;  // requests, traces and a close that have not ended
  uint32_t next_trace_ = 1;
  std::map<uint32_t, Napi::Promise::Deferred> traces_;
  std::shared_ptr<Session> closing_;
  std::vector<Napi::Promise::Deferred> closes_;
};

}  // namespace wisecrack
