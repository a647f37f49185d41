// Checksums: a file that is damaged, cut off or gone is named, and nothing else is.
#include "convert/check_files.h"

#include "check.h"
#include "convert/convert.h"
#include "golden.h"
#include "io/error.h"

using namespace wisecrack;
namespace fs = std::filesystem;

static const std::atomic<bool> never{false};

static CheckedFiles checked(const std::string& folder) { return check_files(folder, never, {}); }

// A model in three files.
class Converted3 {
 public:
  Converted3() { convert(golden::model("tiny-c"), dir_.path(), {DType::I8, 3, 2}, never, {}); }
  const std::string& path() const { return dir_.path(); }
  std::string file(int i) const { return dir_ / ("model-0000" + std::to_string(i) + "-of-00003.safetensors"); }

 private:
  golden::TempFolder dir_;
};

TEST(what_was_written_is_right) {
  const Converted3 model;
  size_t done = 0, bytes = 0;
  for (int i = 1; i <= 3; i++) bytes += fs::file_size(model.file(i));
  const CheckedFiles result = check_files(model.path(), never, [&](size_t now, size_t total) {
    CHECK(now >= done && total == bytes);
    done = now;
  });
  CHECK(result.files == 3 && result.bytes == bytes && result.wrong.empty() && done == bytes);
}

// Any bit, wherever it is.
TEST(one_bit_is_found_and_its_file_named) {
  const Converted3 model;
  const size_t size = fs::file_size(model.file(2));
  for (const size_t at : {size_t{0}, size / 3, size - 1}) {
    std::fstream file(model.file(2), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const char byte = static_cast<char>(file.get());
    const auto put = [&](char value) {
      file.seekp(static_cast<std::streamoff>(at));
      file.put(value).flush();
    };
    put(static_cast<char>(byte ^ 4));
    const CheckedFiles result = checked(model.path());
    CHECK(result.wrong.size() == 1);
    CHECK_CONTAINS(result.wrong[0], "model-00002-of-00003.safetensors does not hold what was written: bytes ");
    put(byte);
  }
  CHECK(checked(model.path()).wrong.empty());
}

TEST(short_and_missing_files_are_named_all_at_once) {
  const Converted3 model;
  fs::resize_file(model.file(1), fs::file_size(model.file(1)) - 1);
  fs::remove(model.file(2));
  fs::resize_file(model.file(3), 0);
  const CheckedFiles result = checked(model.path());
  CHECK(result.files == 3 && result.wrong.size() == 3);
  CHECK_CONTAINS(result.wrong[0], "model-00001-of-00003.safetensors has ");
  CHECK_CONTAINS(result.wrong[1], "model-00002-of-00003.safetensors is missing");
  CHECK_CONTAINS(result.wrong[2], "the file is empty");
}

TEST(checksums_that_are_torn_or_not_there) {
  const Converted3 model;
  const std::string record = read_text(model.file(1) + ".crc32c", 1 << 20);
  golden::write(model.file(1) + ".crc32c", record.substr(0, record.size() / 2));
  CHECK_CONTAINS(checked(model.path()).wrong.at(0), "model-00001-of-00003.safetensors");
  CHECK_THROWS(ModelError, "there are no checksums", checked(golden::model("tiny-a")));
  const std::atomic<bool> stop{true};
  CHECK_THROWS(ModelError, "stopped", check_files(model.path(), stop, {}));
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
