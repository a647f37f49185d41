#pragma once
#include <napi.h>

#include <exception>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "device/cpu/limits.h"
#include "scheduler/engine.h"

namespace wisecrack {

// JavaScript -> C++. All throw TypeError or RangeError that names the field.
std::string to_string(const Napi::Value& value, const char* name);
int64_t to_integer(const Napi::Value& value, const char* name);
std::vector<int32_t> to_tokens(const Napi::Value& value, const char* name);
EngineOptions to_options(const Napi::Value& value);
Request to_request(const Napi::Value& value);

// C++ -> JavaScript.
Napi::Value from_config(Napi::Env env, const Config& config);
Napi::Value from_stats(Napi::Env env, const EngineStats& stats);
Napi::Value from_events(Napi::Env env, const std::vector<Event>& events);
Napi::Value from_trace(Napi::Env env, const Trace& trace);
/// Undefined when all weights lie where they are computed with.
Napi::Value from_offload(Napi::Env env, const Offload& offload);
Napi::Value from_limits(Napi::Env env, const MachineLimits& limits);

/// The JavaScript error for a C++ exception, with its `code` where there is one.
Napi::Error to_error(Napi::Env env, const std::exception_ptr& error);

/// Runs a function called by JavaScript; what it throws becomes a JavaScript exception.
template <class Work>
auto guarded(Napi::Env env, const Work& work) {
  try {
    return work();
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    throw to_error(env, std::current_exception());
  }
}

}  // namespace wisecrack
