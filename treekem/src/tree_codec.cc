// The ratchet_tree extension. RFC 9420 §12.4.3.3

#include <dmls/tls_codec/codec.h>
#include <dmls/treekem/error.h>
#include <dmls/treekem/ratchet_tree_view.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "node_type.h"
#include "tree_check.h"
#include "tree_state.h"

namespace dmls::treekem {
namespace {

using detail::NodeRef;
using detail::ParentTreeNode;
using detail::TreeNode;
using tls_codec::Codec;
using tls_codec::Reader;

// ---- encoding ------------------------------------------------------------------------------------------------------

// One more than the index of the last node that is not blank; 0 for a blank tree.
std::uint64_t node_count(const TreeNode& node, std::uint32_t first) {
  if (node.members == 0 && node.blank) return 0;
  if (node.is_leaf()) return std::uint64_t{first} * 2 + 1;
  const ParentTreeNode& parent = detail::as_parent(node);
  if (parent.right->members > 0) return node_count(*parent.right, detail::right_first(first, node.level));
  if (!node.blank) return std::uint64_t{detail::node_index(first, node.level).value()} + 1;
  return node_count(*parent.left, first);
}

void write_node(auto& sink, const TreeNode& node) {
  Codec<std::uint8_t>::write(sink, node.blank ? 0 : 1);
  if (node.blank) return;
  if (node.is_leaf()) {
    Codec<NodeType>::write(sink, NodeType::leaf);
    sink.put(node.encoded());
    return;
  }
  const ParentTreeNode& parent = detail::as_parent(node);
  Codec<NodeType>::write(sink, NodeType::parent);
  Codec<BytesView>::write(sink, parent.key());
  Codec<BytesView>::write(sink, parent.parent_hash());
  Codec<std::vector<std::uint32_t>>::write(sink, parent.unmerged);
}

// Left to right, as far as node `count`.
void write_subtree(auto& sink, const TreeNode& node, std::uint32_t first, std::uint64_t count) {
  if (std::uint64_t{first} * 2 >= count) return;
  if (node.is_leaf()) return write_node(sink, node);
  if (node.is_hollow()) {
    const std::uint64_t here = std::min(count - std::uint64_t{first} * 2, (std::uint64_t{2} << node.level) - 1);
    for (std::uint64_t i = 0; i < here; ++i) Codec<std::uint8_t>::write(sink, std::uint8_t{0});
    return;
  }
  const ParentTreeNode& parent = detail::as_parent(node);
  write_subtree(sink, *parent.left, first, count);
  if (detail::node_index(first, node.level).value() >= count) return;
  write_node(sink, node);
  write_subtree(sink, *parent.right, detail::right_first(first, node.level), count);
}

// ---- decoding ------------------------------------------------------------------------------------------------------

std::vector<std::uint32_t> unmerged_of(BytesView list) {
  std::vector<std::uint32_t> leaves(list.size() / 4);
  for (std::uint32_t& leaf : leaves) {
    leaf = static_cast<std::uint32_t>(list[0]) << 24 | static_cast<std::uint32_t>(list[1]) << 16 |
           static_cast<std::uint32_t>(list[2]) << 8 | list[3];
    list = list.subspan(4);
  }
  return leaves;
}

// Builder makes the nodes of a tree in the order of its encoding, and collects what the indexes are made of.
class Builder {
 public:
  Builder(TreeAccess::State& state, const RatchetTreeView& view)
      : state_(state), hash_length_(state.suite.hash_length()), left_(view.node_count()), in_(view.nodes()) {
    encryption_keys_.reserve(std::size_t{view.member_count()} + view.parent_count());
    signature_keys_.reserve(view.member_count());
    state_.root = build(view.leaf_count().depth(), 0);
  }

  // Fills the indexes. The last node of an encoded tree is a leaf, so there is at least one.
  Result<void> enter_all() {
    state_.enter_support(*same_, same_count_);
    if (!state_.enter_encryption_keys(encryption_keys_))
      return fail(errc::kDuplicateKey, "RFC 9420 §12.4.3.1: an encryption key occurs in one node only");
    if (!state_.enter_signature_keys(signature_keys_))
      return fail(errc::kDuplicateKey, "RFC 9420 §7.3: signature keys are unique among the members");
    return {};
  }

 private:
  // The subtree at `level` whose first leaf is `first`.
  NodeRef build(unsigned level, std::uint32_t first) {
    if (starts_blank(level)) return detail::make_blank(hash_length_, level);
    if (level == 0) {
      --left_;
      return RatchetTreeView::take_presence(in_) ? leaf(first) : detail::make_blank(hash_length_, 0);
    }
    NodeRef left = build(level - 1, first);
    std::optional<EncodedParentNode> here;
    if (left_ > 0) {
      --left_;
      if (RatchetTreeView::take_presence(in_)) here = RatchetTreeView::take_parent(in_);
    }
    NodeRef right = build(level - 1, detail::right_first(first, level));
    if (!here) return detail::make_blank_parent(std::move(left), std::move(right));
    encryption_keys_.push_back({state_.fingerprint(here->encryption_key), detail::node_index(first, level).value()});
    return detail::make_parent(std::move(left), std::move(right), here->encryption_key, here->parent_hash,
                               unmerged_of(here->unmerged_leaves));
  }

  NodeRef leaf(std::uint32_t index) {
    const LeafNodeView view = RatchetTreeView::take_leaf(in_);
    encryption_keys_.push_back({state_.fingerprint(view.encryption_key), LeafIndex(index).node().value()});
    signature_keys_.push_back({state_.fingerprint(view.signature_key), index});
    count_support(view);
    return detail::make_leaf(hash_length_, view.encoded);
  }

  // Neighbours with the same capabilities and credential type are counted together: in most groups, all of them.
  void count_support(const LeafNodeView& view) {
    if (same_ && same_->credential.credential_type == view.credential.credential_type &&
        std::ranges::equal(same_->capabilities.encoded, view.capabilities.encoded)) {
      ++same_count_;
      return;
    }
    if (same_) state_.enter_support(*same_, same_count_);
    same_ = view;
    same_count_ = 1;
  }

  // Whether no node of the next subtree at `level` is there, as far as that can be seen in few octets: each blank node
  // has one, and so has everything beyond the last node. Skips it.
  bool starts_blank(unsigned level) {
    if (left_ == 0) return true;
    if (level == 0 || level > detail::kHollowLevel) return false;
    const std::uint32_t nodes = std::min(left_, (2u << level) - 1);
    const BytesView rest = in_.rest();
    if (rest.size() < nodes || std::ranges::any_of(rest.first(nodes), [](std::uint8_t o) { return o != 0; }))
      return false;
    left_ -= nodes;
    return in_.take(nodes).has_value();
  }

  TreeAccess::State& state_;
  std::size_t hash_length_;
  std::uint32_t left_;  // nodes that were not read yet
  Reader in_;
  std::vector<detail::IndexTrie::Pair> encryption_keys_, signature_keys_;
  std::optional<LeafNodeView> same_;
  std::uint32_t same_count_ = 0;
};

}  // namespace

Bytes RatchetTree::encode() const {
  const TreeNode& root = *state_->root;
  const std::uint64_t count = node_count(root, 0);
  tls_codec::Counter body, header;
  write_subtree(body, root, 0, count);
  tls_codec::write_varint(header, body.size());
  Bytes out(header.size() + body.size());
  tls_codec::Writer writer(out);
  tls_codec::write_varint(writer, body.size());
  write_subtree(writer, root, 0, count);
  return out;
}

Result<RatchetTree> RatchetTree::decode(const crypto::CipherSuite& suite, BytesView encoded) {
  DMLS_TRY(const RatchetTreeView view, RatchetTreeView::parse(encoded));
  auto state = std::make_unique<State>(suite);
  Builder builder(*state, view);
  DMLS_CHECK(check_unmerged(*state));
  DMLS_CHECK(builder.enter_all());
  return TreeAccess::make(std::move(state));
}

}  // namespace dmls::treekem
