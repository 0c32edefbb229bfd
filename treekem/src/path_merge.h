#pragma once
// What a committer and a receiver do alike. RFC 9420 §7.5

#include <dmls/base/result.h>
#include <dmls/treekem/path.h>

#include <algorithm>
#include <span>
#include <vector>

#include "tree_state.h"

namespace dmls::treekem {

// A node of a filtered direct path with its new public key.
struct PathNodeKey {
  tree_math::DirectPath::Step step;
  BytesView encryption_key;
};

// The tree that the path of `index` is for: `tree`, extended if an external committer needs that. kNoSuchLeaf if
// `index` is not a member, or not the first blank leaf.
Result<RatchetTree> tree_for_committer(const RatchetTree& tree, Committer, LeafIndex index);

// RFC 9420 §12.4.2: no public key of a path is in the tree (kDuplicateKey), or twice in the path (kBadPath).
Result<void> check_path_keys(const RatchetTree&, BytesView leaf_key, std::span<const PathNodeKey>);

// Parent hashes of a path, from the root down: those that its nodes and its leaf hold. Borrows the keys. RFC 9420 §7.9
struct PathHashes {
  std::vector<TreeAccess::State::PathNode> nodes;
  Bytes leaf;
};
PathHashes path_parent_hashes(const RatchetTree&, std::span<const PathNodeKey>);

// A sorted copy.
inline std::vector<LeafIndex> ascending(std::span<const LeafIndex> leaves) {
  std::vector<LeafIndex> sorted(leaves.begin(), leaves.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

// Calls each(NodeIndex) for the resolution of a copath child without the leaves in `added` (ascending), until it
// returns false. RFC 9420 §7.6
template <class Each>
void for_each_recipient(const RatchetTree& tree, NodeIndex copath, std::span<const LeafIndex> added, Each&& each) {
  const detail::TreeNode* node = TreeAccess::state(tree).find(copath);
  if (node == nullptr) return;
  detail::for_each_resolution(*node, first_leaf(copath).value(), [&](NodeIndex at) {
    const auto leaf = LeafIndex::from(at);
    return (leaf && std::binary_search(added.begin(), added.end(), *leaf)) || each(at);
  });
}

}  // namespace dmls::treekem
