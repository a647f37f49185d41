#include "emulator/stream.h"

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
  for (Stream& stream : streams()) settle(&stream);
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
  return std::any_of(streams().begin(), streams().end(), [](const Stream& stream) { return stream.recording != nullptr; });
}

Stream* make_stream() { return &streams().emplace_back(); }

void end_stream(Stream* stream) {
  settle(stream);
  streams().remove_if([stream](const Stream& one) { return &one == stream; });
}

int& copies_until_failure() {
  static int copies = -1;
  return copies;
}

}  // namespace simt
