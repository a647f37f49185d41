#pragma once
// A small test harness: CHECK counts, TEST registers, run_tests reports.
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace check {

inline std::atomic<int> failures = 0, checks = 0;  // tests have threads of their own

struct Test {
  const char* name;
  void (*run)();
};
inline std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}
struct Register {
  Register(const char* name, void (*run)()) { tests().push_back({name, run}); }
};

inline void report(bool good, const char* file, int line, std::string_view what) {
  checks++;
  if (good) return;
  failures++;
  std::fprintf(stderr, "%s:%d: %.*s\n", file, line, static_cast<int>(what.size()), what.data());
}

/// The message of the exception that `work` throws; empty when it throws none.
template <class Exception>
std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Exception& error) {
    return *error.what() ? error.what() : "(no message)";
  }
  return "";
}

/// Runs all tests, or those whose name contains the first argument.
inline int run_tests(int argc, char** argv) {
  for (const Test& test : tests()) {
    if (argc > 1 && std::string(test.name).find(argv[1]) == std::string::npos) continue;
    const int before = failures;
    try {
      test.run();
    } catch (const std::exception& error) {
      report(false, test.name, 0, std::string("threw ") + error.what());
    }
    std::printf("%s %s\n", failures == before ? "ok  " : "FAIL", test.name);
  }
  std::printf("%d checks, %d failures\n", checks.load(), failures.load());
  return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}

}  // namespace check

#define CHECK(condition) check::report((condition), __FILE__, __LINE__, #condition)
#define CHECK_CONTAINS(text, part)                                                         \
  do {                                                                                     \
    const std::string t_ = (text);                                                         \
    check::report(t_.find(part) != std::string::npos, __FILE__, __LINE__, "\"" + t_ + "\" lacks \"" + (part) + "\""); \
  } while (0)
#define CHECK_THROWS(Exception, part, ...) CHECK_CONTAINS(check::message_of<Exception>([&] { __VA_ARGS__; }), part)
#define TEST(name)                                  \
  static void name();                               \
  static const check::Register name##_(#name, name); \
  static void name()
