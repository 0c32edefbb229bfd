#include "tree_state.h"

#include <dmls/crypto/hash.h>
#include <dmls/tls_codec/codec.h>
#include <dmls/treekem/error.h>

#include <algorithm>

#include "tree_hash.h"

namespace dmls::treekem {

using detail::NodeRef;
using detail::TreeNode;

namespace {

// Spreads (kind, code point) over the 32 bits of an index key; odd factors are invertible, so no two meet.
std::uint32_t support_key(unsigned kind, std::uint16_t code_point) {
  return (static_cast<std::uint32_t>(kind) << 16 | code_point) * 0x9e3779b1u;
}

bool equal(BytesView a, BytesView b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

// One of the first two fields of an encoded leaf.
BytesView leading_key(const TreeNode& leaf, int skip) {
  tls_codec::Reader in(leaf.encoded());
  for (;; --skip) {
    const auto key = tls_codec::read_opaque(in);
    if (!key) panic("treekem: a leaf in a tree does not parse");
    if (skip == 0) return *key;
  }
}

// Renews the path from `slot` down to a leaf. content(slot, first) makes each parent on it a node that is not shared,
// with the content it is to have.
template <class Content>
void rewrite(NodeRef& slot, std::uint32_t first, LeafIndex index, NodeRef& leaf, int delta, const Content& content) {
  if (slot->is_leaf()) {
    slot = std::move(leaf);
    return;
  }
  const unsigned level = slot->level;
  content(slot, first);
  detail::ParentTreeNode& parent = detail::as_parent(*slot);
  parent.members = static_cast<std::uint32_t>(static_cast<int>(parent.members) + delta);
  const bool right = detail::on_right(index.value(), level);
  rewrite(parent.child(right), right ? detail::right_first(first, level) : first, index, leaf, delta, content);
  if (parent.members == 0 && level <= detail::kHollowLevel) slot = detail::make_blank(slot->hash_length, level);
}

template <class Each>
void for_each_code_point(BytesView list, const Each& each) {
  const auto at = [list](std::size_t i) { return static_cast<std::uint16_t>(list[2 * i] << 8 | list[2 * i + 1]); };
  const std::size_t n = list.size() / 2;
  if (n > 32) {
    std::vector<std::uint16_t> sorted(n);
    for (std::size_t i = 0; i < n; ++i) sorted[i] = at(i);
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    for (const std::uint16_t v : sorted) each(v);
    return;
  }
  for (std::size_t i = 0; i < n; ++i) {
    bool seen = false;
    for (std::size_t j = 0; j < i; ++j) seen = seen || at(j) == at(i);
    if (!seen) each(at(i));
  }
}

}  // namespace

LeafNodeView detail::view_of(const TreeNode& leaf) {
  const auto view = LeafNodeView::parse(leaf.encoded());
  if (!view) panic("treekem: a leaf in a tree does not parse");
  return *view;
}

// ---- looking -------------------------------------------------------------------------------------------------------

const TreeNode* RatchetTree::State::find(NodeIndex index) const {
  if (!contains(index)) return nullptr;
  const std::uint32_t leaf = first_leaf(index).value();
  const TreeNode* node = root.get();
  while (node->level > index.level()) {
    if (node->is_hollow()) return nullptr;
    node = detail::as_parent(*node).child(detail::on_right(leaf, node->level)).get();
  }
  return node;
}

const TreeNode* RatchetTree::State::member(LeafIndex index) const {
  const TreeNode* node = find(index.node());
  return node == nullptr || node->blank ? nullptr : node;
}

std::optional<BytesView> RatchetTree::State::key(NodeIndex index) const {
  const TreeNode* node = find(index);
  if (node == nullptr || node->blank) return std::nullopt;
  return node->is_leaf() ? leading_key(*node, 0) : detail::as_parent(*node).key();
}

Result<LeafIndex> RatchetTree::State::first_blank_leaf() const {
  const std::uint32_t leaves = leaf_count().value();
  if (root->members == leaves) {
    if (leaves == tree_math::kMaxLeaves) return fail(errc::kTreeFull, "a tree has at most 2^31 leaves");
    return LeafIndex(leaves);
  }
  std::uint32_t first = 0;
  for (const TreeNode* node = root.get(); !node->is_leaf() && !node->is_hollow();) {
    const detail::ParentTreeNode& parent = detail::as_parent(*node);
    const bool full = parent.left->members == (1u << parent.left->level);
    if (full) first = detail::right_first(first, node->level);
    node = parent.child(full).get();
  }
  return LeafIndex(first);
}

std::optional<LeafIndex> RatchetTree::State::find_signature_key(BytesView key, std::optional<LeafIndex> but) const {
  std::optional<LeafIndex> found;
  signature_keys.find(fingerprint(key), [&](std::uint32_t at) {
    const LeafIndex index(at);
    if (index == but || !equal(leading_key(*member(index), 1), key)) return false;
    found = index;
    return true;
  });
  return found;
}

std::optional<NodeIndex> RatchetTree::State::find_encryption_key(BytesView wanted, std::optional<NodeIndex> but) const {
  std::optional<NodeIndex> found;
  encryption_keys.find(fingerprint(wanted), [&](std::uint32_t at) {
    const NodeIndex index(at);
    if (index == but || !equal(*key(index), wanted)) return false;
    found = index;
    return true;
  });
  return found;
}

Result<void> RatchetTree::State::check_keys_unique(LeafIndex index, const LeafNodeView& view) const {
  if (find_encryption_key(view.encryption_key, index.node()))
    return fail(errc::kDuplicateKey, "RFC 9420 §7.3: encryption keys are unique in the tree");
  if (find_signature_key(view.signature_key, index))
    return fail(errc::kDuplicateKey, "RFC 9420 §7.3: signature keys are unique among the members");
  return {};
}

std::uint32_t RatchetTree::State::listed(unsigned kind, std::uint16_t code_point) const {
  std::uint32_t count = 0;
  support.find(support_key(kind, code_point), [&count](std::uint32_t v) { return count = v, true; });
  return count;
}

// ---- indexes -------------------------------------------------------------------------------------------------------

std::uint32_t RatchetTree::State::fingerprint(BytesView key) const {
  detail::HashBuffer h;
  const BytesView parts[] = {key};
  crypto::hash_into(suite, parts, std::span(h).first(suite.hash_length()));
  return static_cast<std::uint32_t>(h[0]) << 24 | static_cast<std::uint32_t>(h[1]) << 16 |
         static_cast<std::uint32_t>(h[2]) << 8 | h[3];
}

void RatchetTree::State::enter_key(detail::IndexTrie& index, BytesView key, std::uint32_t at) {
  index.insert(fingerprint(key), at);
}

void RatchetTree::State::forget_key(detail::IndexTrie& index, BytesView key, std::uint32_t at) {
  if (!index.erase(fingerprint(key), at)) panic("treekem: a key of the tree is missing in its index");
}

bool RatchetTree::State::enter_encryption_keys(std::span<detail::IndexTrie::Pair> keys) {
  return encryption_keys.fill(
      keys, [this](std::uint32_t a, std::uint32_t b) { return equal(*key(NodeIndex(a)), *key(NodeIndex(b))); });
}

bool RatchetTree::State::enter_signature_keys(std::span<detail::IndexTrie::Pair> keys) {
  const auto at = [this](std::uint32_t index) { return leading_key(*member(LeafIndex(index)), 1); };
  return signature_keys.fill(keys, [&](std::uint32_t a, std::uint32_t b) { return equal(at(a), at(b)); });
}

void RatchetTree::State::enter_support(const LeafNodeView& view, std::uint32_t leaves) {
  if (leaves == 0) return;
  count_support(view, leaves);
  count_credential(view.credential.credential_type, leaves);
}

void RatchetTree::State::count_support(const LeafNodeView& view, std::int64_t more) {
  const auto count = [this, more](unsigned kind, std::uint16_t code_point) {
    const std::uint32_t key = support_key(kind, code_point);
    const std::uint32_t before = listed(kind, code_point);
    if (before > 0) support.erase(key, before);
    const auto after = static_cast<std::uint32_t>(before + more);
    if (after > 0) support.insert(key, after);
  };
  for_each_code_point(view.capabilities.extensions, [&](std::uint16_t v) {
    if (!is_default(static_cast<ExtensionType>(v))) count(kExtensionKind, v);
  });
  for_each_code_point(view.capabilities.proposals, [&](std::uint16_t v) {
    if (!is_default(static_cast<ProposalType>(v))) count(kProposalKind, v);
  });
  for_each_code_point(view.capabilities.credentials, [&](std::uint16_t v) { count(kCredentialKind, v); });
}

void RatchetTree::State::count_credential(CredentialType type, std::int64_t more) {
  auto list = std::make_shared<std::vector<std::pair<CredentialType, std::uint32_t>>>();
  if (credential_types) *list = *credential_types;
  auto at = std::lower_bound(list->begin(), list->end(), type,
                             [](const auto& entry, CredentialType t) { return entry.first < t; });
  if (at == list->end() || at->first != type) at = list->insert(at, {type, 0});
  at->second = static_cast<std::uint32_t>(at->second + more);
  if (at->second == 0) list->erase(at);
  credential_types = std::move(list);
}

void RatchetTree::State::enter_leaf(LeafIndex index, const LeafNodeView& view) {
  enter_key(encryption_keys, view.encryption_key, index.node().value());
  enter_key(signature_keys, view.signature_key, index.value());
  count_support(view, 1);
  count_credential(view.credential.credential_type, 1);
}

void RatchetTree::State::forget_leaf(LeafIndex index, const LeafNodeView& view) {
  forget_key(encryption_keys, view.encryption_key, index.node().value());
  forget_key(signature_keys, view.signature_key, index.value());
  count_support(view, -1);
  count_credential(view.credential.credential_type, -1);
}

void RatchetTree::State::replace_leaf(LeafIndex index, const LeafNodeView& old, const LeafNodeView& view) {
  forget_key(encryption_keys, old.encryption_key, index.node().value());
  enter_key(encryption_keys, view.encryption_key, index.node().value());
  if (!equal(old.signature_key, view.signature_key)) {
    forget_key(signature_keys, old.signature_key, index.value());
    enter_key(signature_keys, view.signature_key, index.value());
  }
  if (!equal(old.capabilities.encoded, view.capabilities.encoded)) {
    count_support(old, -1);
    count_support(view, 1);
  }
  if (old.credential.credential_type != view.credential.credential_type) {
    count_credential(old.credential.credential_type, -1);
    count_credential(view.credential.credential_type, 1);
  }
}

// ---- changes -------------------------------------------------------------------------------------------------------

void RatchetTree::State::extend_to(LeafIndex index) {
  while (!leaf_count().contains(index)) {
    NodeRef blank = detail::make_blank(root->hash_length, depth());
    root = detail::make_blank_parent(std::move(root), std::move(blank));
  }
}

void RatchetTree::State::truncate() {
  if (root->members == 0) {
    root = detail::make_blank(root->hash_length, 0);
    return;
  }
  while (depth() > 0 && detail::as_parent(*root).right->members == 0) {
    if (!root->blank) forget_key(encryption_keys, detail::as_parent(*root).key(), leaf_count().root().value());
    root = NodeRef(detail::as_parent(*root).left);
  }
}

void RatchetTree::State::add_at(LeafIndex index, const LeafNodeView& view) {
  enter_leaf(index, view);
  NodeRef leaf = detail::make_leaf(suite.hash_length(), view.encoded);
  rewrite(root, 0, index, leaf, 1, [index](NodeRef& slot, std::uint32_t) {
    detail::own_parent(slot);
    if (!slot->blank) detail::add_unmerged(detail::as_parent(*slot), index.value());
  });
}

void RatchetTree::State::put_leaf(LeafIndex index, NodeRef leaf, std::span<const PathNode> nodes) {
  const int delta = static_cast<int>(leaf->members) - (member(index) != nullptr ? 1 : 0);
  rewrite(root, 0, index, leaf, delta, [&](NodeRef& slot, std::uint32_t first) {
    const unsigned level = slot->level;
    const NodeIndex at = detail::node_index(first, level);
    if (!slot->blank) forget_key(encryption_keys, detail::as_parent(*slot).key(), at.value());
    const auto node = std::find_if(nodes.begin(), nodes.end(), [level](const PathNode& n) { return n.level == level; });
    if (node == nodes.end()) return detail::blank_parent(slot);
    detail::fill_parent(slot, node->encryption_key, node->parent_hash);
    enter_key(encryption_keys, node->encryption_key, at.value());
  });
}

void RatchetTree::State::update_at(LeafIndex index, const LeafNodeView& view) {
  replace_leaf(index, detail::view_of(*member(index)), view);
  put_leaf(index, detail::make_leaf(suite.hash_length(), view.encoded), {});
}

void RatchetTree::State::remove_at(LeafIndex index) {
  forget_leaf(index, detail::view_of(*member(index)));
  put_leaf(index, detail::make_leaf(suite.hash_length(), {}), {});
}

void RatchetTree::State::merge_path(LeafIndex index, const LeafNodeView& view, std::span<const PathNode> nodes) {
  if (const TreeNode* old = member(index)) {
    replace_leaf(index, detail::view_of(*old), view);
  } else {
    enter_leaf(index, view);
  }
  put_leaf(index, detail::make_leaf(suite.hash_length(), view.encoded), nodes);
}

}  // namespace dmls::treekem
