#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "convert/plan.h"

namespace wisecrack {

/// Makes a folder and those above it. Throws ModelError (Failed).
void make_folder(const std::string& path);

/// Names in a folder. Throws ModelError (Failed).
std::vector<std::string> names_in(const std::string& folder);

/// Files of weights in `folder` that the plan would not write.
std::vector<std::string> foreign_files(const std::string& folder, const Plan& plan);

/// Throws ModelError (Failed) that names them, if there are any.
void refuse(const std::string& folder, const std::vector<std::string>& foreign);

/// Throws ModelError (Failed) where so many bytes more do not fit.
void check_room(const std::string& folder, size_t bytes);

/// Writes what a model folder holds beside its weights: config.json, the tokenizer, our own notes.
void write_companions(const std::string& source, const std::string& target);

}  // namespace wisecrack
