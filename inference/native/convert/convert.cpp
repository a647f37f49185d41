#include "convert/convert.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <span>

#include "convert/crc32c.h"
#include "convert/disk.h"
#include "convert/encode.h"
#include "convert/output_file.h"
#include "convert/plan.h"
#include "convert/target.h"
#include "device/cpu/features.h"
#include "io/error.h"
#include "io/in_parallel.h"

namespace wisecrack {
namespace {

constexpr int MAX_THREADS = 16;
constexpr size_t STRIP_BYTES = 2 << 20;
constexpr int WAITING_THREADS = 2;  // those that wait for the disk need no core

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

// What a piece is made from: its rows or, where outputs lie side by side, all of the matrix. Scales of their own are small.
std::span<const std::byte> source_of(const Output& o, const Piece& piece) {
  const Matrix& m = o.matrix;
  const auto* data = static_cast<const std::byte*>(m.data);
  const size_t row = m.cols * size_of(m.dtype);
  if (!data || (o.is_scales && m.dtype == DType::I8)) return {};
  if (m.by_input || o.is_scales) return {data, m.rows * row};
  return {data + piece.begin / o.row_bytes() * row, piece.bytes / o.row_bytes() * row};
}

void ask_for(std::span<const std::byte> source) {
  if (!source.empty()) will_need(source.data(), source.size());
}

void give_back(std::span<const std::byte> source) {
  if (!source.empty()) let_go(source.data(), source.size());
}

class Conversion {
 public:
  Conversion(const std::string& source, const std::string& target, const ConvertOptions& options)
      : source_(source), target_(target), weights_(source, folder_config(source)), plan_(make_plan(weights_, options.dtype, options.shards)),
        threads_(std::min(thread_count(options.threads) + WAITING_THREADS, MAX_THREADS)) {}

  Converted run(const std::atomic<bool>& stop, const std::function<void(const ConvertProgress&)>& progress) {
    make_folder(target_);
    open_files();
    find_what_is_there(stop, progress);
    check_room(target_, plan_.bytes - found_);
    write_companions(source_, target_);
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
    std::vector<std::string> foreign = foreign_files(target_, plan_);
    for (size_t s = 0; s < files_.size(); s++)
      if (files_[s]->foreign()) foreign.push_back(plan_.shards[s].name);
    refuse(target_, foreign);
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

  void write_pieces(const std::atomic<bool>& stop, const std::function<void(const ConvertProgress&)>& progress) {
    std::vector<const Piece*> work;
    std::vector<std::atomic<size_t>> left(plan_.outputs.size());  // pieces of each output
    std::vector<size_t> at(files_.size(), 0);
    for (const Piece& piece : plan_.pieces) {
      if (present_[piece.shard][at[piece.shard]++]) continue;
      work.push_back(&piece);
      if (piece.output != NO_OUTPUT) left[piece.output]++;
    }
    std::atomic<size_t> done{found_};
    std::vector<std::vector<std::byte>> buffers(static_cast<size_t>(threads_));
    const auto make = [&](size_t i, size_t thread) {
      const Piece& piece = *work[i];
      write_piece(piece, buffers[thread]);
      if (piece.output != NO_OUTPUT) {
        const Output& o = plan_.outputs[piece.output];
        const bool last = --left[piece.output] == 0;
        if (last || !o.matrix.by_input) give_back(source_of(o, piece));
      }
      done += piece.bytes;
    };
    in_parallel(work.size(), buffers.size(), stop, make, [&] {
      if (progress) progress({done, plan_.bytes, found_});
    });
    if (stop) throw failed("stopped");
    if (progress) progress({done, plan_.bytes, found_});
  }

  // In strips that stay in the processor's cache on their way over the checksum to the file.
  void write_piece(const Piece& piece, std::vector<std::byte>& buffer) {
    OutputFile& file = *files_[piece.shard];
    if (piece.output == NO_OUTPUT) {
      const auto* header = reinterpret_cast<const std::byte*>(plan_.shards[piece.shard].header.data());
      file.write(header, piece.bytes, piece.at);
      return file.finish(piece, crc32c(header, piece.bytes));
    }
    const Output& o = plan_.outputs[piece.output];
    if (piece.begin == 0 || !o.matrix.by_input) ask_for(source_of(o, piece));
    const size_t strip = std::min(piece.bytes, std::max<size_t>(1, STRIP_BYTES / o.row_bytes() / ENCODE_ROWS) * ENCODE_ROWS * o.row_bytes());
    if (buffer.size() < strip) buffer.resize(strip);
    uint32_t crc = 0;
    for (size_t at = 0; at < piece.bytes; at += strip) {
      const size_t bytes = std::min(strip, piece.bytes - at), begin = piece.begin + at;
      o.write(begin, begin + bytes, buffer.data());
      crc = crc32c(buffer.data(), bytes, crc);
      file.write(buffer.data(), bytes, piece.at + at);
    }
    file.finish(piece, crc);
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
