#include "convert/convert.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <span>
#include <system_error>
#include <thread>

#include "convert/crc32c.h"
#include "convert/disk.h"
#include "convert/output_file.h"
#include "convert/plan.h"
#include "device/cpu/features.h"
#include "io/error.h"

namespace wisecrack {
namespace {

constexpr int MAX_THREADS = 16;
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

// Tells one conversion from another: the source by names, sizes and both ends of its files, the target by its header.
std::string identity_of(const std::vector<MappedFile>& files, const ShardPlan& shard) {
  constexpr size_t END = 4096;
  uint32_t crc = crc32c(shard.header.data(), shard.header.size());
  for (const MappedFile& file : files) {
    const std::string name = file.path().substr(file.path().rfind('/') + 1) + " " + std::to_string(file.size());
    const size_t n = std::min(END, file.size());
    crc = crc32c(name.data(), name.size(), crc);
    crc = crc32c(file.data(), n, crc);
    crc = crc32c(file.data() + file.size() - n, n, crc);
  }
  char text[64];
  std::snprintf(text, sizeof text, "wisecrack convert %08x", crc);
  return text;
}

// What a piece is made from: its rows or, where outputs lie side by side, all of the matrix.
std::span<const std::byte> source_of(const Output& o, const Piece& piece) {
  const Matrix& m = o.matrix;
  const auto* data = static_cast<const std::byte*>(m.data);
  const size_t row = m.cols * size_of(m.dtype);
  if (!data || m.by_input || o.is_scales) return {data, m.rows * row};
  return {data + piece.begin / o.row_bytes() * row, piece.bytes / o.row_bytes() * row};
}

void ask_for(std::span<const std::byte> source) {
  if (!source.empty()) will_need(source.data(), source.size());
}

void give_back(std::span<const std::byte> source) {
  if (!source.empty()) let_go(source.data(), source.size());
}

void make_folder(const std::string& path) {
  for (size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1)) mkdir(path.substr(0, at).c_str(), 0755);
  if (mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) throw failed(path + ": " + std::strerror(errno));
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  DIR* dir = opendir(folder.c_str());
  if (!dir) throw failed(folder + ": " + std::strerror(errno));
  while (const dirent* entry = readdir(dir)) names.push_back(entry->d_name);
  closedir(dir);
  return names;
}

class Conversion {
 public:
  Conversion(const std::string& source, const std::string& target, const ConvertOptions& options)
      : source_(source), target_(target), weights_(source, folder_config(source)), plan_(make_plan(weights_, options.dtype, options.shards)),
        threads_(std::min(thread_count(options.threads), MAX_THREADS)) {}

  Converted run(const std::atomic<bool>& stop, const std::function<void(const ConvertProgress&)>& progress) {
    make_folder(target_);
    open_files();
    find_what_is_there(stop, progress);
    check_room();
    write_companions();
    for (size_t s = 0; s < files_.size(); s++) files_[s]->open(present_[s]);
    write_pieces(stop, progress);
    if (!plan_.index.empty()) write_whole(target_ + "/model.safetensors.index.json", plan_.index);
    sync_folder(target_);
    return {plan_.bytes, plan_.shards.size(), found_};
  }

 private:
  // Refuses a folder that holds another model, or another conversion of this one.
  void open_files() {
    std::vector<std::vector<const Piece*>> pieces(plan_.shards.size());
    for (const Piece& piece : plan_.pieces) pieces[piece.shard].push_back(&piece);
    for (size_t s = 0; s < plan_.shards.size(); s++)
      files_.push_back(std::make_unique<OutputFile>(target_, plan_.shards[s], identity_of(weights_.files(), plan_.shards[s]), pieces[s]));
    std::string foreign;
    for (const std::string& name : names_in(target_)) {
      const bool weights = name.find(".safetensors") != std::string::npos || name == "ckpt-0";
      if (weights && !expected(name)) foreign += (foreign.empty() ? "" : ", ") + name;
    }
    for (size_t s = 0; s < files_.size(); s++)
      if (files_[s]->foreign()) foreign += (foreign.empty() ? "" : ", ") + plan_.shards[s].name;
    if (!foreign.empty()) throw failed(target_ + " holds something else already: " + foreign);
  }

  bool expected(const std::string& name) const {
    if (name == "model.safetensors.index.json" || name == "model.safetensors.index.json.part") return !plan_.index.empty();
    return std::any_of(plan_.shards.begin(), plan_.shards.end(), [&](const ShardPlan& shard) {
      return name == shard.name || name == shard.name + ".part" || name == shard.name + ".crc32c" || name == shard.name + ".crc32c.part";
    });
  }

  // Files that are not finished are always checked; the finished ones only when that is all there is to do.
  void find_what_is_there(const std::atomic<bool>& stop, const std::function<void(const ConvertProgress&)>& progress) {
    const bool all = std::all_of(files_.begin(), files_.end(), [](const auto& file) { return file->finished(); });
    std::vector<size_t> at(files_.size(), 0);
    for (const auto& file : files_) {
      if (stop) throw failed("stopped");
      present_.push_back(file->present(all || !file->finished()));
      if (progress && all) progress({found_, plan_.bytes, found_});
      const size_t s = present_.size() - 1;
      for (const Piece& piece : plan_.pieces)
        if (piece.shard == s && present_[s][at[s]++]) found_ += piece.bytes;
    }
  }

  void check_room() const {
    size_t needed = plan_.bytes - found_ + ROOM_TO_SPARE;
    // What unfinished pieces already take is reckoned as not there: at worst a run asks for a little too much.
    const size_t room = free_space(target_);
    if (needed > room)
      throw failed(target_ + " has room for " + std::to_string(room / 1'000'000) + " MB, " + std::to_string(needed / 1'000'000) + " MB are needed");
  }

  void write_companions() const {
    for (const char* name : COMPANIONS) {
      const std::string from = source_ + "/" + name, to = target_ + "/" + name;
      if (exists(from)) write_whole(to, read_text(from, 100'000'000));
      else if (name == COMPANIONS[0]) write_whole(to, GROK_1_CONFIG);
    }
  }

  void write_pieces(const std::atomic<bool>& stop, const std::function<void(const ConvertProgress&)>& progress) {
    std::vector<const Piece*> work;
    std::vector<std::atomic<size_t>> left(plan_.outputs.size());  // pieces of each output
    std::vector<size_t> at(files_.size(), 0);
    for (const Piece& piece : plan_.pieces) {
      if (present_[piece.shard][at[piece.shard]++]) continue;
      work.push_back(&piece);
      if (piece.output != NO_OUTPUT) left[piece.output]++;
    }
    std::atomic<size_t> next{0}, done{found_};
    std::atomic<int> running{0};
    std::atomic<bool> halt{false};
    std::mutex mutex;
    std::exception_ptr error;
    const auto worker = [&] {
      try {
        std::vector<std::byte> buffer;
        for (size_t i = next++; i < work.size() && !halt && !stop; i = next++) {
          const Piece& piece = *work[i];
          write_piece(piece, buffer);
          if (piece.output != NO_OUTPUT) {
            const Output& o = plan_.outputs[piece.output];
            const bool last = --left[piece.output] == 0;
            if (last || !o.matrix.by_input) give_back(source_of(o, piece));
          }
          done += piece.bytes;
        }
      } catch (...) {
        std::lock_guard lock(mutex);
        error = std::current_exception();
        halt = true;
      }
      running--;
    };
    std::vector<std::thread> workers;
    try {
      for (int i = 0; i < threads_; i++) {
        running++;
        workers.emplace_back(worker);
      }
    } catch (const std::system_error&) {  // fewer threads then; one at least
      running--;
      if (workers.empty()) throw;
    }
    while (running > 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      if (progress) progress({done, plan_.bytes, found_});
    }
    for (std::thread& thread : workers) thread.join();
    if (error) std::rethrow_exception(error);
    if (stop) throw failed("stopped");
    if (progress) progress({done, plan_.bytes, found_});
  }

  void write_piece(const Piece& piece, std::vector<std::byte>& buffer) {
    if (piece.output == NO_OUTPUT) {
      files_[piece.shard]->write(piece, reinterpret_cast<const std::byte*>(plan_.shards[piece.shard].header.data()));
      return;
    }
    if (buffer.size() < piece.bytes) buffer.resize(piece.bytes);
    const Output& o = plan_.outputs[piece.output];
    if (piece.begin == 0 || !o.matrix.by_input) ask_for(source_of(o, piece));
    o.write(piece.begin, piece.begin + piece.bytes, buffer.data());
    files_[piece.shard]->write(piece, buffer.data());
  }

  const std::string source_, target_;
  const Weights weights_;
  const Plan plan_;
  const int threads_;
  std::vector<std::unique_ptr<OutputFile>> files_;
  std::vector<std::vector<bool>> present_;  // of each file's pieces
  size_t found_ = 0;
};

}  // namespace

Converted convert(const std::string& source, const std::string& target, const ConvertOptions& options, const std::atomic<bool>& stop,
                  const std::function<void(const ConvertProgress&)>& progress) {
  return Conversion(source, target, options).run(stop, progress);
}

}  // namespace wisecrack
