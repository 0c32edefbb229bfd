// Verifying parent hashes. RFC 9420 §7.9.2

#include <dmls/treekem/error.h>

#include <algorithm>

#include "tree_hash.h"
#include "tree_spread.h"
#include "tree_state.h"

namespace dmls::treekem {
namespace {

using detail::ParentTreeNode;
using detail::TreeNode;

// The parent_hash field of a node; empty if it has none.
BytesView parent_hash_field(const TreeNode& node) {
  if (!node.is_leaf()) return detail::as_parent(node).parent_hash();
  const LeafNodeView view = detail::view_of(node);
  return view.source == LeafNodeSource::commit ? view.parent_hash : BytesView();
}

// The node D below `child` that can be parent-hash valid with respect to P: the only one in the resolution of `child`
// besides the unmerged leaves of P there, all of which are in that resolution. Third criterion of §7.9.2.
std::optional<NodeIndex> candidate(const TreeNode& child, std::uint32_t first,
                                   std::span<const std::uint32_t> unmerged) {
  const auto below = detail::within(unmerged, first, child.level);
  std::optional<NodeIndex> found;
  std::size_t matched = 0;
  const bool one = detail::for_each_resolution(child, first, [&](NodeIndex at) {
    const auto leaf = LeafIndex::from(at);
    if (leaf && std::binary_search(below.begin(), below.end(), leaf->value())) {
      ++matched;
      return true;
    }
    if (found) return false;
    found = at;
    return true;
  });
  if (!one || matched != below.size()) return std::nullopt;
  return found;
}

class Verifier {
 public:
  explicit Verifier(const TreeAccess::State& state) : state_(state) {}

  // One node; leaves and blank ones have nothing to verify.
  Result<void> verify(const TreeNode& node, std::uint32_t first) const {
    if (node.is_leaf() || node.blank) return {};
    const ParentTreeNode& parent = detail::as_parent(node);
    const std::uint32_t middle = detail::right_first(first, parent.level);
    const int chains = valid(parent, *parent.left, first, *parent.right, middle) +
                       valid(parent, *parent.right, middle, *parent.left, first);
    if (chains == 1) return {};
    return fail(errc::kParentHash, chains == 0 ? "RFC 9420 §7.9.2: every parent node is parent-hash valid"
                                               : "RFC 9420 §7.9.2: a parent node is covered by exactly one chain");
  }

 private:
  // How many nodes below `child` have the parent hash of `parent` with copath child `sibling`: 0 or 1.
  int valid(const ParentTreeNode& parent, const TreeNode& child, std::uint32_t child_first, const TreeNode& sibling,
            std::uint32_t sibling_first) const {
    const auto d = candidate(child, child_first, parent.unmerged);
    if (!d) return 0;
    const BytesView field = parent_hash_field(*state_.find(*d));
    detail::HashBuffer original, expected;
    const std::size_t n = state_.suite.hash_length();
    if (field.size() != n) return 0;
    detail::original_tree_hash(state_.suite, sibling, sibling_first, parent.unmerged, std::span(original).first(n));
    detail::parent_hash(state_.suite, parent.key(), parent.parent_hash(), std::span(original).first(n),
                        std::span(expected).first(n));
    return std::equal(field.begin(), field.end(), expected.begin()) ? 1 : 0;
  }

  const TreeAccess::State& state_;
};

}  // namespace

Result<void> RatchetTree::verify_parent_hashes(Executor* executor) const {
  // RFC 9420 §7.9: the root has no parent to hash.
  const TreeNode& root = *state_->root;
  if (!root.is_leaf() && !root.blank && !detail::as_parent(root).parent_hash().empty())
    return fail(errc::kParentHash, "RFC 9420 §7.5: the root's parent_hash is empty");
  const Verifier verifier(*state_);
  return detail::check_nodes(
      root, executor, [&verifier](const TreeNode& node, std::uint32_t first) { return verifier.verify(node, first); });
}

}  // namespace dmls::treekem
