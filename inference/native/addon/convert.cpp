#include "addon/convert.h"

#include <cmath>

#include "io/error.h"
#include "model/memory_plan.h"

namespace wisecrack {
namespace {

constexpr double MAX_INTEGER = 9007199254740991.0;  // 2^53 - 1

[[noreturn]] void wrong_type(Napi::Env env, const char* name, const char* wanted) {
  throw Napi::TypeError::New(env, std::string(name) + " must be " + wanted);
}

double to_number(const Napi::Value& value, const char* name) {
  if (!value.IsNumber()) wrong_type(value.Env(), name, "a number");
  return value.As<Napi::Number>().DoubleValue();
}

Napi::Object to_object(const Napi::Value& value, const char* name) {
  if (!value.IsObject()) wrong_type(value.Env(), name, "an object");
  return value.As<Napi::Object>();
}

const char* text(Finish finish) {
  switch (finish) {
    case Finish::StopToken: return "stop-token";
    case Finish::Length: return "length";
    case Finish::Context: return "context";
    case Finish::Cancelled: return "cancelled";
    default: return "error";
  }
}

Napi::Float32Array from_floats(Napi::Env env, const std::vector<float>& values) {
  auto array = Napi::Float32Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

Sampling to_sampling(const Napi::Value& value) {
  const Napi::Object o = to_object(value, "sampling");
  Sampling s;
  s.temperature = to_number(o.Get("temperature"), "temperature");
  s.top_k = to_integer(o.Get("topK"), "topK");
  s.top_p = to_number(o.Get("topP"), "topP");
  s.min_p = to_number(o.Get("minP"), "minP");
  s.repetition_penalty = to_number(o.Get("repetitionPenalty"), "repetitionPenalty");
  s.dry_multiplier = to_number(o.Get("dryMultiplier"), "dryMultiplier");
  s.dry_base = to_number(o.Get("dryBase"), "dryBase");
  s.dry_allowed_length = to_integer(o.Get("dryAllowedLength"), "dryAllowedLength");
  s.seed = static_cast<uint64_t>(to_integer(o.Get("seed"), "seed"));
  return s;
}

Priority to_priority(const Napi::Value& value) {
  if (value.IsUndefined()) return Priority::Normal;
  const std::string name = to_string(value, "priority");
  if (name != "normal" && name != "low") wrong_type(value.Env(), "priority", "'normal' or 'low'");
  return name == "low" ? Priority::Low : Priority::Normal;
}

}  // namespace

std::string to_string(const Napi::Value& value, const char* name) {
  if (!value.IsString()) wrong_type(value.Env(), name, "a string");
  return value.As<Napi::String>().Utf8Value();
}

int64_t to_integer(const Napi::Value& value, const char* name) {
  const double number = to_number(value, name);
  if (!(std::abs(number) <= MAX_INTEGER) || number != std::floor(number))
    throw Napi::RangeError::New(value.Env(), std::string(name) + " must be a whole number below 2^53");
  return static_cast<int64_t>(number);
}

int to_threads(const Napi::Value& value) {
  const int64_t threads = to_integer(value, "threads");
  if (threads < 0 || threads > 1024) throw Napi::RangeError::New(value.Env(), "threads must be from 0 to 1024");
  return static_cast<int>(threads);
}

std::vector<int32_t> to_tokens(const Napi::Value& value, const char* name) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_int32_array)
    wrong_type(value.Env(), name, "an Int32Array");
  const auto array = value.As<Napi::Int32Array>();
  const size_t length = array.ElementLength();
  if (length == 0) return {};
  return {array.Data(), array.Data() + length};
}

// A list of strings, or nothing.
static std::vector<std::string> to_strings(const Napi::Value& value, const char* name) {
  std::vector<std::string> strings;
  if (value.IsUndefined()) return strings;
  if (!value.IsArray()) wrong_type(value.Env(), name, "an array of strings");
  const auto array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); i++) strings.push_back(to_string(array.Get(i), name));
  return strings;
}

// { bytes: Uint8Array, ends: Uint32Array }, or nothing.
static std::shared_ptr<const Pieces> to_pieces(const Napi::Value& value) {
  if (value.IsUndefined()) return nullptr;
  const Napi::Object o = to_object(value, "pieces");
  const auto array = [&](const char* name, napi_typedarray_type type, const char* wanted) {
    const Napi::Value given = o.Get(name);
    if (!given.IsTypedArray() || given.As<Napi::TypedArray>().TypedArrayType() != type) wrong_type(value.Env(), name, wanted);
    return given;
  };
  auto pieces = std::make_shared<Pieces>();
  const auto bytes = array("bytes", napi_uint8_array, "a Uint8Array").As<Napi::Uint8Array>();
  if (bytes.ElementLength() > 0) pieces->bytes.assign(reinterpret_cast<const char*>(bytes.Data()), bytes.ElementLength());
  const auto ends = array("ends", napi_uint32_array, "a Uint32Array").As<Napi::Uint32Array>();  // a getter may take the bytes away
  uint32_t last = 0;
  for (size_t i = 0; i < ends.ElementLength(); i++) {
    const uint32_t end = ends[i];
    if (end < last || end > pieces->bytes.size())
      throw Napi::RangeError::New(value.Env(), "pieces.ends[" + std::to_string(i) + "] is " + std::to_string(end) +
                                                   ", must be from the one before to the number of bytes");
    pieces->ends.push_back(last = end);
  }
  return pieces;
}

EngineOptions to_options(const Napi::Value& value) {
  const Napi::Env env = value.Env();
  const Napi::Object o = to_object(value, "options");
  const std::string activations = to_string(o.Get("activations"), "activations");
  if (activations != "f32" && activations != "bf16") wrong_type(env, "activations", "'f32' or 'bf16'");
  const auto bounded = [&](const char* name, int64_t min, int64_t max) {
    const int64_t n = to_integer(o.Get(name), name);
    if (n < min || n > max)
      throw Napi::RangeError::New(env, std::string(name) + " is " + std::to_string(n) + ", must be from " + std::to_string(min) +
                                           " to " + std::to_string(max));
    return n;
  };
  EngineOptions options;
  const Napi::Value device = o.Get("device");
  const std::string kind = device.IsUndefined() ? "auto" : to_string(device, "device");
  if (kind != "auto" && kind != "cpu" && kind != "cuda") wrong_type(env, "device", "'auto', 'cpu' or 'cuda'");
  options.device = kind == "cuda" ? DeviceKind::Cuda : kind == "cpu" ? DeviceKind::Cpu : DeviceKind::Auto;
  options.bf16_activations = activations == "bf16";
  options.threads = static_cast<int>(bounded("threads", 0, 1024));
  options.max_sequences = static_cast<size_t>(bounded("maxSequences", 1, Engine::MAX_SEQUENCES));
  options.context = static_cast<size_t>(bounded("context", 0, INT32_MAX));
  const auto given = [&](const char* name) { return !o.Get(name).IsUndefined(); };
  if (given("roundProduct")) options.round_product = o.Get("roundProduct").ToBoolean();
  if (given("kvBytes")) options.kv_bytes = static_cast<size_t>(bounded("kvBytes", 0, static_cast<int64_t>(MAX_INTEGER)));
  if (given("stepTokens")) options.step_rows = static_cast<size_t>(bounded("stepTokens", 0, 65536));
  if (given("shards")) options.shards = static_cast<size_t>(bounded("shards", 1, 8));
  if (options.shards & (options.shards - 1)) throw Napi::RangeError::New(env, "shards must be 1, 2, 4 or 8");
  options.pieces = to_pieces(o.Get("pieces"));
  return options;
}

Request to_request(const Napi::Value& value) {
  const Napi::Object o = to_object(value, "request");
  Request r;
  r.tokens = to_tokens(o.Get("tokens"), "tokens");
  r.resumed = to_integer(o.Get("resumed"), "resumed");
  r.max_tokens = to_integer(o.Get("maxTokens"), "maxTokens");
  r.sampling = to_sampling(o.Get("sampling"));
  r.penalty_start = to_integer(o.Get("penaltyStart"), "penaltyStart");
  r.dry_breakers = to_tokens(o.Get("dryBreakers"), "dryBreakers");
  r.stop_tokens = to_tokens(o.Get("stopTokens"), "stopTokens");
  r.banned_tokens = to_tokens(o.Get("bannedTokens"), "bannedTokens");
  r.banned_first = to_tokens(o.Get("bannedFirst"), "bannedFirst");
  r.banned_phrases = to_strings(o.Get("bannedPhrases"), "bannedPhrases");
  if (!o.Get("topLogprobs").IsUndefined()) r.top_logprobs = to_integer(o.Get("topLogprobs"), "topLogprobs");
  r.min_tokens = to_integer(o.Get("minTokens"), "minTokens");
  r.priority = to_priority(o.Get("priority"));
  return r;
}

Napi::Value from_config(Napi::Env env, const Config& c) {
  auto o = Napi::Object::New(env);
  o.Set("vocabSize", c.vocab_size);
  o.Set("embSize", c.emb_size);
  o.Set("numLayers", c.num_layers);
  o.Set("numQHeads", c.num_q_heads);
  o.Set("numKvHeads", c.num_kv_heads);
  o.Set("keySize", c.key_size);
  o.Set("ffnSize", c.ffn_size);
  o.Set("numExperts", c.num_experts);
  o.Set("numSelectedExperts", c.num_selected_experts);
  o.Set("sequenceLen", c.sequence_len);
  o.Set("padToken", c.pad_token);
  o.Set("eosToken", c.eos_token);
  o.Freeze();
  return o;
}

Napi::Value from_stats(Napi::Env env, const EngineStats& s) {
  auto o = Napi::Object::New(env);
  const auto set = [&](const char* name, auto value) { o.Set(name, static_cast<double>(value)); };
  set("waiting", s.waiting);
  set("running", s.running);
  set("steps", s.steps);
  set("promptTokens", s.prompt_tokens);
  set("replyTokens", s.reply_tokens);
  set("stepMs", s.step_ms);
  set("forwardMs", s.forward_ms);
  set("batch", s.batch);
  set("preempted", s.preempted);
  set("prefixHits", s.prefix_hits);
  set("prefixMisses", s.prefix_misses);
  set("kvBlocks", s.kv_blocks);
  set("kvBlocksUsed", s.kv_blocks_used);
  set("kvBlocksCached", s.kv_blocks_cached);
  set("weightBytes", s.weight_bytes);
  set("kvBytes", s.kv_bytes);
  set("deviceBytes", s.device_bytes);
  set("deviceBytesUsed", s.device_bytes_used);
  set("longestIdle", s.longest_idle);
  set("threads", s.threads);
  set("shards", s.shards);
  return o;
}

Napi::Value from_events(Napi::Env env, const std::vector<Event>& events) {
  auto array = Napi::Array::New(env, events.size());
  for (uint32_t i = 0; i < events.size(); i++) {
    const Event& event = events[i];
    auto o = Napi::Object::New(env);
    o.Set("id", static_cast<double>(event.id));
    o.Set("token", event.token);
    if (event.finish != Finish::None) o.Set("finish", text(event.finish));
    if (!event.top_logprobs.empty()) {
      o.Set("logprob", event.logprob);
      auto top = Napi::Array::New(env, event.top_logprobs.size());
      for (uint32_t j = 0; j < event.top_logprobs.size(); j++) {
        auto pair = Napi::Object::New(env);
        pair.Set("token", event.top_logprobs[j].first);
        pair.Set("logprob", event.top_logprobs[j].second);
        top.Set(j, pair);
      }
      o.Set("topLogprobs", top);
    }
    if (event.finish == Finish::Error) o.Set("message", event.message);
    array.Set(i, o);
  }
  return array;
}

Napi::Value from_trace(Napi::Env env, const Trace& trace) {
  auto o = Napi::Object::New(env);
  o.Set("logits", from_floats(env, trace.logits));
  o.Set("hidden", from_floats(env, trace.hidden));
  o.Set("routerProbs", from_floats(env, trace.router_probs));
  auto experts = Napi::Int32Array::New(env, trace.experts.size());
  std::copy(trace.experts.begin(), trace.experts.end(), experts.Data());
  o.Set("experts", experts);
  return o;
}

Napi::Value from_offload(Napi::Env env, const Offload& offload) {
  if (offload.layers == 0) return env.Undefined();
  auto o = Napi::Object::New(env);
  o.Set("layers", static_cast<double>(offload.layers));
  o.Set("bytes", static_cast<double>(offload.bytes));
  o.Set("tokenBytes", static_cast<double>(offload.token_bytes));
  o.Set("rate", offload.rate);
  return o;
}

Napi::Value from_limits(Napi::Env env, const MachineLimits& limits) {
  auto o = Napi::Object::New(env);
  o.Set("readBandwidth", limits.read_bandwidth);
  o.Set("fmaRate", limits.fma_rate);
  return o;
}

Napi::Error to_error(Napi::Env env, const std::exception_ptr& error) {
  const auto coded = [env](const char* code, const std::string& message) {
    Napi::Error e = Napi::Error::New(env, message);
    e.Set("code", Napi::String::New(env, code));
    return e;
  };
  try {
    std::rethrow_exception(error);
  } catch (const Napi::Error& e) {
    return e;
  } catch (const ModelError& e) {
    const bool missing = e.code() == ErrorCode::NotFound, failed = e.code() == ErrorCode::Failed;
    return coded(missing ? "WISECRACK_MODEL_NOT_FOUND" : failed ? "WISECRACK_CONVERT_FAILED" : "WISECRACK_MODEL_INVALID", e.what());
  } catch (const DeviceError& e) {
    return coded("WISECRACK_DEVICE_MISSING", e.what());
  } catch (const MemoryError& e) {
    return coded("WISECRACK_OUT_OF_MEMORY", e.what());
  } catch (const std::bad_alloc&) {
    return coded("WISECRACK_OUT_OF_MEMORY", "not enough memory");
  } catch (const std::out_of_range& e) {
    return Napi::RangeError::New(env, e.what());
  } catch (const std::exception& e) {
    return Napi::Error::New(env, e.what());
  }
}

}  // namespace wisecrack
