#include <dmls/crypto/keys.h>
#include <dmls/treekem/error.h>
#include <dmls/treekem/leaf_validation.h>
#include <dmls/treekem/tree_import.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "tree_hash.h"
#include "tree_spread.h"
#include "tree_state.h"

namespace dmls::treekem {
namespace {

using detail::TreeNode;

constexpr std::size_t kLeavesPerTask = 16;

struct PlacedLeaf {
  LeafIndex index;
  const TreeNode* node;
};

void collect_leaves(const TreeNode& node, std::uint32_t first, std::vector<PlacedLeaf>& into) {
  if (node.members == 0) return;
  if (node.is_leaf()) return into.push_back({LeafIndex(first), &node});
  collect_leaves(*detail::as_parent(node).left, first, into);
  collect_leaves(*detail::as_parent(node).right, detail::right_first(first, node.level), into);
}

std::vector<PlacedLeaf> leaves_of(const TreeAccess::State& state) {
  std::vector<PlacedLeaf> leaves;
  leaves.reserve(state.root->members);
  collect_leaves(*state.root, 0, leaves);
  return leaves;
}

// Runs check(leaf) for every leaf; the error of the leftmost leaf that fails.
Result<void> check_leaves(const std::vector<PlacedLeaf>& leaves, Executor* executor,
                          const std::function<Result<void>(const PlacedLeaf&)>& check) {
  const std::size_t tasks = (leaves.size() + kLeavesPerTask - 1) / kLeavesPerTask;
  std::vector<std::optional<Error>> failures(tasks);
  const auto task = [&](std::size_t t) {
    const std::size_t end = std::min(leaves.size(), (t + 1) * kLeavesPerTask);
    for (std::size_t i = t * kLeavesPerTask; i < end; ++i) {
      if (const auto outcome = check(leaves[i]); !outcome) {
        failures[t] = outcome.error();
        return;
      }
    }
  };
  if (executor == nullptr) {
    for (std::size_t t = 0; t < tasks; ++t) {
      task(t);
      if (failures[t]) break;
    }
  } else {
    executor->run(tasks, task);
  }
  for (const auto& failure : failures)
    if (failure) return fail(*failure);
  return {};
}

// Computes the hashes of many subtrees, so that the few above them are left.
void hash_subtrees(const TreeAccess::State& state, Executor* executor) {
  if (executor == nullptr) return;
  std::vector<detail::PlacedNode> subtrees, above;
  detail::collect_subtrees(*state.root, 0, subtrees, above);
  executor->run(subtrees.size(),
                [&](std::size_t i) { (void)detail::tree_hash(state.suite, *subtrees[i].node, subtrees[i].first); });
}

Result<void> check_parent_key(const crypto::CipherSuite& suite, const TreeNode& node) {
  if (node.is_leaf() || node.blank) return {};
  return suite.provider().kem_check_public_key(suite.kem(), detail::as_parent(node).key());
}

}  // namespace

Result<void> RatchetTree::verify_leaf_signatures(BytesView group_id, Executor* executor) const {
  return check_leaves(leaves_of(*state_), executor, [&](const PlacedLeaf& leaf) {
    return verify_leaf_node_signature(state_->suite, detail::view_of(*leaf.node), LeafPosition{group_id, leaf.index});
  });
}

Result<void> RatchetTree::check_parent_keys(Executor* executor) const {
  return detail::check_nodes(*state_->root, executor, [this](const TreeNode& node, std::uint32_t) {
    return check_parent_key(state_->suite, node);
  });
}

Result<RatchetTree> import_ratchet_tree(const crypto::CipherSuite& suite, BytesView encoded,
                                        const TreeExpectations& expected, const CredentialValidator& validator,
                                        Executor* executor) {
  DMLS_TRY(RatchetTree tree, RatchetTree::decode(suite, encoded));
  hash_subtrees(TreeAccess::state(tree), executor);
  const BytesView hash = tree.tree_hash();
  if (!std::equal(hash.begin(), hash.end(), expected.tree_hash.begin(), expected.tree_hash.end()))
    return fail(errc::kInvalidTree, "RFC 9420 §12.4.3.1: the tree has the tree_hash of the GroupContext");
  DMLS_CHECK(tree.verify_parent_hashes(executor));
  DMLS_CHECK(tree.check_credential_types());
  DMLS_CHECK(tree.check_parent_keys(executor));

  const auto expectations = [&](LeafIndex index) {
    return LeafExpectations{.suite = suite,
                            .position = LeafPosition{expected.group_id, index},
                            .required = expected.required,
                            .group_extensions = expected.group_extensions,
                            .lifetime = expected.lifetime};
  };
  const auto rules = [&](const PlacedLeaf& leaf) {  // that the encryption key is one of the suite's KEM is among them
    return check_leaf_node(detail::view_of(*leaf.node), expectations(leaf.index));
  };
  const auto signature = [&](const PlacedLeaf& leaf) {
    return verify_leaf_node_signature(suite, detail::view_of(*leaf.node), LeafPosition{expected.group_id, leaf.index});
  };
  const auto credential = [&](const PlacedLeaf& leaf) {
    return check_credential(detail::view_of(*leaf.node), expectations(leaf.index), validator);
  };
  const std::vector<PlacedLeaf> leaves = leaves_of(TreeAccess::state(tree));
  DMLS_CHECK(check_leaves(leaves, executor, rules));
  DMLS_CHECK(check_leaves(leaves, executor, signature));
  DMLS_CHECK(check_leaves(leaves, nullptr, credential));
  return tree;
}

}  // namespace dmls::treekem
