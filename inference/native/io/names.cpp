#include "io/names.h"

#include <utility>

namespace wisecrack {
namespace {

constexpr std::pair<std::string_view, std::string_view> VARIANTS[] = {
    {".self_attn.", ".attn."}, {".block_sparse_moe.", ".moe_block."}, {".w1.", ".linear."},
    {".w3.", ".linear_v."},    {".w2.", ".linear_1."},                {"norm.weight", "norm.scale"}};

}  // namespace

std::string canonical_name(std::string_view name) {
  if (name.ends_with("rotary_emb.inv_freq")) return "";
  std::string out(name);
  for (const auto& [theirs, ours] : VARIANTS)
    if (const size_t at = out.find(theirs); at != std::string::npos) out.replace(at, theirs.size(), ours);
  return out;
}

}  // namespace wisecrack
