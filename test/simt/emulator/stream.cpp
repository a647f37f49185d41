#include "emulator/stream.h"

#include "emulator/turn.h"

#include <algorithm>
#include <list>
#include <utility>

namespace simt {
namespace {

std::list<Stream>& streams() {
  static std::list<Stream> all;
  return all;
}

}  // namespace

void settle(Stream* stream, uint64_t place) {
  const Turn turn;
  while (!stream->late.empty() && stream->done < place) {
    const auto work = std::move(stream->late.front());
    stream->late.pop_front();
    stream->done++;
    work();
  }
}

void settle_all() {
  const Turn turn;
  for (Stream& stream : streams())
    if (stream.device == this_device()) settle(&stream);
}

void enqueue(Stream* stream, std::function<void()> work) {
  if (!stream) return work();
  const Turn turn;
  if (stream->recording) return stream->recording->nodes.push_back(std::move(work));
  if (everything_late()) return stream->late.push_back(std::move(work));
  settle(stream);
  work();
}

void enqueue_copy_in(Stream* stream, std::function<void()> copy) {
  const Turn turn;
  if (!stream || stream->recording) return enqueue(stream, std::move(copy));
  stream->late.push_back(std::move(copy));
}

void launch(Stream* stream, const Launch& launch, std::function<void()> kernel) {
  enqueue(stream, [launch, kernel = std::move(kernel)] { run(launch, kernel); });
}

bool records() {
  const Turn turn;
  return std::any_of(streams().begin(), streams().end(),
                     [](const Stream& stream) { return stream.device == this_device() && stream.recording != nullptr; });
}

Stream* make_stream() {
  const Turn turn;
  Stream& stream = streams().emplace_back();
  stream.device = this_device();
  return &stream;
}

void end_stream(Stream* stream) {
  settle(stream);
  const Turn turn;
  streams().remove_if([stream](const Stream& one) { return &one == stream; });
}

std::atomic<int>& copies_until_failure() {
  static std::atomic<int> copies = -1;
  return copies;
}

std::atomic<bool>& everything_late() {
  static std::atomic<bool> late = false;
  return late;
}

}  // namespace simt
