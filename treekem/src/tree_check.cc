#include "tree_check.h"

#include <dmls/treekem/error.h>

#include <algorithm>

namespace dmls::treekem {
namespace {

using detail::ParentTreeNode;
using detail::TreeNode;

// RFC 9420 §7.1, §12.4.3.1: the unmerged leaves of every parent node. `above` is the lowest parent node above `node`.
Result<void> check_below(const TreeAccess::State& state, const TreeNode& node, std::uint32_t first,
                         const ParentTreeNode* above) {
  if (node.is_leaf() || node.is_hollow()) return {};
  const ParentTreeNode& parent = detail::as_parent(node);
  if (!parent.blank) {
    if (parent.members == 0)
      return fail(errc::kInvalidTree, "RFC 9420 §7.9.2: a parent node above blank leaves only cannot be valid");
    const auto& list = parent.unmerged;
    if (std::adjacent_find(list.begin(), list.end(), [](auto a, auto b) { return a >= b; }) != list.end())
      return fail(errc::kInvalidTree, "RFC 9420 §7.1: unmerged_leaves are in increasing order");
    for (const std::uint32_t leaf : list) {
      const auto index = LeafIndex::from(std::uint64_t{leaf});
      if (!index || !in_subtree(*index, detail::node_index(first, parent.level)))
        return fail(errc::kInvalidTree, "RFC 9420 §12.4.3.1: an unmerged leaf is a descendant of its node");
      if (state.member(*index) == nullptr)
        return fail(errc::kInvalidTree, "RFC 9420 §12.4.3.1: an unmerged leaf is not blank");
    }
    if (above != nullptr) {
      // Lists are complete downwards if that holds between neighbours.
      const auto begin = std::lower_bound(above->unmerged.begin(), above->unmerged.end(), first);
      const auto end = std::lower_bound(begin, above->unmerged.end(), std::uint64_t{first} + (1u << parent.level));
      if (!std::includes(list.begin(), list.end(), begin, end))
        return fail(errc::kInvalidTree,
                    "RFC 9420 §12.4.3.1: nodes between an unmerged leaf and a node that lists it list it too");
    }
    above = &parent;
  }
  DMLS_CHECK(check_below(state, *parent.left, first, above));
  return check_below(state, *parent.right, detail::right_first(first, parent.level), above);
}

}  // namespace

Result<void> check_unmerged(const TreeAccess::State& state) { return check_below(state, *state.root, 0, nullptr); }

}  // namespace dmls::treekem
