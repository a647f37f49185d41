#pragma once
// Several devices, each driven by a thread of the host: one of them does something at a time, and sees its own memory only.

namespace simt {

/// Which device the calling thread drives (cudaSetDevice).
int& this_device();

/// Holds the emulator for the calling thread's device; may be nested.
class Turn {
 public:
  Turn();
  ~Turn();
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
};

/// Within a kernel: a word for another device was written.
void wrote_to_peer();
/// Within a kernel that waits for what another device does: lets the others go on until one has written a word.
void wait_for_peers();

}  // namespace simt
