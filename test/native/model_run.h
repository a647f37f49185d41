#pragma once
// A model with its devices, without a scheduler.
#include <utility>

#include "check.h"
#include "device/cpu/cpu_device.h"
#include "device/open.h"
#include "golden.h"
#include "model/model.h"
#include "scheduler/trace.h"

/// A model folder on some devices.
struct RunOn {
  wisecrack::Config config;
  wisecrack::Weights weights;
  wisecrack::Devices devices;
  wisecrack::Model forward;
  std::atomic<bool> stop{false};

  RunOn(const std::string& folder, bool round_product, wisecrack::Devices given, wisecrack::Placement placement = {})
      : config(wisecrack::read_config(folder + "/config.json")),
        weights(folder, config, round_product),
        devices(std::move(given)),
        forward(config, weights, wisecrack::pointers(devices), static_cast<size_t>(config.sequence_len), {}, placement) {}

  wisecrack::Trace trace(const std::vector<int32_t>& tokens, size_t chunk) {
    wisecrack::Trace result;
    wisecrack::TraceJob job(tokens, chunk, [&](std::unique_ptr<wisecrack::Trace> t, const std::exception_ptr&) { result = std::move(*t); });
    while (!job.advance(forward, config, stop)) {
    }
    job.succeed();
    return result;
  }

  /// The logits of all sequences [tokens, vocab], computed in one batch: each with its own number of rows per step, its blocks scattered
  /// over the pool.
  std::vector<std::vector<float>> in_company(const std::vector<std::vector<int32_t>>& sequences) {
    const auto vocab = static_cast<size_t>(config.vocab_size);
    size_t longest = 0;
    for (const auto& tokens : sequences) longest = std::max(longest, tokens.size());
    const auto pool = forward.make_pool(wisecrack::kv_blocks(longest) * sequences.size());
    std::vector<std::vector<int32_t>> tables(sequences.size());
    std::vector<size_t> at(sequences.size(), 0);
    std::vector<std::vector<float>> logits(sequences.size());
    for (size_t b = 0; b < pool->blocks(); b++) tables[b % sequences.size()].push_back(static_cast<int32_t>(pool->blocks() - 1 - b));
    while (true) {
      std::vector<wisecrack::Row> rows;
      std::vector<size_t> owner;
      for (size_t s = 0; s < sequences.size(); s++) {
        for (size_t n = 0; n < 1 + s * 2 && at[s] < sequences[s].size(); n++, at[s]++) {
          rows.push_back({sequences[s][at[s]], static_cast<int32_t>(at[s]), tables[s].data(), true});
          owner.push_back(s);
        }
      }
      if (rows.empty()) return logits;
      CHECK(forward.run(rows, *pool, stop));
      for (size_t r = 0; r < rows.size(); r++)
        logits[owner[r]].insert(logits[owner[r]].end(), forward.logits() + r * vocab, forward.logits() + (r + 1) * vocab);
    }
  }
};

/// CPU devices that share a model, a thread each.
inline wisecrack::Devices cpu_shards(bool bf16, size_t shards, int threads = 1, const wisecrack::Kernels& kernels = wisecrack::best_kernels()) {
  const auto team = shards > 1 ? std::make_shared<wisecrack::Team>(shards) : nullptr;
  wisecrack::Devices devices;
  for (size_t s = 0; s < shards; s++)
    devices.push_back(std::make_unique<wisecrack::CpuDevice>(bf16, threads, kernels, wisecrack::Member{team, s}));
  return devices;
}

/// A golden model on the processor.
struct ModelRun : RunOn {
  ModelRun(const std::string& name, bool bf16, int threads = 1, const wisecrack::Kernels& kernels = wisecrack::best_kernels())
      : RunOn(golden::model(name), true, cpu_shards(bf16, 1, threads, kernels)) {}
};

/// What two passes have in common to the bit.
inline bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}
inline bool same_trace(const wisecrack::Trace& a, const wisecrack::Trace& b) {
  return same_bits(a.logits, b.logits) && same_bits(a.hidden, b.hidden) && same_bits(a.router_probs, b.router_probs) &&
         a.experts == b.experts;
}

/// How far a model on some devices is from its golden vectors in float32, prompts in chunks of several sizes, up to the longest.
struct F32Figures {
  double logits = 0, hidden = 0, probs = 0;
  bool experts = true;
  bool good() const { return logits <= 5e-5 && hidden <= 5e-5 && probs <= 1e-4 && experts; }
};
inline F32Figures f32_figures(RunOn& model, const std::string& name, const std::vector<size_t>& chunks, size_t longest = SIZE_MAX) {
  const golden::Arrays wanted(golden::model(name) + "/golden.safetensors");
  F32Figures f;
  for (const auto& prompt : golden::prompts(name)) {
    if (prompt.tokens.size() > longest) continue;
    for (const size_t chunk : chunks) {
      if (chunk >= prompt.tokens.size()) continue;  // the whole prompt again
      const wisecrack::Trace trace = model.trace(prompt.tokens, chunk);
      f.logits = std::max(f.logits, golden::relative(trace.logits, wanted.floats(prompt.name + ".logits")));
      f.hidden = std::max(f.hidden, golden::relative(trace.hidden, wanted.floats(prompt.name + ".hidden")));
      const auto router = wanted.floats(prompt.name + ".router_probs");
      for (size_t i = 0; i < router.size(); i++) f.probs = std::max(f.probs, std::abs(double{router[i]} - trace.router_probs[i]));
      f.experts &= trace.experts == wanted.ints(prompt.name + ".experts");
    }
  }
  return f;
}
