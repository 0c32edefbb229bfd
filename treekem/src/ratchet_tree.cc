#include <dmls/treekem/ratchet_tree.h>

#include <dmls/tls_codec/codec.h>
#include <dmls/treekem/error.h>

#include <algorithm>
#include <utility>

#include "tree_hash.h"
#include "tree_state.h"

namespace dmls::treekem {

using detail::TreeNode;

// ---- ownership -----------------------------------------------------------------------------------------------------

RatchetTree::State& TreeAccess::own(RatchetTree& tree) {
  if (!tree.state_->refs.unique()) {
    auto* copy = new RatchetTree::State(*tree.state_);
    if (tree.state_->refs.release()) delete tree.state_;
    tree.state_ = copy;
  }
  return *tree.state_;
}

RatchetTree TreeAccess::make(std::unique_ptr<RatchetTree::State> state) {
  RatchetTree tree(state->suite);
  delete std::exchange(tree.state_, state.release());
  return tree;
}

RatchetTree::RatchetTree(const crypto::CipherSuite& suite) : state_(new State(suite)) {
  state_->root = detail::make_blank(suite.hash_length(), 0);
}
RatchetTree::RatchetTree(const RatchetTree& other) noexcept : state_(other.state_) { state_->refs.take(); }
RatchetTree::RatchetTree(RatchetTree&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
RatchetTree& RatchetTree::operator=(const RatchetTree& other) noexcept {
  RatchetTree copy(other);
  std::swap(state_, copy.state_);
  return *this;
}
RatchetTree& RatchetTree::operator=(RatchetTree&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}
RatchetTree::~RatchetTree() {
  if (state_ != nullptr && state_->refs.release()) delete state_;
}

bool operator==(const RatchetTree& a, const RatchetTree& b) {
  if (a.state_ == b.state_ || a.state_->root.get() == b.state_->root.get()) return true;
  const BytesView x = a.tree_hash(), y = b.tree_hash();
  return a.suite() == b.suite() && a.leaf_count() == b.leaf_count() && std::equal(x.begin(), x.end(), y.begin());
}

// ---- looking -------------------------------------------------------------------------------------------------------

const crypto::CipherSuite& RatchetTree::suite() const { return state_->suite; }
LeafCount RatchetTree::leaf_count() const { return state_->leaf_count(); }
std::uint32_t RatchetTree::member_count() const { return state_->root->members; }
bool RatchetTree::is_member(LeafIndex index) const { return state_->member(index) != nullptr; }
Result<LeafIndex> RatchetTree::first_blank_leaf() const { return state_->first_blank_leaf(); }

std::optional<TreeLeaf> RatchetTree::leaf(LeafIndex index) const {
  const TreeNode* node = state_->member(index);
  if (node == nullptr) return std::nullopt;
  return TreeAccess::leaf(index, *node);
}

std::optional<ParentNodeView> RatchetTree::parent_node(NodeIndex index) const {
  const TreeNode* node = state_->find(index);
  if (node == nullptr || node->is_leaf() || node->blank) return std::nullopt;
  const detail::ParentTreeNode& parent = detail::as_parent(*node);
  return ParentNodeView{parent.key(), parent.parent_hash(), parent.unmerged};
}

std::optional<BytesView> RatchetTree::encryption_key(NodeIndex index) const { return state_->key(index); }

namespace {

void walk_leaves(const TreeNode& node, std::uint32_t first, const std::function<void(const TreeLeaf&)>& each) {
  if (node.members == 0) return;
  if (node.is_leaf()) return each(TreeAccess::leaf(LeafIndex(first), node));
  walk_leaves(*detail::as_parent(node).left, first, each);
  walk_leaves(*detail::as_parent(node).right, detail::right_first(first, node.level), each);
}

}  // namespace

void RatchetTree::for_each_leaf(const std::function<void(const TreeLeaf&)>& each) const {
  walk_leaves(*state_->root, 0, each);
}

std::optional<LeafIndex> RatchetTree::find_signature_key(BytesView key) const {
  return state_->find_signature_key(key);
}
std::optional<NodeIndex> RatchetTree::find_encryption_key(BytesView key) const {
  return state_->find_encryption_key(key);
}

std::vector<NodeIndex> RatchetTree::resolution(NodeIndex index) const {
  std::vector<NodeIndex> nodes;
  if (const TreeNode* node = state_->find(index)) {
    detail::for_each_resolution(*node, first_leaf(index).value(), [&nodes](NodeIndex at) {
      nodes.push_back(at);
      return true;
    });
  }
  return nodes;
}

Result<std::vector<tree_math::DirectPath::Step>> RatchetTree::filtered_direct_path(LeafIndex leaf) const {
  if (!leaf_count().contains(leaf)) return fail(errc::kNoSuchLeaf, "a leaf outside the tree has no direct path");
  std::vector<tree_math::DirectPath::Step> path;
  for (const auto step : tree_math::DirectPath(leaf, leaf_count())) {
    // Without a member below there is nothing to resolve to: no parent is ever kept above blank leaves only.
    const TreeNode* copath = state_->find(step.copath);
    if (copath != nullptr && copath->members > 0) path.push_back(step);
  }
  return path;
}

BytesView RatchetTree::tree_hash() const { return detail::tree_hash(state_->suite, *state_->root, 0); }

Bytes RatchetTree::tree_hash(NodeIndex index) const {
  if (!leaf_count().contains(index)) panic("treekem: tree hash of a node outside the tree");
  const std::uint32_t first = first_leaf(index).value();
  if (const TreeNode* node = state_->find(index)) return to_bytes(detail::tree_hash(state_->suite, *node, first));
  const detail::NodeRef blank = detail::make_blank(state_->suite.hash_length(), index.level());
  return to_bytes(detail::tree_hash(state_->suite, *blank, first));
}

// ---- what members support ------------------------------------------------------------------------------------------

std::uint32_t RatchetTree::members_supporting(ExtensionType type) const {
  return is_default(type) ? member_count() : state_->listed(kExtensionKind, static_cast<std::uint16_t>(type));
}
std::uint32_t RatchetTree::members_supporting(ProposalType type) const {
  return is_default(type) ? member_count() : state_->listed(kProposalKind, static_cast<std::uint16_t>(type));
}
std::uint32_t RatchetTree::members_supporting(CredentialType type) const {
  return state_->listed(kCredentialKind, static_cast<std::uint16_t>(type));
}

std::vector<CredentialType> RatchetTree::credential_types_in_use() const {
  std::vector<CredentialType> types;
  if (state_->credential_types)
    for (const auto& [type, users] : *state_->credential_types) types.push_back(type);
  return types;
}

Result<void> RatchetTree::check_credential_types(const LeafNodeView& leaf, std::optional<LeafIndex> replaces) const {
  const TreeNode* old = replaces ? state_->member(*replaces) : nullptr;
  std::uint32_t others = member_count();
  std::uint32_t supporting = members_supporting(leaf.credential.credential_type);
  std::optional<CredentialType> old_type;
  if (old != nullptr) {
    const LeafNodeView view = detail::view_of(*old);
    --others;
    if (view.capabilities.supports(leaf.credential.credential_type)) --supporting;
    old_type = view.credential.credential_type;
  }
  if (supporting != others)
    return fail(errc::kUnsupportedCapability, "RFC 9420 §7.3: all members support the leaf's credential type");
  if (!state_->credential_types) return {};
  for (const auto& [type, users] : *state_->credential_types) {
    if (users == 1 && type == old_type) continue;
    if (!leaf.capabilities.supports(type))
      return fail(errc::kUnsupportedCapability, "RFC 9420 §7.3: the leaf supports all members' credential types");
  }
  return {};
}

Result<void> RatchetTree::check_credential_types() const {
  for (const CredentialType type : credential_types_in_use())
    if (!supported_by_all(type))
      return fail(errc::kUnsupportedCapability, "RFC 9420 §7.3: all members support every credential type in use");
  return {};
}

// ---- changing ------------------------------------------------------------------------------------------------------

namespace {

Error no_such_leaf() { return {errc::kNoSuchLeaf, "RFC 9420 §12.1: the leaf index is blank or outside the tree"}; }

}  // namespace

Result<LeafIndex> RatchetTree::add(const LeafNode& leaf) {
  const Bytes encoded = tls_codec::encode(leaf);
  DMLS_TRY(const LeafNodeView view, LeafNodeView::parse(encoded));
  return add(view);
}

Result<LeafIndex> RatchetTree::add(const LeafNodeView& leaf) {
  DMLS_TRY(const LeafIndex index, first_blank_leaf());
  DMLS_CHECK(state_->check_keys_unique(index, leaf));
  State& state = TreeAccess::own(*this);
  state.extend_to(index);
  state.add_at(index, leaf);
  return index;
}

Result<void> RatchetTree::update(LeafIndex index, const LeafNode& leaf) {
  const Bytes encoded = tls_codec::encode(leaf);
  DMLS_TRY(const LeafNodeView view, LeafNodeView::parse(encoded));
  return update(index, view);
}

Result<void> RatchetTree::update(LeafIndex index, const LeafNodeView& leaf) {
  if (!is_member(index)) return fail(no_such_leaf());
  DMLS_CHECK(state_->check_keys_unique(index, leaf));
  TreeAccess::own(*this).update_at(index, leaf);
  return {};
}

Result<void> RatchetTree::remove(LeafIndex index) {
  if (!is_member(index)) return fail(no_such_leaf());
  State& state = TreeAccess::own(*this);
  state.remove_at(index);
  state.truncate();
  return {};
}

Result<std::vector<LeafIndex>> RatchetTree::apply(const TreeChanges& changes) {
  std::vector<LeafIndex> touched;
  for (const auto& update : changes.updates) touched.push_back(update.index);
  touched.insert(touched.end(), changes.removes.begin(), changes.removes.end());
  std::sort(touched.begin(), touched.end());
  if (std::adjacent_find(touched.begin(), touched.end()) != touched.end())
    return fail(errc::kNoSuchLeaf, "RFC 9420 §12.2: one leaf is updated or removed at most once");
  for (const LeafIndex index : touched)
    if (!is_member(index)) return fail(no_such_leaf());

  // New leaves, and where they go. The views borrow from `encoded`, whose elements do not move any more.
  std::vector<Bytes> encoded;
  encoded.reserve(changes.updates.size() + changes.adds.size());
  std::vector<std::pair<LeafIndex, LeafNodeView>> fresh;
  const auto parse = [&](LeafIndex index, const LeafNode& leaf) -> Result<void> {
    encoded.push_back(tls_codec::encode(leaf));
    DMLS_TRY(const LeafNodeView view, LeafNodeView::parse(encoded.back()));
    fresh.emplace_back(index, view);
    return {};
  };
  RatchetTree next = *this;
  State& state = TreeAccess::own(next);
  // RFC 9420 §12.3: updates, then removes, then adds in their order.
  for (const auto& update : changes.updates) {
    DMLS_CHECK(parse(update.index, *update.leaf));
    state.update_at(update.index, fresh.back().second);
  }
  for (const LeafIndex index : changes.removes) state.remove_at(index);
  if (!changes.removes.empty()) state.truncate();
  std::vector<LeafIndex> added;
  for (const LeafNode* leaf : changes.adds) {
    DMLS_TRY(const LeafIndex index, state.first_blank_leaf());
    DMLS_CHECK(parse(index, *leaf));
    state.extend_to(index);
    state.add_at(index, fresh.back().second);
    added.push_back(index);
  }
  for (const auto& [index, view] : fresh) DMLS_CHECK(state.check_keys_unique(index, view));
  *this = std::move(next);
  return added;
}

}  // namespace dmls::treekem
