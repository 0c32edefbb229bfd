#include "tree_node.h"

#include <dmls/base/error.h>

#include <algorithm>
#include <new>
#include <utility>

#include "counters.h"

namespace dmls::treekem::detail {
namespace {

std::size_t octets_of(const TreeNode& node) {
  if (node.is_leaf()) return sizeof(TreeNode) + node.hash_length + node.size;
  return sizeof(ParentTreeNode) + node.hash_length + (node.size >> 16) + (node.size & 0xffff) +
         as_parent(node).unmerged.capacity() * sizeof(std::uint32_t);
}

void count(const TreeNode& node) {
  ++counters().tree_nodes;
  counters().live_octets += static_cast<std::int64_t>(octets_of(node));
}

std::uint8_t* put(std::uint8_t* at, BytesView octets) { return std::copy(octets.begin(), octets.end(), at); }

// A parent without children yet, and not counted yet.
ParentTreeNode* allocate_parent(std::size_t hash_length, unsigned level, BytesView key, BytesView parent_hash) {
  if (key.size() > 0xffff || parent_hash.size() > 0xffff) panic("treekem: a parent node with an oversized field");
  void* memory = ::operator new(sizeof(ParentTreeNode) + hash_length + key.size() + parent_hash.size());
  auto* node = new (memory) ParentTreeNode;
  node->level = static_cast<std::uint8_t>(level);
  node->hash_length = static_cast<std::uint8_t>(hash_length);
  node->size = static_cast<std::uint32_t>(key.size() << 16 | parent_hash.size());
  std::uint8_t* content = const_cast<std::uint8_t*>(node->trailing()) + hash_length;
  put(put(content, key), parent_hash);
  return node;
}

NodeRef adopt(ParentTreeNode* node, NodeRef left, NodeRef right) {
  node->members = left->members + right->members;
  node->left = std::move(left);
  node->right = std::move(right);
  count(*node);
  return NodeRef(node);
}

// The children of a parent that is about to be replaced; a hollow one gets some.
std::pair<NodeRef, NodeRef> children_of(const TreeNode& node) {
  if (node.is_hollow())
    return {make_blank(node.hash_length, node.level - 1u), make_blank(node.hash_length, node.level - 1u)};
  return {as_parent(node).left, as_parent(node).right};
}

}  // namespace

void TreeNode::destroy(TreeNode* node) {
  counters().live_octets -= static_cast<std::int64_t>(octets_of(*node));
  if (node->is_leaf()) {
    node->~TreeNode();
  } else {
    static_cast<ParentTreeNode*>(node)->~ParentTreeNode();
  }
  ::operator delete(node);
}

NodeRef make_leaf(std::size_t hash_length, BytesView encoded) {
  void* memory = ::operator new(sizeof(TreeNode) + hash_length + encoded.size());
  auto* node = new (memory) TreeNode;
  node->hash_length = static_cast<std::uint8_t>(hash_length);
  node->size = static_cast<std::uint32_t>(encoded.size());
  node->blank = encoded.empty();
  node->members = encoded.empty() ? 0 : 1;
  put(const_cast<std::uint8_t*>(node->trailing()) + hash_length, encoded);
  count(*node);
  return NodeRef(node);
}

NodeRef make_blank(std::size_t hash_length, unsigned level) {
  if (level == 0) return make_leaf(hash_length, {});
  ParentTreeNode* node = allocate_parent(hash_length, level, {}, {});
  if (level <= kHollowLevel) {
    count(*node);
    return NodeRef(node);
  }
  return adopt(node, make_blank(hash_length, level - 1), make_blank(hash_length, level - 1));
}

NodeRef make_blank_parent(NodeRef left, NodeRef right) {
  ParentTreeNode* node = allocate_parent(left->hash_length, left->level + 1u, {}, {});
  return adopt(node, std::move(left), std::move(right));
}

NodeRef make_parent(NodeRef left, NodeRef right, BytesView key, BytesView parent_hash,
                    std::vector<std::uint32_t> unmerged) {
  ParentTreeNode* node = allocate_parent(left->hash_length, left->level + 1u, key, parent_hash);
  node->blank = false;
  node->unmerged = std::move(unmerged);
  return adopt(node, std::move(left), std::move(right));
}

void own_parent(NodeRef& node) {
  if (node.unique() && !node->is_hollow()) {
    node->hash_state.store(TreeNode::kNoHash, std::memory_order_relaxed);
    return;
  }
  auto [left, right] = children_of(*node);
  const ParentTreeNode& old = as_parent(*node);
  node = old.blank ? make_blank_parent(std::move(left), std::move(right))
                   : make_parent(std::move(left), std::move(right), old.key(), old.parent_hash(), old.unmerged);
}

void blank_parent(NodeRef& node) {
  if (node->blank) return own_parent(node);
  auto [left, right] = children_of(*node);
  const std::uint32_t members = node->members;
  node = make_blank_parent(std::move(left), std::move(right));
  node->members = members;
}

void fill_parent(NodeRef& node, BytesView key, BytesView parent_hash) {
  auto [left, right] = children_of(*node);
  const std::uint32_t members = node->members;
  node = make_parent(std::move(left), std::move(right), key, parent_hash, {});
  node->members = members;
}

void add_unmerged(ParentTreeNode& node, std::uint32_t leaf) {
  const std::size_t before = node.unmerged.capacity();
  node.unmerged.insert(std::lower_bound(node.unmerged.begin(), node.unmerged.end(), leaf), leaf);
  counters().live_octets += static_cast<std::int64_t>((node.unmerged.capacity() - before) * sizeof(std::uint32_t));
}

}  // namespace dmls::treekem::detail
