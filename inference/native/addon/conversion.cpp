#include "addon/conversion.h"

#include <chrono>

#include "addon/convert.h"
#include "addon/state.h"
#include "convert/convert.h"

namespace wisecrack {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto PROGRESS_EVERY = std::chrono::milliseconds(100);

ConvertOptions to_convert_options(const Napi::Value& value) {
  const Napi::Env env = value.Env();
  if (!value.IsObject()) throw Napi::TypeError::New(env, "options must be an object");
  const auto o = value.As<Napi::Object>();
  const std::string dtype = to_string(o.Get("dtype"), "dtype");
  if (dtype != "bf16" && dtype != "int8") throw Napi::TypeError::New(env, "dtype must be 'bf16' or 'int8'");
  const int64_t shards = to_integer(o.Get("shards"), "shards"), threads = to_integer(o.Get("threads"), "threads");
  if (shards < 0 || shards > 99'999) throw Napi::RangeError::New(env, "shards must be from 0 to 99999");
  if (threads < 0 || threads > 1024) throw Napi::RangeError::New(env, "threads must be from 0 to 1024");
  return {dtype == "int8" ? DType::I8 : DType::BF16, static_cast<size_t>(shards), static_cast<int>(threads)};
}

Napi::Value number(Napi::Env env, size_t n) { return Napi::Number::New(env, static_cast<double>(n)); }

// On JavaScript's thread. A callback that gives false stops the conversion.
void report(Napi::Env env, uint32_t key, const ConvertProgress& progress) {
  const auto state = state_of(env);
  const auto call = state->converting.find(key);
  if (call == state->converting.end()) return;
  const Napi::Value answer =
      call->second.on_progress.Call({number(env, progress.done), number(env, progress.total), number(env, progress.found)});
  if (answer.IsBoolean() && !answer.ToBoolean()) *call->second.stop = true;
}

void finish(Napi::Env env, uint32_t key, const Converted& result, const std::exception_ptr& error) {
  const auto state = state_of(env);
  const ConvertCall call = std::move(state->converting.at(key));
  state->converting.erase(key);
  state->mailbox->release();
  if (error) return call.promise.Reject(to_error(env, error).Value());
  auto object = Napi::Object::New(env);
  object.Set("bytes", number(env, result.bytes));
  object.Set("shards", number(env, result.shards));
  object.Set("found", number(env, result.found));
  call.promise.Resolve(object);
}

}  // namespace

Napi::Value convert_folder(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Napi::Env env = info.Env();
    const std::string source = to_string(info[0], "source"), target = to_string(info[1], "target");
    const ConvertOptions options = to_convert_options(info[2]);
    if (!info[3].IsFunction()) throw Napi::TypeError::New(env, "onProgress must be a function");
    const auto state = state_of(env);
    const uint32_t key = state->next_key++;
    const auto stop = std::make_shared<std::atomic<bool>>(false);
    const auto deferred = Napi::Promise::Deferred::New(env);
    state->crew.start([mailbox = state->mailbox, source, target, options, key, stop] {
      Converted result;
      std::exception_ptr error;
      try {
        auto last = Clock::time_point{};
        result = convert(source, target, options, *stop, [&](const ConvertProgress& progress) {
          if (Clock::now() - last < PROGRESS_EVERY && progress.done < progress.total) return;
          last = Clock::now();
          mailbox->post([key, progress](Napi::Env at) { report(at, key, progress); });
        });
      } catch (...) {
        error = std::current_exception();
      }
      mailbox->post([key, result, error](Napi::Env at) { finish(at, key, result, error); });
    });
    state->converting.emplace(key, ConvertCall{deferred, Napi::Persistent(info[3].As<Napi::Function>()), stop});
    state->mailbox->hold();
    return deferred.Promise();
  });
}

}  // namespace wisecrack
