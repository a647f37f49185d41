#pragma once
// A model with its device, without a scheduler.
#include <utility>

#include "check.h"
#include "device/cpu/cpu_device.h"
#include "golden.h"
#include "model/forward.h"
#include "scheduler/trace.h"

/// A golden model on one kind of device.
template <class OneDevice>
struct RunOn {
  wisecrack::Config config;
  wisecrack::Weights weights;
  OneDevice device;
  wisecrack::Forward forward;
  std::atomic<bool> stop{false};

  /// `given` makes the device.
  template <class... Given>
  RunOn(const std::string& name, bool round_product, Given&&... given)
      : config(wisecrack::read_config(golden::model(name) + "/config.json")),
        weights(golden::model(name), config, round_product),
        device(std::forward<Given>(given)...),
        forward(config, weights, device, static_cast<size_t>(config.sequence_len)) {}

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

struct ModelRun : RunOn<wisecrack::CpuDevice> {
  ModelRun(const std::string& name, bool bf16, int threads = 1, const wisecrack::Kernels& kernels = wisecrack::best_kernels())
      : RunOn(name, true, bf16, threads, kernels) {}
};
