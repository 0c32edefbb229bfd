// The walk over BoringSSL's block functions: runs everywhere, uses whatever instructions BoringSSL finds. The HMAC pads
// of a node are computed once for both children; no heap, no branch or index that depends on the path.
#include <cstring>

#include "kernel.h"
#include "kernel_blocks.h"
#include "kernel_tables.h"
#include "kernel_wipe.h"

namespace dmls::crypto::kernel {
namespace {

template <class H>
constexpr Table<std::uint8_t, kBlockOctets<H>> octets_of(const Block<H>& block) {
  Table<std::uint8_t, kBlockOctets<H>> octets = {};
  constexpr std::size_t size = sizeof(typename H::Word);
  for (std::size_t i = 0; i < kBlockOctets<H>; ++i)
    octets.v[i] = static_cast<std::uint8_t>(block.v[i / size] >> (8 * (size - 1 - i % size)));
  return octets;
}
template <class H>
constexpr auto kLeftOctets = octets_of<H>(kLeftBlock<H>);
template <class H>
constexpr auto kRightOctets = octets_of<H>(kRightBlock<H>);

// HMAC(node, block) from the states behind the two key pads; `outer_block` holds its padding already.
template <class H>
void child(const Chaining<H>& inner, const Chaining<H>& outer, const std::uint8_t* block, std::uint8_t* outer_block,
           std::uint8_t* out) {
  Chaining<H> s = inner;
  compress(s, block, 1);
  store_digest(s, outer_block);
  s = outer;
  compress(s, outer_block, 1);
  store_digest(s, out);
}

template <class H>
[[gnu::noinline]] std::uint64_t walk_one(const Walk& walk) {
  struct {
    std::uint8_t pad[kBlockOctets<H>], outer[kBlockOctets<H>];
    std::uint8_t node[H::kNh], left[H::kNh], right[H::kNh];
    Chaining<H> inner_state, outer_state;
  } f;
  std::memset(&f, 0, sizeof f);
  f.outer[H::kNh] = 0x80;
  constexpr std::uint64_t bits = 8 * (kBlockOctets<H> + H::kNh);
  f.outer[kBlockOctets<H> - 2] = static_cast<std::uint8_t>(bits >> 8);
  f.outer[kBlockOctets<H> - 1] = static_cast<std::uint8_t>(bits);
  std::memcpy(f.node, walk.node, H::kNh);
  std::uint8_t* out = walk.copath;
  std::uint64_t compressions = 0;
  for (std::uint32_t depth = walk.from; depth < walk.to; ++depth) {
    key_pads(f.node, H::kNh, f.pad, f.inner_state, f.outer_state);
    child(f.inner_state, f.outer_state, kLeftOctets<H>.v, f.outer, f.left);
    child(f.inner_state, f.outer_state, kRightOctets<H>.v, f.outer, f.right);
    const std::uint8_t right = static_cast<std::uint8_t>(-static_cast<int>(path_bit(walk.path, depth)));
    for (std::size_t i = 0; i < H::kNh; ++i) {
      const auto swap = static_cast<std::uint8_t>((f.left[i] ^ f.right[i]) & right);
      f.node[i] = f.left[i] ^ swap;
      out[i] = f.right[i] ^ swap;
    }
    out += H::kNh;
    compressions += 6;
  }
  std::memcpy(walk.end, f.node, H::kNh);
  return compressions;
}

template <class H>
std::uint64_t walk_each(const Walk* walks, std::size_t count) {
  std::uint64_t compressions = 0;
  for (std::size_t i = 0; i < count; ++i) compressions += walk_one<H>(walks[i]);
  wipe_stack<4096>();
#if defined(__x86_64__)
  wipe_xmm();
#endif
  return compressions;
}

}  // namespace

std::uint64_t walk_shared_sha256(const Walk* walks, std::size_t count) { return walk_each<Sha256>(walks, count); }
std::uint64_t walk_shared_sha384(const Walk* walks, std::size_t count) { return walk_each<Sha384>(walks, count); }
std::uint64_t walk_shared_sha512(const Walk* walks, std::size_t count) { return walk_each<Sha512>(walks, count); }

}  // namespace dmls::crypto::kernel
