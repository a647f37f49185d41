#pragma once
#include <memory>
#include <mutex>
#include <vector>

#include "addon/mailbox.h"
#include "scheduler/engine.h"

namespace wisecrack {

/// An engine and the events that JavaScript has not fetched yet. A slow JavaScript finds several steps in one call.
struct Session {
  std::mutex mutex;
  std::vector<Event> events;
  bool posted = false;             // a task that fetches them is on its way
  std::mutex in_use;               // held by threads of the crew that work with the engine
  std::unique_ptr<Engine> engine;  // last, so that it ends before what its thread uses

  std::vector<Event> fetch() {
    std::lock_guard lock(mutex);
    posted = false;
    return std::move(events);
  }

  /// Ends the engine, once no thread of the crew works with it.
  void end() {
    std::lock_guard lock(in_use);
    engine.reset();
  }
};

}  // namespace wisecrack
