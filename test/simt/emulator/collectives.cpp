#include "emulator/collectives.h"

#include <cstring>

namespace simt {
namespace {

float from_bf16(uint32_t bits) {
  bits <<= 16;
  float f;
  std::memcpy(&f, &bits, sizeof f);
  return f;
}
float low(uint32_t pair) { return from_bf16(pair & 0xFFFF); }
float high(uint32_t pair) { return from_bf16(pair >> 16); }

void exchange(Thread* lanes, uint32_t mask) {
  for (int i = 0; i < WARP; i++) {
    if (!(mask >> i & 1)) continue;
    const int source = lanes[i].call.source;
    if (!(mask >> source & 1)) fail("lane %d wants the value of lane %d, which is not in the mask %08x", i, source, mask);
    lanes[i].call.out = lanes[source].call.in;
  }
}

void ballot(Thread* lanes, uint32_t mask) {
  uint64_t votes = 0;
  for (int i = 0; i < WARP; i++)
    if (mask >> i & 1 && lanes[i].call.in) votes |= uint64_t{1} << i;
  for (int i = 0; i < WARP; i++)
    if (mask >> i & 1) lanes[i].call.out = votes;
}

// PTX ISA, mma.m16n8k16, .bf16. Lane 4g + t holds A[g, 2t..], A[g+8, 2t..], A[g, 2t+8..], A[g+8, 2t+8..]; B[2t.., g], B[2t+8.., g];
// D[g, 2t], D[g, 2t+1], D[g+8, 2t], D[g+8, 2t+1].
void mma(Thread* lanes) {
  float a[16][16], b[8][16];  // b by column
  for (int i = 0; i < WARP; i++) {
    const int g = i / 4, t = i % 4;
    const uint32_t *ra = lanes[i].call.a, *rb = lanes[i].call.b;
    for (int r = 0; r < 4; r++) {
      float* to = &a[g + 8 * (r % 2)][2 * t + 8 * (r / 2)];
      to[0] = low(ra[r]);
      to[1] = high(ra[r]);
    }
    for (int r = 0; r < 2; r++) {
      float* to = &b[g][2 * t + 8 * r];
      to[0] = low(rb[r]);
      to[1] = high(rb[r]);
    }
  }
  for (int i = 0; i < WARP; i++) {
    const int g = i / 4, t = i % 4;
    for (int r = 0; r < 4; r++) {
      const float *row = a[g + 8 * (r / 2)], *column = b[2 * t + r % 2];
      float sum = lanes[i].call.d[r];
      for (int k = 0; k < 16; k++) sum += row[k] * column[k];
      lanes[i].call.d[r] = sum;
    }
  }
}

// PTX ISA, ldmatrix.x4.trans.b16: lane 8m + i gives the address of row i of matrix m; lane 4g + t gets rows 2t, 2t+1 of column g.
void load_matrix(Thread* lanes) {
  uint16_t rows[WARP][8];
  for (int i = 0; i < WARP; i++) {
    if (reinterpret_cast<uintptr_t>(lanes[i].call.row) % 16) fail("ldmatrix: the row of lane %d does not begin at a multiple of 16 bytes", i);
    std::memcpy(rows[i], lanes[i].call.row, 16);
  }
  for (int i = 0; i < WARP; i++) {
    const int g = i / 4, t = i % 4;
    for (int m = 0; m < 4; m++) lanes[i].call.r[m] = rows[8 * m + 2 * t][g] | uint32_t{rows[8 * m + 2 * t + 1][g]} << 16;
  }
}

}  // namespace

void run_collective(Thread* lanes, uint32_t mask) {
  const Collective::Kind kind = lanes[__builtin_ctz(mask)].call.kind;
  if ((kind == Collective::Mma || kind == Collective::LoadMatrix) && mask != ~0u) fail("mma and ldmatrix want the whole warp");
  switch (kind) {
    case Collective::Sync: return;
    case Collective::Exchange: return exchange(lanes, mask);
    case Collective::Ballot: return ballot(lanes, mask);
    case Collective::Mma: return mma(lanes);
    case Collective::LoadMatrix: return load_matrix(lanes);
  }
}

}  // namespace simt
