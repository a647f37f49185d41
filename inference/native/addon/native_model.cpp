#include "addon/native_model.h"

#include <mutex>
#include <stdexcept>

#include "addon/convert.h"
#include "addon/promised.h"

namespace wisecrack {

Napi::Function NativeModel::define(Napi::Env env) {
  return DefineClass(env, "NativeModel",
                     {
                         InstanceMethod<&NativeModel::generate>("generate"),
                         InstanceMethod<&NativeModel::cancel>("cancel"),
                         InstanceMethod<&NativeModel::trace>("trace"),
                         InstanceMethod<&NativeModel::stats>("stats"),
                         InstanceMethod<&NativeModel::read_rate>("readRate"),
                         InstanceMethod<&NativeModel::close>("close"),
                     });
}

NativeModel::NativeModel(const Napi::CallbackInfo& info) : Napi::ObjectWrap<NativeModel>(info) {
  if (!info[0].IsExternal()) throw Napi::TypeError::New(info.Env(), "open() makes models, not new");
  const Birth& birth = *info[0].As<Napi::External<Birth>>().Data();
  state_ = birth.state;
  session_ = birth.session;
  key_ = birth.key;
  const Napi::Object self = Value();
  self.DefineProperty(Napi::PropertyDescriptor::Value("config", from_config(info.Env(), session_->engine->config()), napi_enumerable));
  self.DefineProperty(Napi::PropertyDescriptor::Value("device", Napi::String::New(info.Env(), session_->engine->device()), napi_enumerable));
  self.DefineProperty(Napi::PropertyDescriptor::Value("fromDisk", Napi::Boolean::New(info.Env(), session_->engine->from_disk()), napi_enumerable));
  self.DefineProperty(Napi::PropertyDescriptor::Value("offload", from_offload(info.Env(), session_->engine->offload()), napi_enumerable));
  self.DefineProperty(Napi::PropertyDescriptor::Value("onStep", birth.on_step, napi_default));
  state_->models[key_] = this;
}

// Runs when nobody can call the model any more; the engine ends on another thread.
NativeModel::~NativeModel() {
  if (!state_) return;
  state_->models.erase(key_);
  if (session_) end_in_background();
}

Engine& NativeModel::engine(Napi::Env env) {
  if (!session_) throw Napi::Error::New(env, "the model is closed");
  return *session_->engine;
}

// Something runs: neither the process nor this object may go.
void NativeModel::hold() {
  if (holds_++ > 0) return;
  Ref();
  state_->mailbox->hold();
}

void NativeModel::release(size_t count) {
  if (count == 0 || (holds_ -= count) > 0) return;
  state_->mailbox->release();
  Unref();
}

Napi::Value NativeModel::generate(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Request request = to_request(info[0]);  // first: its getters may close the model
    const int64_t id = engine(info.Env()).submit(std::move(request));
    hold();
    return Napi::Number::New(info.Env(), static_cast<double>(id));
  });
}

void NativeModel::cancel(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] { engine(info.Env()).cancel(to_integer(info[0], "id")); });
}

Napi::Value NativeModel::stats(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] { return from_stats(info.Env(), engine(info.Env()).stats()); });
}

Napi::Value NativeModel::read_rate(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    const int threads = to_threads(info[0]);
    engine(info.Env());  // throws when the model is closed
    const auto work = [session = session_, threads] {
      std::lock_guard lock(session->in_use);
      if (!session->engine) throw std::runtime_error("the model is closed");
      return session->engine->read_rate(threads);
    };
    return promised(info.Env(), work, [](Napi::Env env, double rate) { return Napi::Number::New(env, rate); });
  });
}

Napi::Value NativeModel::trace(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Napi::Env env = info.Env();
    Engine& e = engine(env);
    std::vector<int32_t> tokens = to_tokens(info[0], "tokens");
    const int64_t chunk = to_integer(info[1], "chunk");
    if (chunk < 0) throw Napi::RangeError::New(env, "chunk must be at least 0");
    const uint32_t id = next_trace_++;
    const auto done = [mailbox = state_->mailbox, key = key_, id](std::unique_ptr<Trace> result, std::exception_ptr error) {
      mailbox->post([key, id, trace = std::shared_ptr<Trace>(std::move(result)), error](Napi::Env at) {
        const auto state = state_of(at);
        const auto model = state->models.find(key);
        if (model != state->models.end()) model->second->finish_trace(at, id, trace.get(), error);
      });
    };
    e.trace(std::move(tokens), static_cast<size_t>(chunk), done);
    const auto deferred = Napi::Promise::Deferred::New(env);
    traces_.emplace(id, deferred);
    hold();
    return deferred.Promise();
  });
}

void NativeModel::finish_trace(Napi::Env env, uint32_t id, const Trace* trace, const std::exception_ptr& error) {
  const auto pending = traces_.find(id);
  if (pending == traces_.end()) return;
  const Napi::Promise::Deferred deferred = pending->second;
  traces_.erase(pending);
  try {
    if (error) deferred.Reject(to_error(env, error).Value());
    else deferred.Resolve(from_trace(env, *trace));
  } catch (const Napi::Error& e) {  // no memory for the arrays
    deferred.Reject(e.Value());
  }
  release();
}

void NativeModel::deliver(Napi::Env env) {
  const auto& session = session_ ? session_ : closing_;
  if (!session) return;
  const std::vector<Event> events = session->fetch();
  size_t finished = 0;
  for (const Event& event : events) finished += event.finish != Finish::None;
  const Napi::Object self = Value();  // lives at least to the end of this scope, whatever release() does
  const Napi::Value array = from_events(env, events);
  release(finished);
  self.Get("onStep").As<Napi::Function>().Call(self, {array});
}

Napi::Value NativeModel::close(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const auto deferred = Napi::Promise::Deferred::New(info.Env());
    if (!session_ && !closing_) {
      deferred.Resolve(info.Env().Undefined());
      return deferred.Promise();
    }
    if (session_) {
      closing_ = session_;
      end_in_background();
      hold();
    }
    closes_.push_back(deferred);
    return deferred.Promise();
  });
}

// Ends the engine on a thread of the crew: joining takes as long as a layer of the model.
void NativeModel::end_in_background() {
  session_->engine->request_stop();
  const auto work = [session = session_, mailbox = state_->mailbox, key = key_] {
    session->end();
    mailbox->post([key](Napi::Env env) {
      const auto state = state_of(env);
      const auto model = state->models.find(key);
      if (model != state->models.end()) model->second->finish_close(env);
    });
  };
  try {
    state_->crew.start(work);
  } catch (const std::exception&) {  // no thread to be had: then here
    work();
  }
  session_.reset();
}

void NativeModel::finish_close(Napi::Env env) {
  closing_.reset();
  for (const auto& deferred : closes_) deferred.Resolve(env.Undefined());
  closes_.clear();
  release();
}

void NativeModel::shut_down() {
  if (session_) session_->end();
  session_.reset();
}

}  // namespace wisecrack
