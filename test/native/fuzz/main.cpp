// Stands in for libFuzzer: runs a corpus, then changes of it, for WISECRACK_FUZZ_SECONDS (2). It says its seed; WISECRACK_FUZZ_SEED gives
// the same inputs again. The input lies in memory of its own size,
// so that the address sanitizer sees every byte beyond it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "fuzz.h"

namespace {

// What these formats are full of: lengths, brackets, edges of integers.
constexpr const char* WORDS[] = {"{", "}", "[", "]", "\"", ",", ":", "-1", "0", "1e999", "9007199254740993", "null", "\\u0000", "\\ud800",
                                 "\x80\x04", "\x94", "\x8c", "\x93", "R", "b", "(", "t", "u", "}", "h\x01", "B\xff\xff\xff\xff", "."};

std::mt19937 rng;

size_t below(size_t n) { return n ? rng() % n : 0; }

std::string changed(std::string bytes, const std::vector<std::string>& corpus) {
  for (size_t i = 1 + below(4); i > 0; i--) {
    const size_t at = below(bytes.size());
    switch (below(7)) {
      case 0: if (!bytes.empty()) bytes[at] = static_cast<char>(rng()); break;
      case 1: if (!bytes.empty()) bytes[at] ^= static_cast<char>(1 << below(8)); break;
      case 2: bytes.resize(at); break;
      case 3: bytes.erase(at, 1 + below(16)); break;
      case 4: bytes.insert(at, WORDS[below(std::size(WORDS))]); break;
      case 5: bytes.insert(at, bytes.substr(below(bytes.size()), below(64))); break;
      default: {  // the end of another
        const std::string& other = corpus[below(corpus.size())];
        bytes = bytes.substr(0, at) + other.substr(below(other.size()));
      }
    }
  }
  return bytes;
}

void run(const std::string& bytes) {
  const auto exact = std::make_unique<uint8_t[]>(bytes.size());
  if (!bytes.empty()) std::memcpy(exact.get(), bytes.data(), bytes.size());
  LLVMFuzzerTestOneInput(exact.get(), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> corpus;
  for (int i = 1; i < argc; i++)
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::ifstream file(entry.path(), std::ios::binary);
      corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  if (corpus.empty()) {
    std::fprintf(stderr, "usage: %s FOLDER... (of inputs to begin with)\n", argv[0]);
    return EXIT_FAILURE;
  }
  std::sort(corpus.begin(), corpus.end());  // folders have no order
  const char* given = std::getenv("WISECRACK_FUZZ_SEED");
  const auto seed = given ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
  rng.seed(seed);
  std::printf("seed %u\n", seed);
  std::fflush(stdout);  // to be seen if the process dies
  for (const std::string& bytes : corpus) run(bytes);
  const char* seconds = std::getenv("WISECRACK_FUZZ_SECONDS");
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds ? std::atof(seconds) : 2);
  size_t runs = 0;
  for (; std::chrono::steady_clock::now() < end; runs++) run(changed(corpus[below(corpus.size())], corpus));
  std::printf("%zu inputs of the corpus, %zu changed ones\n", corpus.size(), runs);
  return EXIT_SUCCESS;
}
