#pragma once
// A model with its device, without a scheduler.
#include "device/cpu/cpu_device.h"
#include "golden.h"
#include "model/forward.h"
#include "scheduler/trace.h"

struct ModelRun {
  wisecrack::Config config;
  wisecrack::Weights weights;
  wisecrack::CpuDevice device;
  wisecrack::Forward forward;
  std::atomic<bool> stop{false};

  ModelRun(const std::string& name, bool bf16, int threads = 1, const wisecrack::Kernels& kernels = wisecrack::best_kernels())
      : config(wisecrack::read_config(golden::model(name) + "/config.json")),
        weights(golden::model(name), config),
        device(bf16, threads, kernels),
        forward(config, weights, device, static_cast<size_t>(config.sequence_len)) {}

  wisecrack::Trace trace(const std::vector<int32_t>& tokens, size_t chunk) {
    wisecrack::Trace result;
    wisecrack::TraceJob job(tokens, chunk, [&](std::unique_ptr<wisecrack::Trace> t, const std::exception_ptr&) { result = std::move(*t); });
    while (!job.advance(forward, config, stop)) {
    }
    job.succeed();
    return result;
  }
};
