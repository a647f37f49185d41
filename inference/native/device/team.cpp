#include "device/team.h"

#include <thread>

#include "device/spin.h"

namespace wisecrack {

Team::Team(size_t size) : shown_(size), spins_(size <= std::thread::hardware_concurrency()) {}

void Team::meet() {
  const unsigned round = round_.load();
  const auto over = [&] { return round_.load() != round || broken_.load(); };
  if (arrived_.fetch_add(1) + 1 == size()) {
    arrived_.store(0);
    round_.fetch_add(1);  // before the look at sleepers_; who goes to sleep does it the other way round, so one of both sees the other
    if (sleepers_.load() > 0) {
      { std::lock_guard lock(mutex_); }
      changed_.notify_all();
    }
  } else if (!(spins_ && spin_until(over))) {
    std::unique_lock lock(mutex_);
    sleepers_++;
    changed_.wait(lock, over);
    sleepers_--;
  }
  if (broken_.load()) throw TeamBroken();
}

bool Team::agree(size_t member, bool says) {
  bool& answer = agreed_[round_.load() % 2];  // the round cannot end before this member has met the others
  if (member == 0) answer = says;
  meet();
  return answer;
}

void Team::leave() {
  {
    std::lock_guard lock(mutex_);
    broken_.store(true);
  }
  changed_.notify_all();
}

void Team::mend() {
  arrived_.store(0);
  broken_.store(false);
}

}  // namespace wisecrack
