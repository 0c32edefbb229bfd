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

// Runs check(leaf) for every leaf; the error of the leftmost leaf that fails.
Result<void> check_leaves(const TreeAccess::State& state, Executor* executor,
                          const std::function<Result<void>(const PlacedLeaf&)>& check) {
  std::vector<PlacedLeaf> leaves;
  leaves.reserve(state.root->members);
  collect_leaves(*state.root, 0, leaves);
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
constexpr unsigned kHashTaskLevel = 8;  // subtrees of 256 leaves
void collect_subtrees(const TreeNode& node, std::uint32_t first,
                      std::vector<std::pair<const TreeNode*, std::uint32_t>>& into) {
  if (node.level <= kHashTaskLevel) return into.emplace_back(&node, first), void();
  collect_subtrees(*detail::as_parent(node).left, first, into);
  collect_subtrees(*detail::as_parent(node).right, detail::right_first(first, node.level), into);
}
void hash_subtrees(const TreeAccess::State& state, Executor* executor) {
  if (executor == nullptr || state.root->level <= kHashTaskLevel) return;
  std::vector<std::pair<const TreeNode*, std::uint32_t>> subtrees;
  collect_subtrees(*state.root, 0, subtrees);
  executor->run(subtrees.size(),
                [&](std::size_t i) { (void)detail::tree_hash(state.suite, *subtrees[i].first, subtrees[i].second); });
}

Result<void> check_parent_keys_below(const crypto::CipherSuite& suite, const TreeNode& node) {
  if (node.is_leaf() || node.members == 0) return {};
  const detail::ParentTreeNode& parent = detail::as_parent(node);
  if (!parent.blank) DMLS_CHECK(crypto::check_public_key(suite, crypto::HpkePublicKey{to_bytes(parent.key())}));
  DMLS_CHECK(check_parent_keys_below(suite, *parent.left));
  return check_parent_keys_below(suite, *parent.right);
}

}  // namespace

Result<void> RatchetTree::verify_leaf_signatures(BytesView group_id, Executor* executor) const {
  return check_leaves(*state_, executor, [&](const PlacedLeaf& leaf) {
    return verify_leaf_node_signature(state_->suite, detail::view_of(*leaf.node), LeafPosition{group_id, leaf.index});
  });
}

Result<void> RatchetTree::check_parent_keys() const { return check_parent_keys_below(state_->suite, *state_->root); }

Result<RatchetTree> import_ratchet_tree(const crypto::CipherSuite& suite, BytesView encoded,
                                        const TreeExpectations& expected, const CredentialValidator& validator,
                                        Executor* executor) {
  DMLS_TRY(RatchetTree tree, RatchetTree::decode(suite, encoded));
  hash_subtrees(TreeAccess::state(tree), executor);
  const BytesView hash = tree.tree_hash();
  if (!std::equal(hash.begin(), hash.end(), expected.tree_hash.begin(), expected.tree_hash.end()))
    return fail(errc::kInvalidTree, "RFC 9420 §12.4.3.1: the tree has the tree_hash of the GroupContext");
  DMLS_CHECK(tree.verify_parent_hashes());
  DMLS_CHECK(tree.check_credential_types());
  DMLS_CHECK(tree.check_parent_keys());

  const auto expectations = [&](LeafIndex index) {
    return LeafExpectations{.suite = suite,
                            .position = LeafPosition{expected.group_id, index},
                            .required = expected.required,
                            .group_extensions = expected.group_extensions,
                            .lifetime = expected.lifetime};
  };
  const auto rules = [&](const PlacedLeaf& leaf) {
    return check_leaf_node(detail::view_of(*leaf.node), expectations(leaf.index));
  };
  const auto keys_and_signature = [&](const PlacedLeaf& leaf) -> Result<void> {
    const LeafNodeView view = detail::view_of(*leaf.node);
    DMLS_CHECK(crypto::check_public_key(suite, crypto::HpkePublicKey{to_bytes(view.encryption_key)}));
    return verify_leaf_node_signature(suite, view, LeafPosition{expected.group_id, leaf.index});
  };
  const auto credential = [&](const PlacedLeaf& leaf) {
    return check_credential(detail::view_of(*leaf.node), expectations(leaf.index), validator);
  };
  const TreeAccess::State& state = TreeAccess::state(tree);
  DMLS_CHECK(check_leaves(state, nullptr, rules));
  DMLS_CHECK(check_leaves(state, executor, keys_and_signature));
  DMLS_CHECK(check_leaves(state, nullptr, credential));
  return tree;
}

}  // namespace dmls::treekem
