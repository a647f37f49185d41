#include "device/cuda/cuda_device.h"

#include "device/cuda/arguments.cuh"
#include "device/cuda/attention_shape.h"
#include "device/cuda/jobs.cuh"
#include "device/cuda/launch.h"

namespace wisecrack::cuda {

CudaDevice::CudaDevice(bool round_activations, int device, Way way, Member member)
    : Device(round_activations, std::move(member)),
      device_(device),
      memory_(device),
      ways_(way == Way::Auto ? Ways{Way::Skinny, best_for_many()} : Ways{way, way}),
      inputs_there_(memory_),
      out_(memory_),
      expert_hidden_(memory_),
      expert_out_(memory_),
      partial_(memory_),
      peers_(this->member().count() > 1 ? std::make_unique<Peers>(this->member(), memory_) : nullptr),
      routed_(memory_),
      graphs_(memory_),
      likeliest_there_(memory_) {}

CudaDevice::~CudaDevice() {
  loader_.reset();
  offloaded_.reset();
  for (void* data : weights_) memory_.release(data, 0);
}

std::string CudaDevice::refusal(const Shape& s) {
  const auto is = [](const char* what, size_t n, const std::string& must) {
    return std::string("the CUDA kernels want ") + what + " " + must + "; it is " + std::to_string(n);
  };
  const size_t group = s.heads.q_heads / s.heads.kv_heads;
  if (s.heads.key_size % TILE_ROWS || s.heads.key_size > MAX_KEY)
    return is("key_size to be a multiple of 16 up to", s.heads.key_size, std::to_string(MAX_KEY));
  if (group > QUERY_ROWS) return is("query heads per kv head to be at most", group, std::to_string(QUERY_ROWS));
  if (s.emb % 8) return is("emb_size to be a multiple of", s.emb, "8");
  if (s.ffn % 8) return is("the ffn size to be a multiple of", s.ffn, "8");
  if (s.experts > MAX_EXPERTS) return is("num_experts to be at most", s.experts, std::to_string(MAX_EXPERTS));
  return {};
}

std::string CudaDevice::name() const {
  cudaDeviceProp properties{};
  demand(cudaGetDeviceProperties(&properties, device_), "cudaGetDeviceProperties");
  return properties.name;
}

void CudaDevice::begin(const Step& step) {
  memory_.bind();
  arrived_ = false;
  // The most heads that may share keys leave the fewest tokens to a tile; attention() has not said yet how many there are.
  inputs_.fill(step, static_cast<size_t>(tile_tokens(QUERY_ROWS)));
  inputs_there_.at_least(inputs_.values.size());
  memory_.upload(inputs_there_.data(), inputs_.values.data(), inputs_.values.size() * sizeof(int32_t));
}

bool CudaDevice::play(std::span<const void* const> arrays, const std::function<bool()>& kernels) {
  if (!inputs_.only_singles() || offloaded_) return kernels();  // what is brought depends on what the router says
  finish_loading();  // nothing may be waited for while a step is recorded
  StepGraphs::Form form{inputs_.rows, inputs_.wanted_rows, inputs_.segments};
  const auto add = [&](const void* array) { form.push_back(reinterpret_cast<uintptr_t>(array)); };
  for (const void* array : arrays) add(array);
  for (const Array<float>* own : {&out_, &expert_hidden_, &expert_out_, &partial_}) add(own->data());
  for (const Array<int32_t>* own : {&inputs_there_, &routed_}) add(own->data());
  if (peers_) add(peers_->part(Room::Embedding));
  add(likeliest_there_.data());
  add(likeliest_here_.data());
  return graphs_.play(form, kernels);
}

StepView CudaDevice::view() const {
  return {input(inputs_.tokens), input(inputs_.positions), input(inputs_.sequence), input(inputs_.tables), whole(inputs_.width)};
}

}  // namespace wisecrack::cuda
