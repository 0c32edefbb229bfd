#pragma once
#include <dmls/base/bytes.h>
#include <dmls/crypto/keys.h>
#include <dmls/tree_math/tree_math.h>
#include <dmls/treekem/leaf_node.h>
#include <dmls/treekem/leaf_node_view.h>

namespace dmls::treekem {

namespace detail {
struct TreeNode;
}

// TreeLeaf is a handle to one leaf of a RatchetTree. It shares the leaf's octets with the trees that have it, keeps
// them alive, and is cheap to copy.
class TreeLeaf {
 public:
  // Shares the octets.
  TreeLeaf(const TreeLeaf&) noexcept;
  TreeLeaf(TreeLeaf&&) noexcept;  // what was moved from may only be assigned to, or destroyed
  TreeLeaf& operator=(const TreeLeaf&) noexcept;
  TreeLeaf& operator=(TreeLeaf&&) noexcept;
  ~TreeLeaf();

  // Where it stands in the tree that the handle is from.
  [[nodiscard]] tree_math::LeafIndex index() const { return index_; }
  // The encoded LeafNode; valid as long as this handle or a tree with the leaf lives.
  [[nodiscard]] BytesView encoded() const;
  // Its fields, in place; valid as long as those octets.
  [[nodiscard]] LeafNodeView view() const;
  // Its fields, owned.
  [[nodiscard]] LeafNode node() const { return view().decode(); }
  // The HPKEPublicKey, without looking at the rest; valid as long as those octets.
  [[nodiscard]] BytesView encryption_key() const;
  // A copy, without looking at the rest.
  [[nodiscard]] crypto::SignaturePublicKey signature_key() const;

 private:
  friend struct TreeAccess;
  TreeLeaf(tree_math::LeafIndex index, const detail::TreeNode* node) noexcept;
  tree_math::LeafIndex index_;
  const detail::TreeNode* node_;
};

}  // namespace dmls::treekem
