#include "device/cuda/graphs.h"

#include <algorithm>

#include "device/cuda/launch.h"

namespace wisecrack::cuda {

StepGraphs::~StepGraphs() {
  for (const Kept& kept : kept_) cudaGraphExecDestroy(kept.graph);
}

bool StepGraphs::play(const Form& form, const std::function<bool()>& kernels) {
  const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) { return kept.form == form; });
  if (found != kept_.end()) {
    kept_.splice(kept_.begin(), kept_, found);
  } else {
    const cudaGraphExec_t graph = record(kernels);
    if (!graph) return false;
    kept_.push_front({form, graph});
    if (kept_.size() > KEPT) {
      cudaGraphExecDestroy(kept_.back().graph);
      kept_.pop_back();
    }
  }
  demand(cudaGraphLaunch(kept_.front().graph, memory_.stream()), "a step's graph");
  return true;
}

// Null when the kernels gave up. Whatever happens, the stream records no longer.
cudaGraphExec_t StepGraphs::record(const std::function<bool()>& kernels) {
  struct Recording {
    cudaStream_t stream;
    cudaGraph_t graph = nullptr;
    cudaError_t end() { return cudaStreamEndCapture(stream, &graph); }
    ~Recording() {
      if (!graph) end();
      if (graph) cudaGraphDestroy(graph);
      cudaGetLastError();  // what spoilt the recording has been told
    }
  };
  demand(cudaStreamBeginCapture(memory_.stream(), cudaStreamCaptureModeThreadLocal), "recording a step");
  Recording recording{memory_.stream()};
  if (!kernels()) return nullptr;
  demand(recording.end(), "recording a step");
  cudaGraphExec_t graph = nullptr;
  demand(cudaGraphInstantiate(&graph, recording.graph, 0), "making a step's graph");
  return graph;
}

}  // namespace wisecrack::cuda
