#include "device/cpu/thread_pool.h"

#include <numeric>

#include "check.h"
#include "device/cpu/features.h"

using wisecrack::ThreadPool;

TEST(every_part_once) {
  ThreadPool pool(4);
  for (int round = 0; round < 2000; round++) {
    const size_t count = static_cast<size_t>(round % 37);
    std::vector<int> hits(count, 0);
    pool.run(count, [&](size_t i, int) { hits[i]++; });
    CHECK(std::accumulate(hits.begin(), hits.end(), size_t{0}) == count);
  }
}

TEST(sleepers_wake) {
  ThreadPool pool(3);
  for (int round = 0; round < 30; round++) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // longer than the spin
    std::atomic<size_t> sum{0};
    pool.run(100, [&](size_t i, int thread) { sum += thread < 3 ? i : 1000000; });
    CHECK(sum == 4950);
  }
}

TEST(come_and_go) {
  for (int i = 0; i < 100; i++) ThreadPool(1 + i % 4);
  CHECK(wisecrack::usable_cores() >= 1 && wisecrack::thread_count(0) >= 1 && wisecrack::thread_count(5) == 5);
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
