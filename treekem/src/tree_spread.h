#pragma once
// Work on all nodes of a tree, spread over threads by subtrees.

#include <dmls/base/executor.h>
#include <dmls/base/result.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "tree_node.h"

namespace dmls::treekem::detail {

// What one task takes: subtrees of 256 leaves. A handful of nodes is left above them.
inline constexpr unsigned kTaskLevel = 8;

struct PlacedNode {
  const TreeNode* node;
  std::uint32_t first;
};

// The subtrees of `node`, whose first leaf is `first`, that are a task each; the nodes above them go to `above`.
inline void collect_subtrees(const TreeNode& node, std::uint32_t first, std::vector<PlacedNode>& subtrees,
                             std::vector<PlacedNode>& above) {
  if (node.members == 0) return;
  if (node.level <= kTaskLevel) return subtrees.push_back({&node, first});
  above.push_back({&node, first});
  collect_subtrees(*as_parent(node).left, first, subtrees, above);
  collect_subtrees(*as_parent(node).right, right_first(first, node.level), subtrees, above);
}

using NodeCheck = std::function<Result<void>(const TreeNode&, std::uint32_t first)>;

inline Result<void> check_below(const TreeNode& node, std::uint32_t first, const NodeCheck& check) {
  if (node.members == 0) return {};
  DMLS_CHECK(check(node, first));
  if (node.is_leaf()) return {};
  DMLS_CHECK(check_below(*as_parent(node).left, first, check));
  return check_below(*as_parent(node).right, right_first(first, node.level), check);
}

// Runs check(node, first leaf below it) for every node of a tree, as far as there are members below it. The error that
// is returned is that of the leftmost subtree that has one, or of a node above the subtrees: it does not depend on
// the executor, which may be nullptr.
inline Result<void> check_nodes(const TreeNode& root, Executor* executor, const NodeCheck& check) {
  std::vector<PlacedNode> subtrees, above;
  collect_subtrees(root, 0, subtrees, above);
  std::vector<std::optional<Error>> failures(subtrees.size());
  run_tasks(executor, subtrees.size(), [&](std::size_t i) {
    if (const auto outcome = check_below(*subtrees[i].node, subtrees[i].first, check); !outcome)
      failures[i] = outcome.error();
  });
  for (const auto& failure : failures)
    if (failure) return fail(*failure);
  for (const PlacedNode& one : above) DMLS_CHECK(check(*one.node, one.first));
  return {};
}

}  // namespace dmls::treekem::detail
