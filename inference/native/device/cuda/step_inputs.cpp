#include "device/cuda/step_inputs.h"

#include <algorithm>

#include "device/cuda/attention_shape.h"

namespace wisecrack::cuda {

void StepInputs::fill(const Step& step, size_t tile_tokens) {
  struct Run {
    size_t first, count;
  };
  std::vector<Run> runs;  // of rows that belong together
  rows = step.rows;
  size_t last = 0;
  for (size_t r = 0; r < rows; r++) {
    const bool follows = r > 0 && step.tables[r] == step.tables[r - 1] && step.positions[r] == step.positions[r - 1] + 1;
    if (follows) runs.back().count++;
    else runs.push_back({r, 1});
    last = std::max(last, static_cast<size_t>(step.positions[r]));
  }
  width = segments_for(last + 1) * SEGMENT / KV_BLOCK;
  values.clear();
  const auto append = [&](size_t& offset, const int32_t* from, size_t n) {
    offset = values.size();
    values.insert(values.end(), from, from + n);
  };
  append(tokens, step.tokens, rows);
  append(positions, step.positions, rows);
  append(wanted, step.wanted.data(), wanted_rows = step.wanted.size());
  sequence = values.size();
  for (size_t s = 0; s < runs.size(); s++) values.insert(values.end(), runs[s].count, static_cast<int32_t>(s));
  tables = values.size();
  for (const Run& run : runs) {
    const size_t blocks = static_cast<size_t>(step.positions[run.first + run.count - 1]) / KV_BLOCK + 1;
    values.insert(values.end(), step.tables[run.first], step.tables[run.first] + blocks);
    values.insert(values.end(), width - blocks, 0);
  }
  single = values.size();
  size_t longest = 0;
  for (const Run& run : runs) {
    if (run.count > 1) continue;
    values.push_back(static_cast<int32_t>(run.first));
    longest = std::max(longest, static_cast<size_t>(step.positions[run.first]) + 1);
  }
  singles = values.size() - single;
  segments = segments_for(longest);
  tiles = values.size();
  for (const Run& run : runs) {
    if (run.count == 1) continue;
    for (size_t at = 0; at < run.count; at += tile_tokens) {
      values.push_back(static_cast<int32_t>(run.first + at));
      values.push_back(static_cast<int32_t>(std::min(tile_tokens, run.count - at)));
    }
  }
  query_tiles = (values.size() - tiles) / 2;
}

}  // namespace wisecrack::cuda
