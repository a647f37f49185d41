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

void settle(Stream* stream) {
  for (const auto& copy : std::exchange(stream->late, {})) copy();
}

void settle_all() {
  const Turn turn;
  for (Stream& stream : streams())
    if (stream.device == this_device()) settle(&stream);
}

void enqueue(Stream* stream, std::function<void()> work) {
  if (!stream) return work();
  if (stream->recording) return stream->recording->nodes.push_back(std::move(work));
  settle(stream);
  work();
}

void enqueue_copy_in(Stream* stream, std::function<void()> copy) {
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

int& copies_until_failure() {
  static int copies = -1;
  return copies;
}

}  // namespace simt
