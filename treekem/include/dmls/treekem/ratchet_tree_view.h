#pragma once
// A ratchet_tree extension as it was received, looked at in place. RFC 9420 §12.4.3.3

#include <dmls/base/bytes.h>
#include <dmls/base/error.h>
#include <dmls/base/result.h>
#include <dmls/tls_codec/reader.h>
#include <dmls/tree_math/tree_math.h>
#include <dmls/treekem/leaf_node_view.h>

#include <cstdint>

namespace dmls::treekem {

// EncodedParentNode borrows the fields of a ParentNode. RFC 9420 §7.1
struct EncodedParentNode {
  BytesView encryption_key;   // at most 65535 octets
  BytesView parent_hash;      // at most 65535 octets
  BytesView unmerged_leaves;  // the content of the vector: big-endian 32-bit leaf indices, of any order

  // From the front of what is left to read. kInvalidTree for a key or a hash of more than 65535 octets.
  static Result<EncodedParentNode> read(tls_codec::Reader&);
};

// RatchetTreeView borrows an encoded ratchet_tree; neither checking its syntax nor looking at its nodes allocates
// anything. What is asked of the nodes together (unmerged leaves, unique keys, hashes) takes a RatchetTree.
class RatchetTreeView {
 public:
  // `optional<Node> ratchet_tree<V>`, its length header included, that is all of `encoded`: every length, presence
  // octet and node type; leaves at even places and parents at odd ones; an odd number of nodes, the last one not blank.
  // An error of the codec, or kInvalidTree. RatchetTree::decode() begins with this: it accepts nothing that is refused
  // here, and has nothing left to ask of single nodes.
  static Result<RatchetTreeView> parse(BytesView encoded);

  // Nodes that are encoded, blank ones included: an odd number.
  [[nodiscard]] std::uint32_t node_count() const { return node_count_; }
  // Leaves of the full tree.
  [[nodiscard]] tree_math::LeafCount leaf_count() const { return leaf_count_; }
  // Leaves that are not blank.
  [[nodiscard]] std::uint32_t member_count() const { return members_; }
  // Parent nodes that are not blank.
  [[nodiscard]] std::uint32_t parent_count() const { return parents_; }
  // The nodes, one after the other: the content of the vector.
  [[nodiscard]] BytesView nodes() const { return nodes_; }

  // Calls leaf(NodeIndex, const LeafNodeView&) or parent(NodeIndex, const EncodedParentNode&) for every node that is
  // not blank, from left to right.
  void for_each_node(auto&& leaf, auto&& parent) const {
    tls_codec::Reader in(nodes_);
    for (std::uint32_t i = 0; i < node_count_; ++i) {
      const tree_math::NodeIndex at(i);
      if (!take_presence(in)) continue;
      if (at.is_leaf()) {
        leaf(at, take_leaf(in));
      } else {
        parent(at, take_parent(in));
      }
    }
  }

  // The same node by node, for whoever walks nodes() at a pace of its own; the octets are those of a view (a bug of the
  // caller otherwise: panic). First, whether the node is there; if it is, one of the next two.
  static bool take_presence(tls_codec::Reader&);
  // A node that is there, at an even place.
  static LeafNodeView take_leaf(tls_codec::Reader&);
  // A node that is there, at an odd place.
  static EncodedParentNode take_parent(tls_codec::Reader&);

 private:
  explicit RatchetTreeView(BytesView nodes) : nodes_(nodes) {}

  BytesView nodes_;
  std::uint32_t node_count_ = 0;
  tree_math::LeafCount leaf_count_{1};
  std::uint32_t members_ = 0;
  std::uint32_t parents_ = 0;
};

}  // namespace dmls::treekem
