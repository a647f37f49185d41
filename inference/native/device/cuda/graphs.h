#pragma once
#include <cstdint>
#include <functional>
#include <list>
#include <vector>

#include "device/cuda/cuda_memory.h"

namespace wisecrack::cuda {

/// Steps that were recorded: the next one of the same form is started as one CUDA graph, instead of as hundreds of kernels.
class StepGraphs {
 public:
  static constexpr size_t KEPT = 64;  ///< a graph of Grok-1 takes about a megabyte

  explicit StepGraphs(CudaMemory& memory) : memory_(memory) {}
  ~StepGraphs();
  StepGraphs(const StepGraphs&) = delete;
  StepGraphs& operator=(const StepGraphs&) = delete;

  /// All that the kernels' arguments depend on: sizes and addresses.
  using Form = std::vector<uint64_t>;

  /// Starts the graph of this form, which is recorded from what `kernels` start when there is none. False when they gave up; then
  /// nothing was started. Throws CudaError.
  bool play(const Form& form, const std::function<bool()>& kernels);
  size_t size() const { return kept_.size(); }

 private:
  struct Kept {
    Form form;
    cudaGraphExec_t graph;
  };
  cudaGraphExec_t record(const std::function<bool()>& kernels);

  CudaMemory& memory_;
  std::list<Kept> kept_;  // the one that was used last comes first
};

}  // namespace wisecrack::cuda
