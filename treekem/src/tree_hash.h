#pragma once
// Tree hashes and parent hashes. RFC 9420 §7.8, §7.9

#include <dmls/base/bytes.h>
#include <dmls/crypto/suite.h>

#include <array>
#include <cstdint>
#include <span>

#include "tree_node.h"

namespace dmls::treekem::detail {

// A hash on the stack; the first Nh octets count.
using HashBuffer = std::array<std::uint8_t, crypto::kMaxHashLength>;

// The tree hash of `node`, whose first leaf is `first`: from the cache, or computed and cached, with everything below
// that has none. May be called for one node by several threads at once.
BytesView tree_hash(const crypto::CipherSuite&, const TreeNode& node, std::uint32_t first);

// RFC 9420 §7.9, original_sibling_tree_hash: the tree hash of `node` after the leaves in `without` (ascending) are
// blanked and taken out of all lists of unmerged leaves. Leaves outside the subtree are ignored. Nh octets into `out`.
void original_tree_hash(const crypto::CipherSuite&, const TreeNode& node, std::uint32_t first,
                        std::span<const std::uint32_t> without, std::span<std::uint8_t> out);

// RFC 9420 §7.9: Hash(ParentHashInput); Nh octets into `out`.
void parent_hash(const crypto::CipherSuite&, BytesView encryption_key, BytesView parent_hash,
                 BytesView original_sibling_tree_hash, std::span<std::uint8_t> out);

// The part of ascending leaf indices that lies below the node at `level` whose first leaf is `first`.
std::span<const std::uint32_t> within(std::span<const std::uint32_t> leaves, std::uint32_t first, unsigned level);

}  // namespace dmls::treekem::detail
