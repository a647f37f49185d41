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

// A lane's part of A, as it lies in its registers (see mma), to where it belongs.
void rows_of(int lane, const uint32_t* held, float (&a)[16][16]) {
  const int g = lane / 4, t = lane % 4;
  for (int r = 0; r < 4; r++) {
    float* to = &a[g + 8 * (r % 2)][2 * t + 8 * (r / 2)];
    to[0] = low(held[r]);
    to[1] = high(held[r]);
  }
}

// PTX ISA, mma.m16n8k16, .bf16. Lane 4g + t holds A[g, 2t..], A[g+8, 2t..], A[g, 2t+8..], A[g+8, 2t+8..]; B[2t.., g], B[2t+8.., g];
// D[g, 2t], D[g, 2t+1], D[g+8, 2t], D[g+8, 2t+1].
void mma(Thread* lanes) {
  float a[16][16], b[8][16];  // b by column
  for (int i = 0; i < WARP; i++) {
    const int g = i / 4, t = i % 4;
    const uint32_t* rb = lanes[i].call.b;
    rows_of(i, lanes[i].call.a, a);
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

void start_product(Thread* lanes) {
  if (hides_copies()) fail("wgmma: a thread came to the barrier before without showing its copies");
  for (int i = 0; i < WARP; i++) {
    const Collective& call = lanes[i].call;
    Accumulators& products = lanes[i].products;
    const auto b = static_cast<const char*>(call.row);
    const size_t begin = reinterpret_cast<uintptr_t>(b) % 128;
    if (b != lanes[0].call.row) fail("wgmma: lanes 0 and %d name other rows", i);
    if (reinterpret_cast<uintptr_t>(b) % 1024 != begin || begin % 32) fail("wgmma: the first row does not begin at a multiple of 1024 bytes");
    if (!products.d) {
      products.d = call.d;
      products.values.assign(call.d, call.d + PRODUCT_VALUES);
      std::memset(call.d, 0xFF, PRODUCT_VALUES * sizeof *call.d);
    }
    if (products.d != call.d) fail("wgmma: other accumulators while products are on their way");
    AsyncProduct product{call.a, {}, b, {}, call.in != 0};
    std::memcpy(product.held, call.a, sizeof product.held);
    if (i == 0) product.seen.assign(b - begin, b - begin + PRODUCT_ROWS * 128);
    products.open.push_back(std::move(product));
  }
}

// PTX ISA, wgmma.m64n128k16 with A in registers, a warp's 16 rows of it: A as mma() has it; B's rows have 128 bytes, whose 16-byte pieces are
// turned by bits 7 to 9 of the address; lane 4g + t holds D[g, 8n + 2t], D[g, 8n + 2t + 1], then both of row g + 8, for each n.
void multiply(Thread* lanes, size_t at) {
  float a[16][16];
  for (int i = 0; i < WARP; i++) {
    const AsyncProduct& product = lanes[i].products.groups.front()[at];
    if (std::memcmp(product.held, product.a, sizeof product.held)) fail("wgmma: the rows in registers of lane %d were changed too early", i);
    rows_of(i, product.held, a);
  }
  const AsyncProduct& product = lanes[0].products.groups.front()[at];
  const size_t begin = reinterpret_cast<uintptr_t>(product.b) % 128;
  const char* rows = product.b - begin;
  if (std::memcmp(product.seen.data(), rows, product.seen.size())) fail("wgmma: the rows in shared memory were changed too early");
  for (int n = 0; n < PRODUCT_ROWS; n++) {
    float b[16];
    for (size_t k = 0; k < 16; k++) {
      const size_t linear = static_cast<size_t>(n) * 128 + begin + 2 * k;
      uint16_t bits;
      std::memcpy(&bits, rows + (linear ^ (linear >> 7 & 7) << 4), sizeof bits);
      b[k] = from_bf16(bits);
    }
    for (int r = 0; r < 16; r++) {
      Thread& lane = lanes[r % 8 * 4 + n % 8 / 2];
      float& d = lane.products.values[static_cast<size_t>(n / 8 * 4 + r / 8 * 2 + n % 2)];
      float sum = product.add ? d : 0;
      for (size_t k = 0; k < 16; k++) sum += a[r][k] * b[k];
      d = sum;
    }
  }
}

void wait_products(Thread* lanes) {
  while (lanes[0].products.groups.size() > lanes[0].call.pending) {
    const size_t count = lanes[0].products.groups.front().size();
    for (size_t at = 0; at < count; at++) multiply(lanes, at);
    for (int i = 0; i < WARP; i++) {
      Accumulators& products = lanes[i].products;
      products.groups.erase(products.groups.begin());
      if (!products.groups.empty() || !products.open.empty()) continue;
      std::memcpy(products.d, products.values.data(), PRODUCT_VALUES * sizeof *products.d);
      products.d = nullptr;
    }
  }
}

}  // namespace

void run_collective(Thread* lanes, uint32_t mask) {
  const Collective::Kind kind = lanes[__builtin_ctz(mask)].call.kind;
  if (kind >= Collective::Mma && mask != ~0u) fail("mma, ldmatrix and wgmma want the whole warp");
  switch (kind) {
    case Collective::Sync: return;
    case Collective::Exchange: return exchange(lanes, mask);
    case Collective::Ballot: return ballot(lanes, mask);
    case Collective::Mma: return mma(lanes);
    case Collective::LoadMatrix: return load_matrix(lanes);
    case Collective::StartProduct: return start_product(lanes);
    case Collective::WaitProducts: return wait_products(lanes);
  }
}

}  // namespace simt
