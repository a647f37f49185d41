#pragma once
// Starts a product: by size a kernel for few tokens or one for many, which give the same bits.
#include "device/cuda/jobs.cuh"
#include "device/cuda/launch.h"
#include "device/cuda/wide.cuh"

namespace wisecrack::cuda {

/// Above so many tokens of a group (on average) the tensor cores have enough to do for tiles.
constexpr int SKINNY_TOKENS = 32;

enum class Way {
  Auto,
  Skinny,  // skinny.cuh
  Tiled,   // tiled.cuh
  Wide     // wide.cuh: on cards of compute capability 9.0
};

/// How products of few and of many tokens are computed.
struct Ways {
  Way few = Way::Skinny, many = Way::Tiled;
};

template <class Job, int NT>
void launch_skinny(const char* name, const Job& job, cudaStream_t stream) {
  launch(name, skinny<Job, NT>, dim3(job.tiles, job.groups), SKINNY_THREADS, sizeof(SkinnyShared<Job::MATS, NT>), stream, job);
}

/// `tokens` in all groups together.
template <class Job>
void launch_product(const char* name, const Job& job, int tokens, cudaStream_t stream, const Ways& ways) {
  using W = typename Job::W;
  const int mean = (tokens + job.groups - 1) / job.groups;
  if constexpr (sizeof(W) <= 2 && sizeof(typename Job::X) == 2) {
    if (const Way way = mean > SKINNY_TOKENS ? ways.many : ways.few; way != Way::Skinny) {
      const int block_tiles = TILED_ROW_TILES / Job::MATS;
      const dim3 grid(token_tiles(tokens, job.groups), (job.tiles + block_tiles - 1) / block_tiles);
      if (way == Way::Wide) return launch(name, wide<Job>, grid, TILED_THREADS, sizeof(WideShared<W>), stream, job);
      return launch(name, tiled<Job>, grid, TILED_THREADS, sizeof(TiledShared<W>), stream, job);
    }
    if (mean > 6) return launch_skinny<Job, 2>(name, job, stream);
  }
  launch_skinny<Job, 1>(name, job, stream);
}

}  // namespace wisecrack::cuda
