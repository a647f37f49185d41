#pragma once
#include <atomic>
#include <list>
#include <thread>

namespace wisecrack {

/// Threads for work that takes long and is not libuv's business: opening, closing, measuring. Used on JavaScript's thread.
class Crew {
 public:
  ~Crew() { join(); }

  /// Runs `work` on a thread of its own; it must not throw.
  template <class Work>
  void start(Work work) {
    members_.remove_if([](const Member& m) { return m.done.load(); });  // joins those that are ready
    members_.emplace_back();
    Member& member = members_.back();
    try {
      member.thread = std::thread([&member, work = std::move(work)]() mutable {
        {
          Work mine = std::move(work);  // what it owns ends before the thread counts as done
          mine();
        }
        member.done = true;
      });
    } catch (...) {
      members_.pop_back();
      throw;
    }
  }

  /// Waits for all.
  void join() { members_.clear(); }

 private:
  struct Member {
    std::atomic<bool> done{false};
    std::thread thread;
    ~Member() {
      if (thread.joinable()) thread.join();
    }
  };
  std::list<Member> members_;
};

}  // namespace wisecrack
