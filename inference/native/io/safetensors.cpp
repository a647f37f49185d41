#include "io/safetensors.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>

#include "io/error.h"
#include "io/json.h"

namespace wisecrack {
namespace {

constexpr uint64_t MAX_HEADER = 100'000'000;  // the limit of the safetensors library

// Bytes per element, or 0 for a type the format does not know.
size_t element_size(std::string_view dtype) {
  if (dtype == "BOOL" || dtype == "U8" || dtype == "I8" || dtype == "F8_E4M3" || dtype == "F8_E5M2") return 1;
  if (dtype == "BF16" || dtype == "F16" || dtype == "I16" || dtype == "U16") return 2;
  if (dtype == "F32" || dtype == "I32" || dtype == "U32") return 4;
  if (dtype == "F64" || dtype == "I64" || dtype == "U64") return 8;
  return 0;
}

// The header's length field is little-endian on every machine.
uint64_t read_u64(const std::byte* p) {
  uint64_t n = 0;
  for (int i = 7; i >= 0; i--) n = n << 8 | static_cast<uint64_t>(p[i]);
  return n;
}

// One entry of the header. `where` is "file: tensor "name"".
Tensor read_entry(const Json& entry, const std::string& where, const std::byte* data, uint64_t data_size) {
  const Json* dtype = entry.find("dtype");
  const Json* shape = entry.find("shape");
  const Json* offsets = entry.find("data_offsets");
  if (!dtype || !dtype->is(Json::Kind::String) || !shape || !shape->is(Json::Kind::Array) || !offsets ||
      !offsets->is(Json::Kind::Array) || offsets->array.size() != 2)
    throw invalid(where + " needs dtype, shape and two data_offsets");
  Tensor tensor;
  tensor.dtype = dtype->string;
  uint64_t bytes = element_size(tensor.dtype);
  if (bytes == 0) throw invalid(where + " has the unknown dtype \"" + tensor.dtype + "\"");
  for (const Json& dim : shape->array) {
    const std::optional<int64_t> n = dim.integer();
    if (!n) throw invalid(where + " has a dimension that is no whole number >= 0");
    if (__builtin_mul_overflow(bytes, static_cast<uint64_t>(*n), &bytes)) throw invalid(where + " has a shape too large");
    tensor.shape.push_back(*n);
  }
  const std::optional<int64_t> begin = offsets->array[0].integer(), end = offsets->array[1].integer();
  if (!begin || !end || *begin > *end) throw invalid(where + " has wrong data_offsets");
  if (static_cast<uint64_t>(*end) > data_size)
    throw invalid(where + " ends at byte " + std::to_string(*end) + " of the data, but the file has only " +
                  std::to_string(data_size) + " (truncated?)");
  if (static_cast<uint64_t>(*end - *begin) != bytes)
    throw invalid(where + " has " + std::to_string(*end - *begin) + " bytes, its shape " + shape_text(tensor.shape) + " needs " +
                  std::to_string(bytes));
  tensor.data = data + *begin;
  tensor.bytes = bytes;
  return tensor;
}

// The format allows neither overlaps nor holes, so the tensors in file order cover the data exactly.
void check_coverage(const std::string& path, const Tensors& tensors, const std::byte* data, uint64_t data_size) {
  std::vector<const Tensors::value_type*> order;
  for (const auto& entry : tensors) order.push_back(&entry);
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return a->second.data != b->second.data ? a->second.data < b->second.data : a->second.bytes < b->second.bytes;
  });
  const std::byte* at = data;
  for (const auto* entry : order) {
    if (entry->second.data < at) throw invalid(path + ": tensor \"" + entry->first + "\" overlaps another");
    if (entry->second.data > at) throw invalid(path + ": unused bytes before tensor \"" + entry->first + "\"");
    at += entry->second.bytes;
  }
  if (at != data + data_size) throw invalid(path + ": unused bytes after the last tensor");
}

}  // namespace

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); i++) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

Tensors read_safetensors(std::span<const std::byte> file, const std::string& path) {
  if (file.size() < 8) throw invalid(path + ": too short for a safetensors file");
  const uint64_t header_size = read_u64(file.data());
  if (header_size > MAX_HEADER) throw invalid(path + ": no safetensors file (a header of more than 100 MB)");
  if (header_size > file.size() - 8) throw invalid(path + ": the header is truncated");
  const std::string_view header(reinterpret_cast<const char*>(file.data()) + 8, header_size);
  if (header.empty() || header[0] != '{') throw invalid(path + ": no safetensors file (the header is no JSON object)");
  Json json;
  try {
    json = Json::parse(header);
  } catch (const JsonError& error) {
    throw invalid(path + ": wrong header: " + error.what());
  }
  const std::byte* data = file.data() + 8 + header_size;
  const uint64_t data_size = file.size() - 8 - header_size;
  Tensors tensors;
  for (const auto& [name, entry] : json.object) {
    if (name == "__metadata__") continue;
    tensors.emplace(name, read_entry(entry, path + ": tensor \"" + name + "\"", data, data_size));
  }
  check_coverage(path, tensors, data, data_size);
  return tensors;
}

}  // namespace wisecrack
