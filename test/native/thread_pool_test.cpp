#include "device/thread_pool.h"

#include <sched.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
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

// Without a quota above them the tests may run in.
TEST(quotas_of_cgroups_limit_the_cores) {
  namespace fs = std::filesystem;
  const fs::path root = fs::temp_directory_path() / ("wisecrack-cgroups-" + std::to_string(getpid()));
  const auto write = [&](const fs::path& path, const std::string& text) {
    fs::create_directories((root / path).parent_path());
    std::ofstream(root / path) << text << "\n";
  };
  const auto cores = [&](const std::string& groups) {
    write("self", groups);
    return wisecrack::cgroup_cores((root / "self").string(), root.string());
  };
  CHECK(cores("0::/a/b") == 0);
  write("cpu.max", "max 100000");
  write("a/b/cpu.max", "400000 100000");
  CHECK(cores("0::/a/b") == 4);
  write("a/cpu.max", "150000 100000");  // a group above is narrower
  CHECK(cores("0::/a/b") == 1.5 && cores("0::/a") == 1.5 && cores("0::/") == 0);
  write("cpu,cpuacct/x/cpu.cfs_quota_us", "300000");
  write("cpu,cpuacct/x/cpu.cfs_period_us", "100000");
  CHECK(cores("5:memory:/x\n4:cpu,cpuacct:/x/y\n0::/") == 3);
  write("cpu,cpuacct/x/cpu.cfs_quota_us", "-1");
  CHECK(cores("4:cpu,cpuacct:/x") == 0 && cores("4:cpuset:/x") == 0 && cores("nonsense") == 0);
  write("cpu.max", "250000 100000");  // a container's own group is its root
  CHECK(cores("0::/elsewhere") == 2.5);
  fs::remove_all(root);
}

TEST(affinity_limits_the_cores) {
  cpu_set_t before, one;
  CHECK(sched_getaffinity(0, sizeof before, &before) == 0);
  CPU_ZERO(&one);
  for (int cpu = 0; CPU_COUNT(&one) == 0; cpu++)
    if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &one);
  CHECK(sched_setaffinity(0, sizeof one, &one) == 0);
  CHECK(wisecrack::usable_cores() == 1 && wisecrack::thread_count(0) == 1);
  CHECK(sched_setaffinity(0, sizeof before, &before) == 0);
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
