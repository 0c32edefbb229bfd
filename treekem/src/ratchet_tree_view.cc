#include <dmls/treekem/ratchet_tree_view.h>

#include <dmls/tls_codec/codec.h>
#include <dmls/treekem/error.h>

#include "node_type.h"

namespace dmls::treekem {
namespace {

using tls_codec::Codec;
using tls_codec::Reader;

Result<bool> read_presence(Reader& in) {
  DMLS_TRY(const std::uint8_t present, Codec<std::uint8_t>::read(in));
  if (present > 1)
    return fail(tls_codec::errc::kInvalidValue, "RFC 9420 §2.1.1: the presence octet of an optional is 0 or 1");
  return present == 1;
}

Result<void> read_type(Reader& in, NodeType expected) {
  DMLS_TRY(const NodeType type, Codec<NodeType>::read(in));
  if (type != expected)
    return fail(errc::kInvalidTree, "RFC 9420 §12.4.3.3: leaves stand at even places, parents at odd ones");
  return {};
}

template <class T>
T known(Result<T> result) {
  if (!result) panic("treekem: octets of a ratchet tree that were not checked");
  return *std::move(result);
}

}  // namespace

Result<EncodedParentNode> EncodedParentNode::read(Reader& in) {
  EncodedParentNode node;
  DMLS_TRY(node.encryption_key, tls_codec::read_opaque(in));
  DMLS_TRY(node.parent_hash, tls_codec::read_opaque(in));
  if (node.encryption_key.size() > 0xffff || node.parent_hash.size() > 0xffff)
    return fail(errc::kInvalidTree, "a parent node has a key or a parent hash of more than 65535 octets");
  DMLS_TRY(node.unmerged_leaves, tls_codec::read_opaque(in));
  if (node.unmerged_leaves.size() % 4 != 0)
    return fail(tls_codec::errc::kTruncated, "RFC 9420 §7.1: a list of unmerged leaves ends inside one");
  return node;
}

Result<RatchetTreeView> RatchetTreeView::parse(BytesView encoded) {
  Reader whole(encoded);
  DMLS_TRY(const BytesView nodes, tls_codec::read_opaque(whole));
  RatchetTreeView view(nodes);
  // A vector has less than 2^30 octets, and so nodes: 32 bits count them, and there is a tree that has room.
  bool present = false;
  for (Reader in(nodes); !in.empty(); ++view.node_count_) {
    DMLS_TRY(present, read_presence(in));
    if (!present) continue;
    if (view.node_count_ % 2 == 0) {
      DMLS_CHECK(read_type(in, NodeType::leaf));
      DMLS_CHECK(LeafNodeView::read(in));
      ++view.members_;
    } else {
      DMLS_CHECK(read_type(in, NodeType::parent));
      DMLS_CHECK(EncodedParentNode::read(in));
      ++view.parents_;
    }
  }
  if (!present) return fail(errc::kInvalidTree, "RFC 9420 §12.4.3.3: the last node of a ratchet_tree is not blank");
  if (view.node_count_ % 2 == 0)
    return fail(errc::kInvalidTree, "RFC 9420 §12.4.3.3: a ratchet_tree has an odd number of nodes");
  if (!whole.empty())
    return fail(tls_codec::errc::kTrailingOctets, "RFC 9420 §2.1: octets are left over after the value");
  view.leaf_count_ = *tree_math::LeafCount::enough_for((std::uint64_t{view.node_count_} + 1) / 2);
  return view;
}

bool RatchetTreeView::take_presence(Reader& in) { return known(read_presence(in)); }

LeafNodeView RatchetTreeView::take_leaf(Reader& in) {
  (void)known(Codec<NodeType>::read(in));
  return known(LeafNodeView::read(in));
}

EncodedParentNode RatchetTreeView::take_parent(Reader& in) {
  (void)known(Codec<NodeType>::read(in));
  return known(EncodedParentNode::read(in));
}

}  // namespace dmls::treekem
