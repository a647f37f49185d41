#pragma once
#include <stdexcept>
#include <string>

namespace wisecrack {

/// Why a model cannot be opened or written; becomes the `code` of the JavaScript error.
enum class ErrorCode { NotFound, Invalid, Failed };

/// A model folder is missing or wrong, or (Failed) cannot be written. The message names the file and what is wrong with it.
class ModelError : public std::runtime_error {
 public:
  ModelError(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

inline ModelError not_found(const std::string& message) { return {ErrorCode::NotFound, message}; }
inline ModelError invalid(const std::string& message) { return {ErrorCode::Invalid, message}; }
inline ModelError failed(const std::string& message) { return {ErrorCode::Failed, message}; }

}  // namespace wisecrack
