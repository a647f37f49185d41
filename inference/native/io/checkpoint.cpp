#include "io/checkpoint.h"

#include <map>
#include <set>

#include "io/error.h"
#include "io/json.h"
#include "io/names.h"

namespace wisecrack {
namespace {

// A shard is a plain file name: the index comes from strangers and must not lead out of the folder.
bool plain_name(const std::string& name) {
  return !name.empty() && name[0] != '.' && name.find_first_of(std::string("/\\\0", 3)) == std::string::npos;
}

// tensor name -> shard file name
std::map<std::string, std::string> read_index(const std::string& path) {
  Json json;
  try {
    json = Json::parse(read_text(path, 100'000'000));
  } catch (const JsonError& error) {
    throw invalid(path + ": " + error.what());
  }
  const Json* entries = json.find("weight_map");
  if (!entries || !entries->is(Json::Kind::Object) || entries->object.empty()) throw invalid(path + ": no weight_map");
  std::map<std::string, std::string> map;
  for (const auto& [tensor, file] : entries->object) {
    if (!file.is(Json::Kind::String) || !plain_name(file.string))
      throw invalid(path + ": the shard of \"" + tensor + "\" is no file name inside the folder");
    map.emplace(tensor, file.string);
  }
  return map;
}

}  // namespace

Checkpoint::Checkpoint(const std::string& folder, int32_t layers) {
  const std::string single = folder + "/model.safetensors", index = folder + "/model.safetensors.index.json";
  if (exists(single)) {
    files_.emplace_back(single);
    for (auto& [name, tensor] : read_safetensors(files_.back())) add(name, tensor);
  } else if (exists(index)) {
    open_shards(folder, index);
  } else if (exists(folder + "/ckpt-0")) {
    open_ckpt(folder + "/ckpt-0", layers);
  } else {
    throw not_found(folder + ": neither model.safetensors nor model.safetensors.index.json nor ckpt-0");
  }
}

void Checkpoint::add(const std::string& name, const Tensor& tensor) {
  const std::string ours = canonical_name(name);
  if (!ours.empty() && !tensors_.emplace(ours, tensor).second) throw invalid(name + " is there twice, under two names");
}

void Checkpoint::open_shards(const std::string& folder, const std::string& index_path) {
  const auto index = read_index(index_path);
  std::set<std::string> shards;
  for (const auto& [tensor, shard] : index) shards.insert(shard);
  std::string wrong;
  for (const std::string& shard : shards) {
    const std::string path = folder + "/" + shard;
    if (!exists(path)) {
      wrong += "\n  shard " + shard + " is missing";
      continue;
    }
    Tensors found;
    try {
      found = read_safetensors(files_.emplace_back(path));
    } catch (const ModelError& error) {
      wrong += std::string("\n  ") + error.what();
      continue;
    }
    for (const auto& [name, tensor] : found) {
      const auto entry = index.find(name);
      if (entry == index.end()) wrong += "\n  " + name + " is in " + shard + ", but not in the index";
      else if (entry->second != shard) wrong += "\n  " + name + " is in " + shard + ", the index says " + entry->second;
      else add(name, tensor);
    }
    for (const auto& [name, its_shard] : index)
      if (its_shard == shard && !found.count(name)) wrong += "\n  " + name + " is not in " + shard;
  }
  if (!wrong.empty()) throw invalid(index_path + ":" + wrong);
}

size_t Checkpoint::bytes() const {
  size_t total = 0;
  for (const auto& [name, tensor] : tensors_) total += tensor.bytes;
  return total;
}

}  // namespace wisecrack
