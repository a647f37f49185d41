#pragma once
#include <napi.h>

namespace wisecrack {

/// convert(source, target, options, onProgress) of inference/engine/addon.ts.
Napi::Value convert_folder(const Napi::CallbackInfo& info);

/// check(folder, onProgress) of inference/engine/addon.ts.
Napi::Value check_folder(const Napi::CallbackInfo& info);

}  // namespace wisecrack
