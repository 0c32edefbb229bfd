#include <dmls/treekem/tree_leaf.h>

#include <dmls/base/error.h>
#include <dmls/tls_codec/codec.h>

#include <utility>

#include "tree_node.h"
#include "tree_state.h"

namespace dmls::treekem {

TreeLeaf TreeAccess::leaf(LeafIndex index, const detail::TreeNode& node) {
  node.refs.take();
  return TreeLeaf(index, &node);
}

TreeLeaf::TreeLeaf(tree_math::LeafIndex index, const detail::TreeNode* node) noexcept : index_(index), node_(node) {}
TreeLeaf::TreeLeaf(const TreeLeaf& other) noexcept : index_(other.index_), node_(other.node_) { node_->refs.take(); }
TreeLeaf::TreeLeaf(TreeLeaf&& other) noexcept : index_(other.index_), node_(std::exchange(other.node_, nullptr)) {}
TreeLeaf& TreeLeaf::operator=(const TreeLeaf& other) noexcept { return *this = TreeLeaf(other); }
TreeLeaf& TreeLeaf::operator=(TreeLeaf&& other) noexcept {
  std::swap(index_, other.index_);
  std::swap(node_, other.node_);
  return *this;
}
TreeLeaf::~TreeLeaf() {
  if (node_ != nullptr && node_->refs.release()) detail::TreeNode::destroy(const_cast<detail::TreeNode*>(node_));
}

BytesView TreeLeaf::encoded() const { return node_->encoded(); }
LeafNodeView TreeLeaf::view() const { return detail::view_of(*node_); }

namespace {

// The field after `skip` opaque<V> ones.
BytesView field(BytesView encoded, int skip) {
  tls_codec::Reader in(encoded);
  for (;; --skip) {
    const auto value = tls_codec::read_opaque(in);
    if (!value) panic("treekem: a leaf in a tree does not parse");
    if (skip == 0) return *value;
  }
}

}  // namespace

BytesView TreeLeaf::encryption_key() const { return field(encoded(), 0); }
crypto::SignaturePublicKey TreeLeaf::signature_key() const { return {to_bytes(field(encoded(), 1))}; }

}  // namespace dmls::treekem
