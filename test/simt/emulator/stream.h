#pragma once
// Streams. Kernels and copies run when they are asked for, with exceptions: a stream that records keeps them for its graph; copies from
// the host come as late as CUDA may make them come, so that a buffer that is changed too early shows; and so does all else while
// everything_late(), so that work on one stream that should have waited for another's shows.
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "emulator/block.h"

namespace simt {

struct Graph {
  std::vector<std::function<void()>> nodes;
};

struct Stream {
  std::deque<std::function<void()>> late;  // what has not been done yet
  uint64_t done = 0;                       // how much of what ever was late
  Graph* recording = nullptr;
  int device = 0;

  uint64_t asked() const { return done + late.size(); }
};

/// Runs work on a stream, after what it was given before; null: at once.
void enqueue(Stream* stream, std::function<void()> work);
/// The same of a copy from the host.
void enqueue_copy_in(Stream* stream, std::function<void()> copy);
void launch(Stream* stream, const Launch& launch, std::function<void()> kernel);

/// Does what is late: of one stream, up to a place in it; of all streams of the calling thread's device.
void settle(Stream* stream, uint64_t place = UINT64_MAX);
void settle_all();

/// Whether any stream of the calling thread's device records; much is forbidden then.
bool records();

Stream* make_stream();
void end_stream(Stream* stream);

/// The copy after so many more fails; negative: none.
std::atomic<int>& copies_until_failure();

/// Whether kernels, too, run as late as CUDA may make them run. Not for cards that wait for one another: on a real one they run meanwhile.
std::atomic<bool>& everything_late();

}  // namespace simt
