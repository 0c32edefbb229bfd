// The ratchet_tree extension. RFC 9420 §12.4.3.3

#include <dmls/tls_codec/codec.h>
#include <dmls/treekem/error.h>

#include <algorithm>

#include "tree_check.h"
#include "tree_state.h"

namespace dmls::treekem {
namespace {

using detail::NodeRef;
using detail::ParentTreeNode;
using detail::TreeNode;
using tls_codec::Codec;
using tls_codec::Reader;

enum class NodeType : std::uint8_t { leaf = 1, parent = 2 };

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

// A node that is not blank; its octets stay where they are.
struct Entry {
  std::uint32_t index;
  LeafNodeView leaf;  // of a leaf: only `encoded` and the keys are used later
  BytesView key;      // of a parent, like the rest
  BytesView parent_hash;
  std::vector<std::uint32_t> unmerged;
};

Result<Entry> read_node(Reader& in, std::uint32_t index) {
  DMLS_TRY(const NodeType type, Codec<NodeType>::read(in));
  if (type != (index % 2 == 0 ? NodeType::leaf : NodeType::parent))
    return fail(errc::kInvalidTree, "RFC 9420 §12.4.3.3: leaves stand at even places, parents at odd ones");
  Entry entry{index, {}, {}, {}, {}};
  if (type == NodeType::leaf) {
    DMLS_TRY(entry.leaf, LeafNodeView::read(in));
    return entry;
  }
  DMLS_TRY(entry.key, tls_codec::read_opaque(in));
  DMLS_TRY(entry.parent_hash, tls_codec::read_opaque(in));
  if (entry.key.size() > 0xffff || entry.parent_hash.size() > 0xffff)
    return fail(errc::kInvalidTree, "a parent node has a key or a parent hash of more than 65535 octets");
  DMLS_TRY(entry.unmerged, Codec<std::vector<std::uint32_t>>::read(in));
  return entry;
}

Result<std::vector<Entry>> read_entries(Reader& in, std::uint64_t& count) {
  std::vector<Entry> entries;
  count = 0;
  DMLS_CHECK(tls_codec::read_elements(in, [&](Reader& sub) -> Result<void> {
    DMLS_TRY(const std::uint8_t present, Codec<std::uint8_t>::read(sub));
    if (present > 1)
      return fail(tls_codec::errc::kInvalidValue, "RFC 9420 §2.1.1: the presence octet of an optional is 0 or 1");
    if (present == 1) {
      DMLS_TRY(Entry entry, read_node(sub, static_cast<std::uint32_t>(count)));
      entries.push_back(std::move(entry));
    }
    ++count;
    return {};
  }));
  if (entries.empty() || entries.back().index + std::uint64_t{1} != count)
    return fail(errc::kInvalidTree, "RFC 9420 §12.4.3.3: the last node of a ratchet_tree is not blank");
  if (count % 2 == 0) return fail(errc::kInvalidTree, "RFC 9420 §12.4.3.3: a ratchet_tree has an odd number of nodes");
  return entries;
}

// Builds the subtree at `level` whose first leaf is `first` from the entries that lie in it.
NodeRef build(std::size_t hash_length, unsigned level, std::uint32_t first, std::span<Entry> entries) {
  if (entries.empty()) return detail::make_blank(hash_length, level);
  if (level == 0) return detail::make_leaf(hash_length, entries.front().leaf.encoded);
  const std::uint32_t here = detail::node_index(first, level).value();
  const auto middle = std::lower_bound(entries.begin(), entries.end(), here,
                                       [](const Entry& e, std::uint32_t index) { return e.index < index; });
  const bool present = middle != entries.end() && middle->index == here;
  NodeRef left = build(hash_length, level - 1, first, {entries.begin(), middle});
  NodeRef right =
      build(hash_length, level - 1, detail::right_first(first, level), {middle + (present ? 1 : 0), entries.end()});
  if (!present) return detail::make_blank_parent(std::move(left), std::move(right));
  return detail::make_parent(std::move(left), std::move(right), middle->key, middle->parent_hash,
                             std::move(middle->unmerged));
}

// Fills the indexes.
Result<void> enter_all(TreeAccess::State& state, std::span<const Entry> entries) {
  // Neighbours with the same capabilities and credential type are counted together: in most groups, all of them.
  const LeafNodeView* same = nullptr;
  std::uint32_t count = 0;
  const auto alike = [](const LeafNodeView& a, const LeafNodeView& b) {
    const BytesView x = a.capabilities.encoded, y = b.capabilities.encoded;
    return a.credential.credential_type == b.credential.credential_type &&
           std::equal(x.begin(), x.end(), y.begin(), y.end());
  };
  for (const Entry& entry : entries) {
    const NodeIndex at(entry.index);
    const auto leaf = LeafIndex::from(at);
    if (!state.enter_new_encryption_key(leaf ? entry.leaf.encryption_key : entry.key, at))
      return fail(errc::kDuplicateKey, "RFC 9420 §12.4.3.1: an encryption key occurs in one node only");
    if (!leaf) continue;
    if (!state.enter_new_signature_key(entry.leaf.signature_key, *leaf))
      return fail(errc::kDuplicateKey, "RFC 9420 §7.3: signature keys are unique among the members");
    if (same == nullptr || !alike(*same, entry.leaf)) {
      if (same != nullptr) state.enter_support(*same, count);
      same = &entry.leaf;
      count = 0;
    }
    ++count;
  }
  if (same != nullptr) state.enter_support(*same, count);
  return {};
}

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
  Reader in(encoded);
  std::uint64_t count = 0;
  DMLS_TRY(std::vector<Entry> entries, read_entries(in, count));
  if (!in.empty()) return fail(tls_codec::errc::kTrailingOctets, "RFC 9420 §2.1: octets are left over after the value");
  const auto size = LeafCount::enough_for((count + 1) / 2);
  if (!size) return fail(errc::kTreeFull, "a tree has at most 2^31 leaves");

  auto state = std::make_unique<State>(suite);
  state->root = build(suite.hash_length(), size->depth(), 0, entries);
  DMLS_CHECK(check_unmerged(*state));
  DMLS_CHECK(enter_all(*state, entries));
  return TreeAccess::make(std::move(state));
}

}  // namespace dmls::treekem
