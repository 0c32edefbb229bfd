#pragma once
// What the derivation kernels offer to the rest of this layer. Plain data and function pointers only: a file that is
// compiled with instruction-set flags must not instantiate inline functions of the standard library, which the linker
// could then pick for code that runs on every processor.

#include <stddef.h>
#include <stdint.h>

namespace dmls::crypto::kernel {

// Walk is a TreeWalk without its sizes: Nh follows from the kernel, which is called with consistent spans only.
struct Walk {
  const uint8_t* node;  // Nh octets
  const uint8_t* path;  // the leaf index, most significant bit first
  uint8_t* copath;      // (to - from) * Nh octets, from top to bottom
  uint8_t* end;         // Nh octets
  uint32_t from, to;
};

// Bit `depth` of a leaf index, 0 or 1. RFC 9420 §9 and Appendix C: 0 goes left.
inline __attribute__((always_inline)) uint32_t path_bit(const uint8_t* path, uint32_t depth) {
  return (uint32_t{path[depth / 8]} >> (7 - depth % 8)) & 1;
}

// A kernel performs `count` walks and returns how many compressions that took.
using WalkFunction = uint64_t (*)(const Walk* walks, size_t count);

// Over BoringSSL's block functions: any processor.
uint64_t walk_shared_sha256(const Walk* walks, size_t count);
uint64_t walk_shared_sha384(const Walk* walks, size_t count);
uint64_t walk_shared_sha512(const Walk* walks, size_t count);

#if defined(__x86_64__)
// SHA extensions: two interleaved streams for one walk, four for two.
uint64_t walk_shani_sha256(const Walk* walks, size_t count);
// Compresses `blocks` blocks in each of `streams` (1 or 4) interleaved streams, for benchmarks: the latency and the
// throughput of the SHA unit. `state`: 4 x 8 words. With `constant`, the blocks are the precomputed ones.
void shani_streams(size_t streams, uint32_t* state, size_t blocks, bool constant);

// AVX-512: up to 16 (SHA-256) or 8 (SHA-384, SHA-512) walks at once, which need one common `to`.
uint64_t walk_lanes_sha256(const Walk* walks, size_t count);
uint64_t walk_lanes_sha384(const Walk* walks, size_t count);
uint64_t walk_lanes_sha512(const Walk* walks, size_t count);
// AVX-512VL: one walk, left and right in two lanes.
uint64_t walk_pair_sha384(const Walk* walks, size_t count);
uint64_t walk_pair_sha512(const Walk* walks, size_t count);
#endif

}  // namespace dmls::crypto::kernel
