#include <dmls/tls_codec/codec.h>
#include <dmls/treekem/error.h>
#include <dmls/treekem/tree_record.h>

#include <map>
#include <utility>
#include <vector>

#include "tree_check.h"
#include "tree_state.h"
#include "tree_walk.h"

namespace dmls::treekem {
namespace {

using detail::NodeRef;
using detail::ParentTreeNode;
using detail::TreeNode;
using tls_codec::Codec;
using tls_codec::Reader;

enum class NodeKind : std::uint8_t { leaf = 1, parent = 2, blank_parent = 3 };

Unexpected invalid(const char* rule) { return fail(errc::kInvalidTree, rule); }

// The name of a child's record.
BytesView name_of(const crypto::CipherSuite& suite, const TreeNode& child, std::uint32_t first) {
  return child.members == 0 ? BytesView() : detail::tree_hash(suite, child, first);
}

void write_record(auto& sink, const crypto::CipherSuite& suite, const TreeNode& node, std::uint32_t first) {
  if (node.is_leaf()) {
    Codec<NodeKind>::write(sink, NodeKind::leaf);
    sink.put(node.encoded());
    return;
  }
  const ParentTreeNode& parent = detail::as_parent(node);
  Codec<NodeKind>::write(sink, node.blank ? NodeKind::blank_parent : NodeKind::parent);
  if (!node.blank) {
    Codec<BytesView>::write(sink, parent.key());
    Codec<BytesView>::write(sink, parent.parent_hash());
    Codec<std::vector<std::uint32_t>>::write(sink, parent.unmerged);
  }
  Codec<BytesView>::write(sink, name_of(suite, *parent.left, first));
  Codec<BytesView>::write(sink, name_of(suite, *parent.right, detail::right_first(first, node.level)));
}

// A record of a parent node, blank or not.
struct ParentRecord {
  bool blank = true;
  BytesView key;
  BytesView parent_hash;
  std::vector<std::uint32_t> unmerged;
  BytesView left;
  BytesView right;

  static Result<ParentRecord> read(NodeKind kind, Reader& in) {
    ParentRecord record;
    record.blank = kind == NodeKind::blank_parent;
    if (!record.blank) {
      DMLS_TRY(record.key, tls_codec::read_opaque(in));
      DMLS_TRY(record.parent_hash, tls_codec::read_opaque(in));
      DMLS_TRY(record.unmerged, Codec<std::vector<std::uint32_t>>::read(in));
    }
    DMLS_TRY(record.left, tls_codec::read_opaque(in));
    DMLS_TRY(record.right, tls_codec::read_opaque(in));
    if (!in.empty() || record.key.size() > 0xffff || record.parent_hash.size() > 0xffff)
      return invalid("stored tree: the record of a parent node has another size");
    if (record.left.empty() && record.right.empty())
      return invalid("stored tree: a record of a subtree without members");
    return record;
  }
};

std::vector<const TreeNode*> roots_of(std::span<const RatchetTree> trees) {
  std::vector<const TreeNode*> roots;
  for (const RatchetTree& tree : trees) roots.push_back(TreeAccess::state(tree).root.get());
  return roots;
}

}  // namespace

TreeNodeHandle TreeAccess::handle(const crypto::CipherSuite& suite, const TreeNode& node, std::uint32_t first) {
  return {suite, node, first};
}

BytesView TreeNodeHandle::tree_hash() const { return detail::tree_hash(*suite_, *node_, first_); }

Bytes TreeNodeHandle::encode() const {
  tls_codec::Counter size;
  write_record(size, *suite_, *node_, first_);
  Bytes out(size.size());
  tls_codec::Writer writer(out);
  write_record(writer, *suite_, *node_, first_);
  return out;
}

void for_each_node_beyond(const RatchetTree& tree, std::span<const RatchetTree> others,
                          const std::function<void(const TreeNodeHandle&)>& each) {
  const TreeAccess::State& state = TreeAccess::state(tree);
  detail::walk_tree_beyond(state.suite, *state.root, roots_of(others), [&](const TreeNode& node, std::uint32_t first) {
    each(TreeAccess::handle(state.suite, node, first));
  });
}

struct TreeLoader::State {
  // A node that was loaded, and its place.
  struct Loaded {
    NodeRef node;
    std::uint32_t first;
  };

  crypto::CipherSuite suite;
  Find find;
  std::map<Bytes, Loaded, OctetOrder> nodes;  // by tree hash
  RatchetTree last;                           // its indexes are where the next one starts

  State(const crypto::CipherSuite& the_suite, Find the_find)
      : suite(the_suite), find(std::move(the_find)), last(the_suite) {}

  Result<NodeRef> node(unsigned level, std::uint32_t first, BytesView name);
  Result<NodeRef> read(unsigned level, std::uint32_t first, BytesView name);
  [[nodiscard]] Result<std::unique_ptr<TreeAccess::State>> index(NodeRef root) const;
};

// Every record is used in one place only, so that what is read is bounded by what is stored.
Result<NodeRef> TreeLoader::State::node(unsigned level, std::uint32_t first, BytesView name) {
  if (name.empty()) return detail::make_blank(suite.hash_length(), level);
  if (const auto found = nodes.find(name); found != nodes.end()) {
    if (found->second.node->level != level || found->second.first != first)
      return invalid("stored tree: one record in two places");
    return found->second.node;
  }
  DMLS_TRY(NodeRef made, read(level, first, name));
  nodes.insert_or_assign(to_bytes(name), Loaded{made, first});
  return made;
}

Result<NodeRef> TreeLoader::State::read(unsigned level, std::uint32_t first, BytesView name) {
  DMLS_TRY(const auto record, find(name));
  if (!record) return invalid("stored tree: the record of a node is missing");
  Reader in(*record);
  DMLS_TRY(const NodeKind kind, Codec<NodeKind>::read(in));
  if ((kind == NodeKind::leaf) != (level == 0))
    return invalid("stored tree: leaves stand at the bottom, parents above");
  if (kind == NodeKind::leaf) {
    DMLS_TRY(const auto view, LeafNodeView::parse(in.rest()));
    return detail::make_leaf(suite.hash_length(), view.encoded);
  }
  if (kind != NodeKind::parent && kind != NodeKind::blank_parent) return invalid("stored tree: a node of unknown kind");
  DMLS_TRY(ParentRecord parent, ParentRecord::read(kind, in));
  DMLS_TRY(NodeRef left, node(level - 1, first, parent.left));
  DMLS_TRY(NodeRef right, node(level - 1, detail::right_first(first, level), parent.right));
  if (parent.blank) return detail::make_blank_parent(std::move(left), std::move(right));
  return detail::make_parent(std::move(left), std::move(right), parent.key, parent.parent_hash,
                             std::move(parent.unmerged));
}

// The indexes of the last tree, less what is not in this one, with what is.
Result<std::unique_ptr<TreeAccess::State>> TreeLoader::State::index(NodeRef root) const {
  const TreeAccess::State& before = TreeAccess::state(last);
  auto state = std::make_unique<TreeAccess::State>(before);
  detail::walk_tree_beyond(suite, *before.root, {root.get()}, [&](const TreeNode& node, std::uint32_t first) {
    if (node.blank) return;
    if (node.is_leaf()) return state->forget_leaf(LeafIndex(first), detail::view_of(node));
    state->forget_key(state->encryption_keys, detail::as_parent(node).key(),
                      detail::node_index(first, node.level).value());
  });
  state->root = root;
  Result<void> outcome;
  detail::walk_tree_beyond(suite, *root, {before.root.get()}, [&](const TreeNode& node, std::uint32_t first) {
    if (node.blank || !outcome) return;
    const NodeIndex at = detail::node_index(first, node.level);
    const LeafNodeView leaf = node.is_leaf() ? detail::view_of(node) : LeafNodeView();
    const BytesView key = node.is_leaf() ? leaf.encryption_key : detail::as_parent(node).key();
    if (state->find_encryption_key(key) || (node.is_leaf() && state->find_signature_key(leaf.signature_key))) {
      outcome = fail(errc::kDuplicateKey, "RFC 9420 §7.3: keys are unique in the tree");
    } else if (node.is_leaf()) {
      state->enter_leaf(LeafIndex(first), leaf);
    } else {
      state->enter_key(state->encryption_keys, key, at.value());
    }
  });
  DMLS_CHECK(outcome);
  return state;
}

TreeLoader::TreeLoader(const crypto::CipherSuite& suite, Find find)
    : state_(std::make_unique<State>(suite, std::move(find))) {}
TreeLoader::TreeLoader(TreeLoader&&) noexcept = default;
TreeLoader& TreeLoader::operator=(TreeLoader&&) noexcept = default;
TreeLoader::~TreeLoader() = default;

Result<RatchetTree> TreeLoader::load(LeafCount size, BytesView tree_hash) {
  if (tree_hash.empty()) return invalid("stored tree: a tree without members is not stored");
  DMLS_TRY(NodeRef root, state_->node(size.depth(), 0, tree_hash));
  const BytesView computed = detail::tree_hash(state_->suite, *root, 0);
  if (!std::equal(computed.begin(), computed.end(), tree_hash.begin(), tree_hash.end())) {
    state_->nodes.clear();
    return invalid("stored tree: the nodes do not have the tree hash of their names");
  }
  DMLS_TRY(auto state, state_->index(std::move(root)));
  DMLS_CHECK(check_unmerged(*state));
  state_->last = TreeAccess::make(std::move(state));
  return state_->last;
}

}  // namespace dmls::treekem
