#include "path_merge.h"

#include <dmls/treekem/error.h>

#include "tree_hash.h"

namespace dmls::treekem {

Result<RatchetTree> tree_for_committer(const RatchetTree& tree, Committer committer, LeafIndex index) {
  if (committer == Committer::member) {
    if (!tree.is_member(index)) return fail(errc::kNoSuchLeaf, "RFC 9420 §12.4: a committer is a member");
    return tree;
  }
  // RFC 9420 §12.4.2: the leftmost blank leaf, of a tree that grows if there is none.
  DMLS_TRY(const LeafIndex blank, tree.first_blank_leaf());
  if (index != blank)
    return fail(errc::kNoSuchLeaf, "RFC 9420 §12.4.2: an external committer takes the leftmost blank leaf");
  RatchetTree extended = tree;
  if (!tree.leaf_count().contains(index)) TreeAccess::own(extended).extend_to(index);
  return extended;
}

Result<void> check_path_keys(const RatchetTree& tree, BytesView leaf_key, std::span<const PathNodeKey> nodes) {
  std::vector<BytesView> keys{leaf_key};
  for (const PathNodeKey& node : nodes) keys.push_back(node.encryption_key);
  for (const BytesView key : keys)
    if (tree.find_encryption_key(key))
      return fail(errc::kDuplicateKey, "RFC 9420 §12.4.2: no public key of a path is in the tree");
  const auto less = [](BytesView a, BytesView b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
  };
  std::sort(keys.begin(), keys.end(), less);
  const auto twice =
      std::adjacent_find(keys.begin(), keys.end(), [&](BytesView a, BytesView b) { return !less(a, b); });
  if (twice != keys.end()) return fail(errc::kBadPath, "RFC 9420 §16.7: the public keys of a path are distinct");
  return {};
}

PathHashes path_parent_hashes(const RatchetTree& tree, std::span<const PathNodeKey> keys) {
  const TreeAccess::State& state = TreeAccess::state(tree);
  const std::size_t n = state.suite.hash_length();
  PathHashes hashes;
  hashes.nodes.resize(keys.size());
  // `above` is the parent hash of the node above, with respect to the side that the path comes from.
  Bytes above;
  for (std::size_t i = keys.size(); i-- > 0;) {
    const auto& [step, key] = keys[i];
    // RFC 9420 §7.9: the path resets the node's unmerged leaves, so the original sibling tree hash is the present one.
    const BytesView sibling = detail::tree_hash(state.suite, *state.find(step.copath), first_leaf(step.copath).value());
    Bytes hash(n);
    detail::parent_hash(state.suite, key, above, sibling, hash);
    hashes.nodes[i] = {step.node.level(), key, std::move(above)};
    above = std::move(hash);
  }
  hashes.leaf = std::move(above);
  return hashes;
}

}  // namespace dmls::treekem
