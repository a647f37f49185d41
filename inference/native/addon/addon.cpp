// What JavaScript sees: open, convert, check, measure, features (inference/engine/addon.ts). Converts and hands on; no logic here.
#include <napi.h>

#include "addon/conversion.h"
#include "addon/convert.h"
#include "addon/native_model.h"
#include "addon/promised.h"
#include "addon/state.h"
#include "device/cpu/features.h"
#include "device/cpu/kernels.h"
#include "device/cuda/probe.h"

namespace wisecrack {

std::shared_ptr<State> state_of(Napi::Env env) { return *env.GetInstanceData<std::shared_ptr<State>>(); }

namespace {

void post_events(Mailbox& mailbox, Session& session, uint32_t key, std::vector<Event>&& events) {
  {
    std::lock_guard lock(session.mutex);
    for (Event& event : events) session.events.push_back(std::move(event));
    if (session.posted) return;
    session.posted = true;
  }
  mailbox.post([key](Napi::Env env) {
    const auto state = state_of(env);
    const auto model = state->models.find(key);
    if (model != state->models.end()) model->second->deliver(env);
  });
}

// On JavaScript's thread: the engine is there, or the error.
void finish_open(Napi::Env env, uint32_t key, const std::shared_ptr<Session>& session, const std::exception_ptr& error) {
  const auto state = state_of(env);
  OpenCall call = std::move(state->opening.at(key));
  state->opening.erase(key);
  state->mailbox->release();
  if (error) return call.promise.Reject(to_error(env, error).Value());
  try {
    NativeModel::Birth birth{state, session, key, call.on_step.Value()};
    call.promise.Resolve(state->model_class.New({Napi::External<NativeModel::Birth>::New(env, &birth)}));
  } catch (const Napi::Error& e) {
    call.promise.Reject(e.Value());
  }
}

void report_progress(Napi::Env env, uint32_t key, double fraction) {
  const auto state = state_of(env);
  const auto call = state->opening.find(key);
  if (call == state->opening.end() || call->second.on_progress.IsEmpty()) return;
  call->second.on_progress.Call({Napi::Number::New(env, fraction)});
}

Napi::Value open(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto deferred = Napi::Promise::Deferred::New(env);
  try {
    const std::string folder = to_string(info[0], "folder");
    const EngineOptions options = to_options(info[1]);
    if (!info[2].IsFunction()) throw Napi::TypeError::New(env, "onStep must be a function");
    if (!info[3].IsUndefined() && !info[3].IsFunction()) throw Napi::TypeError::New(env, "onProgress must be a function");
    const auto state = state_of(env);
    const uint32_t key = state->next_key++;
    const auto work = [mailbox = state->mailbox, folder, options, key] {
      auto session = std::make_shared<Session>();
      std::exception_ptr error;
      try {
        session->engine = std::make_unique<Engine>(
            folder, options,
            [mailbox, s = session.get(), key](std::vector<Event>&& events) { post_events(*mailbox, *s, key, std::move(events)); },
            [&](double fraction) { mailbox->post([key, fraction](Napi::Env at) { report_progress(at, key, fraction); }); });
      } catch (...) {
        error = std::current_exception();
      }
      mailbox->post([key, session, error](Napi::Env at) { finish_open(at, key, session, error); });
    };
    OpenCall call{deferred, Napi::Persistent(info[2].As<Napi::Function>()), {}};
    if (info[3].IsFunction()) call.on_progress = Napi::Persistent(info[3].As<Napi::Function>());
    state->crew.start(work);
    state->opening.emplace(key, std::move(call));
    state->mailbox->hold();
  } catch (const Napi::Error& error) {
    deferred.Reject(error.Value());
  } catch (...) {
    deferred.Reject(to_error(env, std::current_exception()).Value());
  }
  return deferred.Promise();
}

Napi::Value measure(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    const int threads = to_threads(info[0]);
    return promised(info.Env(), [threads] { return measure_limits(threads); }, from_limits);
  });
}

Napi::Value features(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Napi::Env env = info.Env();
    const auto strings = [env](const std::vector<std::string>& values) {
      auto array = Napi::Array::New(env, values.size());
      for (uint32_t i = 0; i < values.size(); i++) array.Set(i, values[i]);
      return array;
    };
    const CudaProbe probe = probe_cuda();
    auto cuda = Napi::Object::New(env);
    cuda.Set("available", probe.available);
    cuda.Set("reason", probe.reason);
    if (!probe.driver.empty()) cuda.Set("driver", probe.driver);
    if (!probe.devices.empty()) cuda.Set("devices", strings(probe.devices));
    if (!probe.memory.empty()) {
      auto memory = Napi::Array::New(env, probe.memory.size());
      for (uint32_t i = 0; i < probe.memory.size(); i++) memory.Set(i, static_cast<double>(probe.memory[i]));
      cuda.Set("memory", memory);
    }
    auto result = Napi::Object::New(env);
    result.Set("cpu", strings(cpu_features()));
    result.Set("kernels", best_kernels().name);
    result.Set("cuda", cuda);
    return result;
  });
}

// The environment goes (process exit, end of a worker): every thread of ours ends before it does.
void clean_up(void* data) {
  State& state = *static_cast<State*>(data);
  state.mailbox->close();
  for (const auto& [key, model] : state.models) model->shut_down();
  for (const auto& [key, call] : state.file_calls) *call.stop = true;
  state.crew.join();
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  const auto state = std::make_shared<State>(env);
  env.SetInstanceData(new std::shared_ptr<State>(state));
  napi_add_env_cleanup_hook(env, clean_up, state.get());  // after the mailbox: hooks run last in, first out
  const Napi::Function model_class = NativeModel::define(env);
  state->model_class = Napi::Persistent(model_class);
  exports.Set("open", Napi::Function::New(env, open, "open"));
  exports.Set("convert", Napi::Function::New(env, convert_folder, "convert"));
  exports.Set("check", Napi::Function::New(env, check_folder, "check"));
  exports.Set("measure", Napi::Function::New(env, measure, "measure"));
  exports.Set("features", Napi::Function::New(env, features, "features"));
  return exports;
}

}  // namespace
}  // namespace wisecrack

namespace {
Napi::Object init_wisecrack(Napi::Env env, Napi::Object exports) { return wisecrack::init(env, exports); }
}  // namespace

NODE_API_MODULE(wisecrack, init_wisecrack)
