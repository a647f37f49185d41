#pragma once
// Streams. Kernels and copies run when they are asked for, with two exceptions: a stream that records keeps them for its graph, and
// copies from the host come as late as CUDA may make them come, so that a buffer that is changed too early shows.
#include <functional>
#include <vector>

#include "emulator/block.h"

namespace simt {

struct Graph {
  std::vector<std::function<void()>> nodes;
};

struct Stream {
  std::vector<std::function<void()>> late;  // copies from the host that have not been made yet
  Graph* recording = nullptr;
  int device = 0;
};

/// Runs work on a stream, after what it was given before; null: at once.
void enqueue(Stream* stream, std::function<void()> work);
/// The same of a copy from the host.
void enqueue_copy_in(Stream* stream, std::function<void()> copy);
void launch(Stream* stream, const Launch& launch, std::function<void()> kernel);

/// Makes the copies that are late: of one stream, of all streams of the calling thread's device.
void settle(Stream* stream);
void settle_all();

/// Whether any stream of the calling thread's device records; much is forbidden then.
bool records();

Stream* make_stream();
void end_stream(Stream* stream);

/// The copy after so many more fails; negative: none.
int& copies_until_failure();

}  // namespace simt
