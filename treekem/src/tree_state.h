#pragma once
// What is behind a RatchetTree, and how it changes.

#include <dmls/base/result.h>
#include <dmls/treekem/ratchet_tree.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "index_trie.h"
#include "tree_node.h"

namespace dmls::treekem {

class TreeNodeHandle;

struct RatchetTree::State {
  explicit State(const crypto::CipherSuite& s) : suite(s) {}
  // A copy has one owner of its own and shares everything else.
  State(const State& other)
      : suite(other.suite),
        root(other.root),
        encryption_keys(other.encryption_keys),
        signature_keys(other.signature_keys),
        support(other.support),
        credential_types(other.credential_types) {}
  State& operator=(const State&) = delete;

  detail::RefCount refs;
  crypto::CipherSuite suite;
  detail::NodeRef root;
  detail::IndexTrie encryption_keys;  // fingerprint of an encryption key -> node index
  detail::IndexTrie signature_keys;   // fingerprint of a signature key -> leaf index
  detail::IndexTrie support;          // (kind, code point), spread -> members that list it
  // Credential type -> members that use it, ascending; nullptr for none. Replaced whenever it changes: it has one or
  // two entries.
  std::shared_ptr<const std::vector<std::pair<CredentialType, std::uint32_t>>> credential_types;

  [[nodiscard]] unsigned depth() const { return root->level; }
  [[nodiscard]] LeafCount leaf_count() const { return LeafCount(1u << depth()); }
  [[nodiscard]] bool contains(NodeIndex node) const { return leaf_count().contains(node); }
  // The leaf's node, or nullptr if it is blank or outside.
  [[nodiscard]] const detail::TreeNode* member(LeafIndex) const;
  // The node, or nullptr if it lies outside the tree or in a hollow node.
  [[nodiscard]] const detail::TreeNode* find(NodeIndex) const;
  [[nodiscard]] std::optional<BytesView> key(NodeIndex) const;
  [[nodiscard]] Result<LeafIndex> first_blank_leaf() const;

  [[nodiscard]] std::optional<LeafIndex> find_signature_key(BytesView key, std::optional<LeafIndex> but = {}) const;
  [[nodiscard]] std::optional<NodeIndex> find_encryption_key(BytesView key, std::optional<NodeIndex> but = {}) const;
  // kDuplicateKey if a node other than this leaf has one of its keys.
  Result<void> check_keys_unique(LeafIndex, const LeafNodeView&) const;

  // ---- changes. Nobody else sees this State; they cannot fail. `view` is of a leaf whose keys were, or will be,
  // checked for uniqueness.

  // Until the leaf is inside.
  void extend_to(LeafIndex);
  // Halves the tree until its right half has a member. RFC 9420 §7.7
  void truncate();
  // RFC 9420 §12.1.1, at a leaf that is blank and inside.
  void add_at(LeafIndex, const LeafNodeView&);
  // RFC 9420 §12.1.2
  void update_at(LeafIndex, const LeafNodeView&);
  // RFC 9420 §12.1.3, without truncation.
  void remove_at(LeafIndex);

  // What a path puts on a leaf's direct path: nodes by level, ascending; the others become blank.
  struct PathNode {
    unsigned level;
    BytesView encryption_key;
    Bytes parent_hash;
  };
  // RFC 9420 §7.5, at a leaf that is inside.
  void merge_path(LeafIndex, const LeafNodeView&, std::span<const PathNode>);

  // Enters a node into the indexes, or takes it out. Used by the changes above and by decoding.
  void enter_leaf(LeafIndex, const LeafNodeView&);
  void forget_leaf(LeafIndex, const LeafNodeView&);
  void replace_leaf(LeafIndex, const LeafNodeView& old, const LeafNodeView&);
  void enter_key(detail::IndexTrie&, BytesView key, std::uint32_t at);
  // Where a key stands in an index. A cryptographic hash, so that nobody can choose keys that crowd together; the keys
  // themselves are compared afterwards.
  [[nodiscard]] std::uint32_t fingerprint(BytesView key) const;
  // All (fingerprint, index) of a tree whose indexes are empty; false if a key occurs twice. Reorders them.
  [[nodiscard]] bool enter_encryption_keys(std::span<detail::IndexTrie::Pair>);
  [[nodiscard]] bool enter_signature_keys(std::span<detail::IndexTrie::Pair>);
  // Counts what `leaves` members support and use who have these capabilities and this credential type.
  void enter_support(const LeafNodeView&, std::uint32_t leaves);
  void forget_key(detail::IndexTrie&, BytesView key, std::uint32_t at);
  [[nodiscard]] std::uint32_t listed(unsigned kind, std::uint16_t code_point) const;

 private:
  void count_support(const LeafNodeView&, std::int64_t more);
  void count_credential(CredentialType, std::int64_t more);
  void put_leaf(LeafIndex, detail::NodeRef leaf, std::span<const PathNode>);
};

// Kinds of code points in State::support.
inline constexpr unsigned kExtensionKind = 1, kProposalKind = 2, kCredentialKind = 3;

// TreeAccess lets the rest of this layer see what is behind the public classes.
struct TreeAccess {
  using State = RatchetTree::State;
  static const State& state(const RatchetTree& tree) { return *tree.state_; }
  // For changes: a State that nobody else sees.
  static RatchetTree::State& own(RatchetTree&);
  static RatchetTree make(std::unique_ptr<RatchetTree::State>);
  static TreeLeaf leaf(LeafIndex, const detail::TreeNode&);
  static TreeNodeHandle handle(const crypto::CipherSuite&, const detail::TreeNode&, std::uint32_t first);
};

namespace detail {

// Calls each(NodeIndex) for the resolution of `node`, whose first leaf is `first`, from left to right, until it returns
// false. RFC 9420 §4.1.1
template <class Each>
bool for_each_resolution(const TreeNode& node, std::uint32_t first, Each&& each) {
  if (!node.blank) {
    if (!each(node_index(first, node.level))) return false;
    if (node.is_leaf()) return true;
    for (const std::uint32_t leaf : as_parent(node).unmerged)
      if (!each(LeafIndex(leaf).node())) return false;
    return true;
  }
  if (node.members == 0) return true;
  const ParentTreeNode& parent = as_parent(node);
  return for_each_resolution(*parent.left, first, each) &&
         for_each_resolution(*parent.right, right_first(first, node.level), each);
}

// A view of the encoding that a node holds; that it parses was checked when it was made.
LeafNodeView view_of(const TreeNode& leaf);

}  // namespace detail
}  // namespace dmls::treekem
