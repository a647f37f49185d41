#include "addon/conversion.h"

#include <chrono>
#include <functional>

#include "addon/convert.h"
#include "addon/state.h"
#include "convert/check_files.h"
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

// Bytes done, of all, and those of `done` that were there before.
using Report = std::function<void(size_t, size_t, size_t)>;
// Makes what the promise gives, on JavaScript's thread.
using Answer = std::function<Napi::Value(Napi::Env)>;
using FileWork = std::function<Answer(const std::atomic<bool>& stop, const Report& report)>;

// On JavaScript's thread. A callback that gives false stops the work.
void report(Napi::Env env, uint32_t key, size_t done, size_t total, size_t found) {
  const auto state = state_of(env);
  const auto call = state->file_calls.find(key);
  if (call == state->file_calls.end()) return;
  const Napi::Value answer = call->second.on_progress.Call({number(env, done), number(env, total), number(env, found)});
  if (answer.IsBoolean() && !answer.ToBoolean()) *call->second.stop = true;
}

void finish(Napi::Env env, uint32_t key, const Answer& answer, const std::exception_ptr& error) {
  const auto state = state_of(env);
  const FileCall call = std::move(state->file_calls.at(key));
  state->file_calls.erase(key);
  state->mailbox->release();
  if (error) return call.promise.Reject(to_error(env, error).Value());
  call.promise.Resolve(answer(env));
}

// Does the work on a thread of the crew.
Napi::Value start(Napi::Env env, const Napi::Value& on_progress, const FileWork& work) {
  if (!on_progress.IsFunction()) throw Napi::TypeError::New(env, "onProgress must be a function");
  const auto state = state_of(env);
  const uint32_t key = state->next_key++;
  const auto stop = std::make_shared<std::atomic<bool>>(false);
  const auto deferred = Napi::Promise::Deferred::New(env);
  state->crew.start([mailbox = state->mailbox, work, key, stop] {
    Answer answer;
    std::exception_ptr error;
    try {
      auto last = Clock::time_point{};
      answer = work(*stop, [&](size_t done, size_t total, size_t found) {
        if (Clock::now() - last < PROGRESS_EVERY && done < total) return;
        last = Clock::now();
        mailbox->post([=](Napi::Env at) { report(at, key, done, total, found); });
      });
    } catch (...) {
      error = std::current_exception();
    }
    mailbox->post([key, answer, error](Napi::Env at) { finish(at, key, answer, error); });
  });
  state->file_calls.emplace(key, FileCall{deferred, Napi::Persistent(on_progress.As<Napi::Function>()), stop});
  state->mailbox->hold();
  return deferred.Promise();
}

Napi::Value from_converted(Napi::Env env, const Converted& result) {
  auto object = Napi::Object::New(env);
  object.Set("bytes", number(env, result.bytes));
  object.Set("shards", number(env, result.shards));
  object.Set("found", number(env, result.found));
  return object;
}

Napi::Value from_checked(Napi::Env env, const CheckedFiles& result) {
  auto wrong = Napi::Array::New(env, result.wrong.size());
  for (uint32_t i = 0; i < result.wrong.size(); i++) wrong.Set(i, result.wrong[i]);
  auto object = Napi::Object::New(env);
  object.Set("files", number(env, result.files));
  object.Set("bytes", number(env, result.bytes));
  object.Set("wrong", wrong);
  return object;
}

}  // namespace

Napi::Value convert_folder(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const std::string source = to_string(info[0], "source"), target = to_string(info[1], "target");
    const ConvertOptions options = to_convert_options(info[2]);
    return start(info.Env(), info[3], [source, target, options](const std::atomic<bool>& stop, const Report& report) -> Answer {
      const Converted result = convert(source, target, options, stop, [&](const ConvertProgress& p) { report(p.done, p.total, p.found); });
      return [result](Napi::Env env) { return from_converted(env, result); };
    });
  });
}

Napi::Value check_folder(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const std::string folder = to_string(info[0], "folder");
    return start(info.Env(), info[1], [folder](const std::atomic<bool>& stop, const Report& report) -> Answer {
      const CheckedFiles result = check_files(folder, stop, [&](size_t done, size_t total) { report(done, total, 0); });
      return [result](Napi::Env env) { return from_checked(env, result); };
    });
  });
}

}  // namespace wisecrack
