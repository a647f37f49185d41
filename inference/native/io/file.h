#pragma once
#include <cstddef>
#include <span>
#include <string>

namespace wisecrack {

/// A file mapped read-only into memory. The weights live in the page cache and are never copied.
class MappedFile {
 public:
  /// Maps the whole file. Throws ModelError: NotFound if there is none, Invalid if it is no regular file or empty.
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  MappedFile& operator=(MappedFile&&) = delete;

  const std::byte* data() const { return data_; }
  std::span<const std::byte> bytes() const { return {data_, size_}; }
  size_t size() const { return size_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

/// Asks that mapped bytes lie in large pages, where the system has such for what is mapped there: a page of 2 MiB is one look-up of its
/// address and one trip into the kernel, not 512. What lies in memory in small pages already stays as it is, so before the first touch.
void in_large_pages(const std::byte* data, size_t bytes);

/// Tells the system that mapped bytes will be read soon.
void will_need(const std::byte* data, size_t bytes);

/// Reads mapped bytes into memory; what is no file's is there already. Throws ModelError with the file's name where they can no
/// longer be read, because it was cut off or its disk fails: following a pointer there would end the process.
void bring_in(const std::byte* data, size_t bytes);

/// Takes the pages that lie wholly in mapped bytes out of this process' memory. They can be read again, and stay in the page cache as
/// long as there is room.
void let_go(const std::byte* data, size_t bytes);

/// Whether something exists at `path`.
bool exists(const std::string& path);

/// Reads a small text file. Throws ModelError when it is missing or larger than `limit` bytes.
std::string read_text(const std::string& path, size_t limit);

}  // namespace wisecrack
