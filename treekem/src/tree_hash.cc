#include "tree_hash.h"

#include <algorithm>
#include <thread>
#include <vector>

#include "counters.h"
#include "hash_input.h"
#include "node_type.h"

namespace dmls::treekem::detail {
namespace {

std::span<std::uint8_t> first_octets(HashBuffer& buffer, std::size_t n) { return std::span(buffer).first(n); }

// TreeHashInput with a LeafNodeHashInput.
void hash_leaf(const crypto::CipherSuite& suite, std::uint32_t index, BytesView encoded, std::span<std::uint8_t> out) {
  HashInput in;
  in.octet(static_cast<std::uint8_t>(NodeType::leaf));
  in.uint32(index);
  in.octet(encoded.empty() ? 0 : 1);
  in.raw(encoded);
  in.finish(suite, out);
  ++counters().tree_hashes;
}

// TreeHashInput with a ParentNodeHashInput; `node` is nullptr for a blank one, and its unmerged leaves are given apart.
void hash_parent(const crypto::CipherSuite& suite, const ParentTreeNode* node, std::span<const std::uint32_t> unmerged,
                 BytesView left, BytesView right, std::span<std::uint8_t> out) {
  HashInput in;
  Bytes list;
  in.octet(static_cast<std::uint8_t>(NodeType::parent));
  in.octet(node == nullptr ? 0 : 1);
  if (node != nullptr) {
    in.opaque(node->key());
    in.opaque(node->parent_hash());
    list.reserve(unmerged.size() * 4);
    for (const std::uint32_t leaf : unmerged)
      for (int shift = 24; shift >= 0; shift -= 8) list.push_back(static_cast<std::uint8_t>(leaf >> shift));
    in.opaque(list);
  }
  in.opaque(left);
  in.opaque(right);
  in.finish(suite, out);
  ++counters().tree_hashes;
}

// The tree hash of a subtree without any node.
void hash_blank(const crypto::CipherSuite& suite, unsigned level, std::uint32_t first, std::span<std::uint8_t> out) {
  if (level == 0) return hash_leaf(suite, first, {}, out);
  HashBuffer left, right;
  const auto l = first_octets(left, out.size()), r = first_octets(right, out.size());
  hash_blank(suite, level - 1, first, l);
  hash_blank(suite, level - 1, right_first(first, level), r);
  hash_parent(suite, nullptr, {}, l, r, out);
}

void compute(const crypto::CipherSuite& suite, const TreeNode& node, std::uint32_t first, std::span<std::uint8_t> out) {
  if (node.is_leaf()) return hash_leaf(suite, first, node.encoded(), out);
  if (node.is_hollow()) return hash_blank(suite, node.level, first, out);
  const ParentTreeNode& parent = as_parent(node);
  const BytesView left = tree_hash(suite, *parent.left, first);
  const BytesView right = tree_hash(suite, *parent.right, right_first(first, node.level));
  hash_parent(suite, parent.blank ? nullptr : &parent, parent.unmerged, left, right, out);
}

}  // namespace

BytesView tree_hash(const crypto::CipherSuite& suite, const TreeNode& node, std::uint32_t first) {
  // Nodes are shared between threads: one of them computes, the others wait for it. It waits for nobody above itself,
  // so there is no circle.
  std::uint8_t state = node.hash_state.load(std::memory_order_acquire);
  while (state != TreeNode::kHashed) {
    if (state == TreeNode::kNoHash &&
        node.hash_state.compare_exchange_weak(state, TreeNode::kHashing, std::memory_order_acquire)) {
      compute(suite, node, first, node.hash());
      node.hash_state.store(TreeNode::kHashed, std::memory_order_release);
      break;
    }
    if (state == TreeNode::kHashing) std::this_thread::yield();
    state = node.hash_state.load(std::memory_order_acquire);
  }
  return node.hash();
}

std::span<const std::uint32_t> within(std::span<const std::uint32_t> leaves, std::uint32_t first, unsigned level) {
  const auto begin = std::lower_bound(leaves.begin(), leaves.end(), first);
  const auto end = std::lower_bound(begin, leaves.end(), std::uint64_t{first} + (std::uint64_t{1} << level));
  return {begin, end};
}

void original_tree_hash(const crypto::CipherSuite& suite, const TreeNode& node, std::uint32_t first,
                        std::span<const std::uint32_t> without, std::span<std::uint8_t> out) {
  without = within(without, first, node.level);
  if (without.empty() || node.members == 0) {
    const BytesView cached = tree_hash(suite, node, first);
    std::copy(cached.begin(), cached.end(), out.begin());
    return;
  }
  if (node.is_leaf()) return hash_leaf(suite, first, {}, out);
  const ParentTreeNode& parent = as_parent(node);
  HashBuffer left, right;
  const auto l = first_octets(left, out.size()), r = first_octets(right, out.size());
  original_tree_hash(suite, *parent.left, first, without, l);
  original_tree_hash(suite, *parent.right, right_first(first, node.level), without, r);
  std::vector<std::uint32_t> unmerged;
  std::set_difference(parent.unmerged.begin(), parent.unmerged.end(), without.begin(), without.end(),
                      std::back_inserter(unmerged));
  hash_parent(suite, parent.blank ? nullptr : &parent, unmerged, l, r, out);
}

void parent_hash(const crypto::CipherSuite& suite, BytesView encryption_key, BytesView parent_hash,
                 BytesView original_sibling_tree_hash, std::span<std::uint8_t> out) {
  HashInput in;
  in.opaque(encryption_key);
  in.opaque(parent_hash);
  in.opaque(original_sibling_tree_hash);
  in.finish(suite, out);
  ++counters().parent_hashes;
}

}  // namespace dmls::treekem::detail
