// The walk over Provider::hmac, and the choice between it and a provider's kernels.

#include <dmls/crypto/tree_kdf.h>

#include <array>

#include "hkdf.h"
#include "labels.h"

namespace dmls::crypto {
namespace {

// No branch and no index depends on the path: both children are derived, then swapped under a mask.
void walk_over_hmac(const Provider& provider, HashId hash, const TreeWalk& walk) {
  const std::size_t nh = hash_length(hash);
  const KdfLabel left_label(nh, "tree", as_bytes("left")), right_label(nh, "tree", as_bytes("right"));
  std::array<std::uint8_t, kMaxHashLength> node, left, right;
  std::copy(walk.node.begin(), walk.node.end(), node.begin());
  std::uint8_t* sibling = walk.copath.data();
  for (std::size_t depth = walk.from; depth < walk.to; ++depth) {
    hkdf_expand(provider, hash, BytesView(node).first(nh), left_label.parts(), MutableBytes(left).first(nh));
    hkdf_expand(provider, hash, BytesView(node).first(nh), right_label.parts(), MutableBytes(right).first(nh));
    const unsigned turn = (walk.path[depth / 8] >> (7 - depth % 8)) & 1u;
    const auto mask = static_cast<std::uint8_t>(0u - turn);
    for (std::size_t i = 0; i < nh; ++i) {
      const auto swap = static_cast<std::uint8_t>((left[i] ^ right[i]) & mask);
      node[i] = left[i] ^ swap;
      sibling[i] = right[i] ^ swap;
    }
    sibling += nh;
  }
  std::copy_n(node.begin(), nh, walk.end.begin());
  secure_wipe(node.data(), node.size());
  secure_wipe(left.data(), left.size());
  secure_wipe(right.data(), right.size());
}

}  // namespace

void walk_trees(const CipherSuite& suite, std::span<const TreeWalk> walks) {
  const std::size_t nh = suite.hash_length();
  for (const TreeWalk& w : walks) {
    if (w.from > w.to || w.node.size() != nh || w.end.size() != nh || w.copath.size() != (w.to - w.from) * nh ||
        w.path.size() * 8 < w.to)
      panic("walk_trees: the sizes of a TreeWalk do not fit");
  }
  if (const TreeKdf* native = suite.provider().tree_kdf(suite.hash())) {
    native->walk(walks);
  } else {
    for (const TreeWalk& w : walks) walk_over_hmac(suite.provider(), suite.hash(), w);
  }
}

void walk_tree(const CipherSuite& suite, const TreeWalk& walk) { walk_trees(suite, std::span(&walk, 1)); }

}  // namespace dmls::crypto
