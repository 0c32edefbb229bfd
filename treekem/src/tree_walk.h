#pragma once
#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "tree_hash.h"
#include "tree_node.h"

namespace dmls::treekem::detail {

// Whether `node` is, or says the same as, one of `others` in the same place.
inline bool is_among(const crypto::CipherSuite& suite, const TreeNode& node, std::uint32_t first,
                     std::span<const TreeNode* const> others) {
  if (std::find(others.begin(), others.end(), &node) != others.end()) return true;
  return std::any_of(others.begin(), others.end(), [&](const TreeNode* other) {
    if (other->level != node.level) return false;
    const BytesView a = tree_hash(suite, node, first), b = tree_hash(suite, *other, first);
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  });
}

// Calls each(node, first) for `node`, whose first leaf is `first`, and what is below it, as far as it has members and
// is not in one of `others`: nodes in the same place, or lower ones with the same first leaf.
template <class Each>
void walk_beyond(const crypto::CipherSuite& suite, const TreeNode& node, std::uint32_t first,
                 std::span<const TreeNode* const> others, Each&& each) {
  if (node.members == 0 || is_among(suite, node, first, others)) return;
  each(node, first);
  if (node.is_leaf()) return;
  for (const bool right : {false, true}) {
    std::vector<const TreeNode*> below;
    for (const TreeNode* const other : others) {
      if (other->level < node.level) {
        if (!right) below.push_back(other);
      } else if (!other->is_hollow()) {
        below.push_back(as_parent(*other).child(right).get());
      }
    }
    walk_beyond(suite, *as_parent(node).child(right), right ? right_first(first, node.level) : first, below, each);
  }
}

// The same for whole trees, given by their roots.
template <class Each>
void walk_tree_beyond(const crypto::CipherSuite& suite, const TreeNode& root, std::vector<const TreeNode*> others,
                      Each&& each) {
  for (const TreeNode*& other : others)
    while (other->level > root.level && !other->is_hollow()) other = as_parent(*other).left.get();
  std::erase_if(others, [&](const TreeNode* other) { return other->level > root.level; });  // nothing but blank there
  walk_beyond(suite, root, 0, others, each);
}

}  // namespace dmls::treekem::detail
