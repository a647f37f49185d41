#include "io/error.h"
#include "io/json.h"
#include "io/safetensors.h"

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

Checkpoint::Checkpoint(const std::string& folder) {
  const std::string single = folder + "/model.safetensors", index = folder + "/model.safetensors.index.json";
  if (exists(single)) {
    files_.emplace_back(single);
    tensors_ = read_safetensors(files_.back());
  } else if (exists(index)) {
    open_shards(folder, index);
  } else {
    throw not_found(folder + ": neither model.safetensors nor model.safetensors.index.json");
  }
}

void Checkpoint::open_shards(const std::string& folder, const std::string& index_path) {
  const auto index = read_index(index_path);
  std::map<std::string, bool> shards;
  for (const auto& [tensor, shard] : index) shards[shard] = true;
  std::string wrong;
  for (const auto& [shard, used] : shards) {
    const std::string path = folder + "/" + shard;
    if (!exists(path)) {
      wrong += "\n  shard " + shard + " is missing";
      continue;
    }
    files_.emplace_back(path);
    for (auto& [name, tensor] : read_safetensors(files_.back())) {
      const auto entry = index.find(name);
      if (entry == index.end()) wrong += "\n  " + name + " is in " + shard + ", but not in the index";
      else if (entry->second != shard) wrong += "\n  " + name + " is in " + shard + ", the index says " + entry->second;
      else tensors_.emplace(name, tensor);
    }
  }
  for (const auto& [name, shard] : index)
    if (!tensors_.count(name) && wrong.find(shard + " is missing") == std::string::npos) wrong += "\n  " + name + " is not in " + shard;
  if (!wrong.empty()) throw invalid(index_path + ":" + wrong);
}

size_t Checkpoint::bytes() const {
  size_t total = 0;
  for (const auto& [name, tensor] : tensors_) total += tensor.bytes;
  return total;
}

}  // namespace wisecrack
