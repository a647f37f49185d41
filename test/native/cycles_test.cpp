// Opens, generates, cancels and closes many times: memory must not grow. WISECRACK_CYCLES sets the count.
#include "check.h"
#include "engine_run.h"

using namespace wisecrack;

namespace {

// Under a sanitizer what leaks is counted at the end, and a cycle takes ten times as long.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int CYCLES = 500;
#else
constexpr int CYCLES = 2000;
#endif

// Resident memory in bytes.
size_t resident() {
  std::ifstream file("/proc/self/statm");
  size_t total = 0, pages = 0;
  file >> total >> pages;
  return pages * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

TEST(cycles) {
  const char* env = std::getenv("WISECRACK_CYCLES");
  const int cycles = env ? std::atoi(env) : CYCLES;
  size_t before = 0;
  for (int i = 0; i < cycles; i++) {
    if (i == cycles / 5) before = resident();
    EngineRun run(golden::model("tiny-a"), 2, 0, i % 2, 1 + i % 2);
    const int64_t a = run.submit(request_of({1, 2, 3}, 50, 1, 1)), b = run.submit(request_of({4}, 2));
    run.wait(b);
    run.engine().cancel(a);
    if (i % 3) run.wait(a);  // else the close ends it
    run.close();
  }
  const size_t after = resident();
  std::printf("     %d cycles: %zu KiB, then %zu KiB resident\n", cycles, before / 1024, after / 1024);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  CHECK(after < before + (2 << 20));
#endif
}

TEST(failed_opens_leave_nothing) {
  const size_t before = resident();
  for (int i = 0; i < 500; i++)
    CHECK(!check::message_of<std::exception>([] { EngineRun(golden::model("ops")); }).empty());  // holds no model
  CHECK(resident() < before + (8 << 20));
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
