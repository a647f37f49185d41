#pragma once
#include <cstddef>
#include <string>

namespace wisecrack {

/// Closes a descriptor at the end of a scope.
struct Descriptor {
  int fd = -1;
  ~Descriptor();
};

/// Writes all of it at that place. Throws ModelError (Failed) that names `path`.
void write_at(int fd, const void* data, size_t bytes, size_t at, const std::string& path);

/// Waits until the file's content is on the disk. Throws ModelError (Failed).
void sync_file(int fd, const std::string& path);

/// What is on the disk leaves memory. A file just written lies there in small pages, out of which weights are multiplied at half the speed;
/// read anew it lies in large ones (io/read_ahead.h), where the file system has such.
void forget(int fd);

/// The same as sync_file() of the names in a folder.
void sync_folder(const std::string& folder);

/// Gives a file its name when it is whole. Throws ModelError (Failed).
void rename_file(const std::string& from, const std::string& to);

/// Writes a small file whole or not at all. Throws ModelError (Failed).
void write_whole(const std::string& path, const std::string& text);

/// Bytes that are free for us where `folder` lies. Throws ModelError (Failed).
size_t free_space(const std::string& folder);

}  // namespace wisecrack
