#pragma once
// The nodes that ratchet trees are made of and share.

#include <dmls/base/bytes.h>
#include <dmls/crypto/algorithms.h>
#include <dmls/tree_math/tree_math.h>

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "ref.h"

namespace dmls::treekem::detail {

using tree_math::LeafIndex;
using tree_math::NodeIndex;

struct TreeNode;
using NodeRef = Ref<TreeNode>;

// A subtree without members, up to this level, is one "hollow" node without children: its hash follows from its place.
// Higher ones have children, so that the first member in a large blank region costs few hashes.
inline constexpr unsigned kHollowLevel = 4;

// A leaf or parent node, blank or not, with everything it needs in one allocation:
//   leaf    header, tree hash (Nh), encoded LeafNode
//   parent  header, children, unmerged leaves, tree hash (Nh), encryption key, parent hash
// Leaves never change. A parent changes only while nobody else can see it: reached through owners that are unique.
struct TreeNode {
  RefCount refs;
  std::uint32_t members = 0;  // leaves below (or here) that are not blank
  std::uint8_t level = 0;
  std::uint8_t hash_length = 0;  // Nh
  bool blank = true;
  mutable std::atomic<std::uint8_t> hash_state{kNoHash};
  std::uint32_t size = 0;  // leaf: octets of the encoding; parent: octets of the key << 16 | octets of the parent hash

  static constexpr std::uint8_t kNoHash = 0, kHashed = 1, kHashing = 2;

  [[nodiscard]] bool is_leaf() const { return level == 0; }
  [[nodiscard]] inline bool is_hollow() const;

  // The cached tree hash; its content counts once hash_state is kHashed.
  [[nodiscard]] std::span<std::uint8_t> hash() const { return {const_cast<std::uint8_t*>(trailing()), hash_length}; }
  // Of a leaf: the encoded LeafNode, empty if it is blank.
  [[nodiscard]] BytesView encoded() const { return {trailing() + hash_length, size}; }

  static void destroy(TreeNode*);
  [[nodiscard]] inline const std::uint8_t* trailing() const;
};

struct ParentTreeNode : TreeNode {
  NodeRef left;  // both absent in a hollow node
  NodeRef right;
  std::vector<std::uint32_t> unmerged;

  [[nodiscard]] BytesView key() const { return {trailing() + hash_length, size >> 16}; }
  [[nodiscard]] BytesView parent_hash() const { return {trailing() + hash_length + (size >> 16), size & 0xffff}; }
  [[nodiscard]] NodeRef& child(bool right_side) { return right_side ? right : left; }
  [[nodiscard]] const NodeRef& child(bool right_side) const { return right_side ? right : left; }
};

inline const ParentTreeNode& as_parent(const TreeNode& node) { return static_cast<const ParentTreeNode&>(node); }
inline ParentTreeNode& as_parent(TreeNode& node) { return static_cast<ParentTreeNode&>(node); }

inline bool TreeNode::is_hollow() const { return level > 0 && !as_parent(*this).left; }
inline const std::uint8_t* TreeNode::trailing() const {
  return reinterpret_cast<const std::uint8_t*>(this) + (is_leaf() ? sizeof(TreeNode) : sizeof(ParentTreeNode));
}

// Makers. `hash_length` is Nh.
NodeRef make_leaf(std::size_t hash_length, BytesView encoded);
// A blank leaf, or a blank subtree.
NodeRef make_blank(std::size_t hash_length, unsigned level);
// A parent of two children of one level; blank.
NodeRef make_blank_parent(NodeRef left, NodeRef right);
// A parent with content: `key` and `parent_hash` of up to 65535 octets each (panic otherwise).
NodeRef make_parent(NodeRef left, NodeRef right, BytesView key, BytesView parent_hash,
                    std::vector<std::uint32_t> unmerged);

// Makes `node` a parent that is not shared and not hollow, its content as it was, its hash forgotten.
void own_parent(NodeRef& node);
// The same, and blank.
void blank_parent(NodeRef& node);
// The same, with new content and no unmerged leaves.
void fill_parent(NodeRef& node, BytesView key, BytesView parent_hash);
// Enters a leaf into the list of unmerged leaves of a parent that is not shared.
void add_unmerged(ParentTreeNode&, std::uint32_t leaf);

// Which side of a node at `level` leaf `index` lies on.
inline bool on_right(std::uint32_t index, unsigned level) { return ((index >> (level - 1)) & 1) != 0; }
// The index of the node at `level` whose first leaf is `first`.
inline NodeIndex node_index(std::uint32_t first, unsigned level) {
  return NodeIndex(static_cast<std::uint32_t>(2 * std::uint64_t{first} + (std::uint64_t{1} << level) - 1));
}
inline std::uint32_t right_first(std::uint32_t first, unsigned level) { return first + (1u << (level - 1)); }

}  // namespace dmls::treekem::detail
