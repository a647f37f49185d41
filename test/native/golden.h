#pragma once
// Golden vectors and scratch folders for the tests.
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "device/bf16.h"
#include "io/file.h"
#include "io/json.h"
#include "io/safetensors.h"

namespace golden {

/// test/golden, or what WISECRACK_GOLDEN says.
inline std::string folder() {
  const char* env = std::getenv("WISECRACK_GOLDEN");
  return env ? env : WISECRACK_GOLDEN_DIR;
}
inline std::string model(const std::string& name) { return folder() + "/" + name; }

/// The arrays of one file.
class Arrays {
 public:
  explicit Arrays(const std::string& path) : file_(path), tensors_(wisecrack::read_safetensors(file_)) {}

  /// Floats, widened when the file holds bf16.
  std::vector<float> floats(const std::string& name) const {
    const wisecrack::Tensor& t = tensors_.at(name);
    if (t.dtype != "BF16") return values<float>(t);
    std::vector<float> out;
    for (const wisecrack::bf16 v : values<wisecrack::bf16>(t)) out.push_back(wisecrack::to_float(v));
    return out;
  }
  std::vector<int32_t> ints(const std::string& name) const { return values<int32_t>(tensors_.at(name)); }

 private:
  template <class T>
  static std::vector<T> values(const wisecrack::Tensor& t) {
    std::vector<T> out(t.bytes / sizeof(T));
    std::memcpy(out.data(), t.data, t.bytes);
    return out;
  }
  wisecrack::MappedFile file_;
  wisecrack::Tensors tensors_;
};

struct Prompt {
  std::string name;
  std::vector<int32_t> tokens, greedy;
};

/// The prompts of golden.json.
inline std::vector<Prompt> prompts(const std::string& model_name) {
  const auto json = wisecrack::Json::parse(wisecrack::read_text(model(model_name) + "/golden.json", 1 << 20));
  const auto ids = [](const wisecrack::Json& list) {
    std::vector<int32_t> out;
    for (const auto& n : list.array) out.push_back(static_cast<int32_t>(*n.integer()));
    return out;
  };
  std::vector<Prompt> out;
  for (const auto& p : json.find("prompts")->array)
    out.push_back({p.find("name")->string, ids(*p.find("tokens")), ids(*p.find("greedy"))});
  return out;
}

/// max |a - b| / max |b|
inline double relative(const std::vector<float>& a, const std::vector<float>& b) {
  double difference = a.size() == b.size() ? 0 : INFINITY, size = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); i++) {
    const double d = std::abs(double{a[i]} - b[i]);
    difference = std::isnan(d) ? INFINITY : std::max(difference, d);
    size = std::max(size, std::abs(double{b[i]}));
  }
  return difference / size;
}

/// A new folder, removed at the end of the scope.
class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "wisecrack-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline void write(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

/// A .safetensors file: its header's length, the header, the data.
inline std::string safetensors(const std::string& header, const std::string& data) {
  std::string out(8, '\0');
  for (size_t i = 0; i < 8; i++) out[i] = static_cast<char>(static_cast<uint64_t>(header.size()) >> (8 * i));
  return out + header + data;
}

}  // namespace golden
