#pragma once
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace wisecrack {

/// Another shard could not go on.
class TeamBroken : public std::runtime_error {
 public:
  TeamBroken() : std::runtime_error("another shard of the model has failed") {}
};

/// The devices that compute one model together, a thread each: where they wait for one another.
class Team {
 public:
  explicit Team(size_t size);

  size_t size() const { return shown_.size(); }

  /// Waits until every member has called it; what they did before is seen by all. Throws TeamBroken when one has left.
  void meet();

  /// All give the same answer: what the first member says.
  bool agree(size_t member, bool says);

  /// What a member lets the others see: they look between the next meet() and the one after that.
  void show(size_t member, void* what) { shown_[member] = what; }
  void* shown(size_t member) const { return shown_[member]; }

  /// A member cannot go on: nobody waits for it.
  void leave();
  /// All members are back, and none is in meet().
  void mend();

 private:
  std::vector<void*> shown_;
  const bool spins_;  // there is a core for each: waiting awake keeps no member from working
  bool agreed_[2] = {};  // used in turns: one may still be read when the next is written
  std::atomic<size_t> arrived_{0};
  std::atomic<unsigned> round_{0};
  std::atomic<bool> broken_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<size_t> sleepers_{0};
};

/// A device's place in a team; without one it computes a whole model.
struct Member {
  std::shared_ptr<Team> team = nullptr;
  size_t index = 0;
  size_t count() const { return team ? team->size() : 1; }
};

}  // namespace wisecrack
