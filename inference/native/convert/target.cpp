#include "convert/target.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "convert/checksum_record.h"
#include "convert/disk.h"
#include "io/error.h"

namespace wisecrack {
namespace {

constexpr size_t ROOM_TO_SPARE = 64 << 20;  // for checksums, index, and what the file system needs itself
// Files of a model folder that go along as they are.
constexpr const char* COMPANIONS[] = {"config.json", "tokenizer.model", "wisecrack.json"};

// run.py, for a checkpoint as it was released, which has no config.json.
constexpr const char* GROK_1_CONFIG = R"({
  "vocab_size": 131072, "pad_token": 0, "eos_token": 2, "sequence_len": 8192,
  "embedding_multiplier_scale": 78.38367176906169, "output_multiplier_scale": 0.5773502691896257,
  "model": {
    "emb_size": 6144, "widening_factor": 8, "key_size": 128, "num_q_heads": 48, "num_kv_heads": 8, "num_layers": 64,
    "attn_output_multiplier": 0.08838834764831845, "num_experts": 8, "num_selected_experts": 2
  }
}
)";

bool expected(const std::string& name, const Plan& plan) {
  if (name == "model.safetensors.index.json" || name == "model.safetensors.index.json.part") return !plan.index.empty();
  return std::any_of(plan.shards.begin(), plan.shards.end(), [&](const ShardPlan& shard) {
    const std::string checksums = shard.name + CHECKSUMS;
    return name == shard.name || name == shard.name + ".part" || name == checksums || name == checksums + ".part";
  });
}

}  // namespace

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  DIR* dir = opendir(folder.c_str());
  if (!dir) throw failed(folder + ": " + std::strerror(errno));
  while (const dirent* entry = readdir(dir)) names.push_back(entry->d_name);
  closedir(dir);
  return names;
}

void make_folder(const std::string& path) {
  for (size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1)) mkdir(path.substr(0, at).c_str(), 0755);
  if (mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) throw failed(path + ": " + std::strerror(errno));
}

std::vector<std::string> foreign_files(const std::string& folder, const Plan& plan) {
  std::vector<std::string> foreign;
  for (const std::string& name : names_in(folder)) {
    const bool weights = name.find(".safetensors") != std::string::npos || name == "ckpt-0";
    if (weights && !expected(name, plan)) foreign.push_back(name);
  }
  return foreign;
}

void refuse(const std::string& folder, const std::vector<std::string>& foreign) {
  std::string names;
  for (const std::string& name : foreign) names += (names.empty() ? "" : ", ") + name;
  if (!names.empty()) throw failed(folder + " holds something else already: " + names);
}

void check_room(const std::string& folder, size_t bytes) {
  const size_t needed = bytes + ROOM_TO_SPARE, room = free_space(folder);
  if (needed > room)
    throw failed(folder + " has room for " + std::to_string(room / 1'000'000) + " MB, " + std::to_string(needed / 1'000'000) + " MB are needed");
}

void write_companions(const std::string& source, const std::string& target) {
  for (const char* name : COMPANIONS) {
    const std::string from = source + "/" + name, to = target + "/" + name;
    if (exists(from)) write_whole(to, read_text(from, 100'000'000));
    else if (name == COMPANIONS[0]) write_whole(to, GROK_1_CONFIG);
  }
}

}  // namespace wisecrack
