#pragma once
// The tree rules of RFC 9420 once more: as the text has them, with whole copies and scans, and nothing cached. What the
// real tree is compared with.

#include <dmls/crypto/hash.h>
#include <dmls/tls_codec/codec.h>
#include <dmls/tls_codec/select.h>
#include <dmls/tree_math/tree_math.h>
#include <dmls/treekem/leaf_node.h>
#include <dmls/treekem/parent_node.h>
#include <dmls/treekem/update_path.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace dmls::treekem {

using tree_math::LeafCount;
using tree_math::LeafIndex;
using tree_math::NodeIndex;

// RFC 9420 §12.4.3.3, and the structs that are hashed (§7.8, §7.9).
struct NaiveLeaf {
  static constexpr std::uint8_t kTag = 1;
  LeafNode node;
  static constexpr auto fields(auto& s) { return std::tie(s.node); }
};
struct NaiveParent {
  static constexpr std::uint8_t kTag = 2;
  ParentNode node;
  static constexpr auto fields(auto& s) { return std::tie(s.node); }
};
using NaiveNode = std::variant<NaiveLeaf, NaiveParent>;
struct NaiveLeafInput {
  std::uint8_t type = 1;
  std::uint32_t leaf_index = 0;
  std::optional<LeafNode> leaf_node;
  static constexpr auto fields(auto& s) { return std::tie(s.type, s.leaf_index, s.leaf_node); }
};
struct NaiveParentInput {
  std::uint8_t type = 2;
  std::optional<ParentNode> parent_node;
  Bytes left_hash, right_hash;
  static constexpr auto fields(auto& s) { return std::tie(s.type, s.parent_node, s.left_hash, s.right_hash); }
};
struct NaiveParentHashInput {
  crypto::HpkePublicKey encryption_key;
  Bytes parent_hash, original_sibling_tree_hash;
  static constexpr auto fields(auto& s) {
    return std::tie(s.encryption_key, s.parent_hash, s.original_sibling_tree_hash);
  }
};

struct NaiveTree {
  crypto::CipherSuite suite;
  std::vector<std::optional<NaiveNode>> nodes{std::nullopt};  // always full: 2^(d+1) - 1

  // ---- access
  [[nodiscard]] LeafCount size() const { return *LeafCount::from_node_count(nodes.size()); }
  [[nodiscard]] NodeIndex root() const { return size().root(); }
  [[nodiscard]] bool blank(NodeIndex x) const { return !nodes[x.value()]; }
  [[nodiscard]] const LeafNode* leaf(NodeIndex x) const {
    return blank(x) || x.is_parent() ? nullptr : &std::get<NaiveLeaf>(*nodes[x.value()]).node;
  }
  [[nodiscard]] const ParentNode* parent_at(NodeIndex x) const {
    return blank(x) || x.is_leaf() ? nullptr : &std::get<NaiveParent>(*nodes[x.value()]).node;
  }
  [[nodiscard]] ParentNode* parent_at(NodeIndex x) {
    return const_cast<ParentNode*>(std::as_const(*this).parent_at(x));
  }
  [[nodiscard]] Bytes key(NodeIndex x) const {
    return x.is_leaf() ? leaf(x)->encryption_key.octets : parent_at(x)->encryption_key.octets;
  }
  [[nodiscard]] std::vector<NodeIndex> all() const {
    std::vector<NodeIndex> list;
    for (std::uint32_t i = 0; i < nodes.size(); ++i) list.emplace_back(i);
    return list;
  }
  [[nodiscard]] std::vector<LeafIndex> members() const {
    std::vector<LeafIndex> list;
    for (const NodeIndex x : all())
      if (leaf(x) != nullptr) list.push_back(*LeafIndex::from(x));
    return list;
  }
  [[nodiscard]] std::vector<NodeIndex> direct_path(LeafIndex of) const {
    std::vector<NodeIndex> path;
    for (NodeIndex x = of.node(); x != root(); x = tree_math::parent(x)) path.push_back(tree_math::parent(x));
    return path;
  }

  // ---- RFC 9420 §4.1.1, §4.1.2
  [[nodiscard]] std::vector<NodeIndex> resolution(NodeIndex x) const {
    if (!blank(x)) {
      std::vector<NodeIndex> list{x};
      if (const auto* p = parent_at(x))
        for (const auto unmerged : p->unmerged_leaves) list.push_back(LeafIndex(unmerged).node());
      return list;
    }
    if (x.is_leaf()) return {};
    auto list = resolution(tree_math::left(x));
    for (const NodeIndex y : resolution(tree_math::right(x))) list.push_back(y);
    return list;
  }
  // The child of `x` that is not on the way to `of`.
  [[nodiscard]] static NodeIndex copath_child(NodeIndex x, LeafIndex of) {
    return in_subtree(of, tree_math::left(x)) ? tree_math::right(x) : tree_math::left(x);
  }
  [[nodiscard]] std::vector<NodeIndex> filtered_direct_path(LeafIndex of) const {
    std::vector<NodeIndex> path;
    for (const NodeIndex x : direct_path(of))
      if (!resolution(copath_child(x, of)).empty()) path.push_back(x);
    return path;
  }

  // ---- RFC 9420 §7.8, §7.9
  [[nodiscard]] Bytes tree_hash(NodeIndex x) const {
    if (x.is_leaf()) {
      NaiveLeafInput in;
      in.leaf_index = x.value() / 2;
      if (leaf(x) != nullptr) in.leaf_node = *leaf(x);
      return crypto::hash(suite, tls_codec::encode(in));
    }
    NaiveParentInput in;
    if (parent_at(x) != nullptr) in.parent_node = *parent_at(x);
    in.left_hash = tree_hash(tree_math::left(x));
    in.right_hash = tree_hash(tree_math::right(x));
    return crypto::hash(suite, tls_codec::encode(in));
  }
  [[nodiscard]] Bytes original_sibling_tree_hash(NodeIndex p, NodeIndex s) const {
    NaiveTree modified = *this;
    for (const auto l : parent_at(p)->unmerged_leaves) {
      modified.nodes[LeafIndex(l).node().value()].reset();
      for (const NodeIndex x : all())
        if (auto* node = modified.parent_at(x)) std::erase(node->unmerged_leaves, l);
    }
    return modified.tree_hash(s);
  }
  [[nodiscard]] Bytes parent_hash(NodeIndex p, NodeIndex s) const {
    const NaiveParentHashInput in{parent_at(p)->encryption_key, parent_at(p)->parent_hash,
                                  original_sibling_tree_hash(p, s)};
    return crypto::hash(suite, tls_codec::encode(in));
  }

  // ---- RFC 9420 §7.7, §12.1.1 to §12.1.3
  LeafIndex add(const LeafNode& node) {
    for (std::uint32_t i = 0;; ++i) {
      if (i == size().value()) nodes.resize(2 * nodes.size() + 1);
      const LeafIndex index(i);
      if (!blank(index.node())) continue;
      for (const NodeIndex x : direct_path(index))
        if (auto* p = parent_at(x)) {
          p->unmerged_leaves.push_back(i);
          std::sort(p->unmerged_leaves.begin(), p->unmerged_leaves.end());
        }
      nodes[index.node().value()] = NaiveLeaf{node};
      return index;
    }
  }
  void update(LeafIndex index, const LeafNode& node) {
    nodes[index.node().value()] = NaiveLeaf{node};
    for (const NodeIndex x : direct_path(index)) nodes[x.value()].reset();
  }
  void remove(LeafIndex index) {
    nodes[index.node().value()].reset();
    for (const NodeIndex x : direct_path(index)) nodes[x.value()].reset();
    while (nodes.size() > 1) {
      bool used = false;
      for (const LeafIndex l : members()) used = used || l.value() >= size().value() / 2;
      if (used) break;
      nodes.resize(nodes.size() / 2);
    }
  }

  // ---- RFC 9420 §7.5. The parent_hash that the leaf should have.
  Bytes merge_path(LeafIndex sender, const UpdatePath& path) {
    while (!size().contains(sender)) nodes.resize(2 * nodes.size() + 1);
    const auto filtered = filtered_direct_path(sender);
    for (const NodeIndex x : direct_path(sender)) nodes[x.value()].reset();
    for (std::size_t i = 0; i < filtered.size(); ++i)
      nodes[filtered[i].value()] = NaiveParent{{path.nodes[i].encryption_key, {}, {}}};
    Bytes above;
    for (std::size_t i = filtered.size(); i-- > 0;) {
      parent_at(filtered[i])->parent_hash = above;
      above = parent_hash(filtered[i], copath_child(filtered[i], sender));
    }
    nodes[sender.node().value()] = NaiveLeaf{path.leaf_node};
    return above;
  }

  // ---- RFC 9420 §12.4.3.3
  [[nodiscard]] Bytes encode() const {
    auto sent = nodes;
    while (!sent.empty() && !sent.back()) sent.pop_back();
    return tls_codec::encode(sent);
  }
  // nullopt where the octets are no ratchet_tree.
  static std::optional<NaiveTree> decode(const crypto::CipherSuite& suite, BytesView encoded) {
    auto sent = tls_codec::decode<std::vector<std::optional<NaiveNode>>>(encoded);
    if (!sent || sent->empty() || !sent->back() || sent->size() % 2 == 0) return std::nullopt;
    for (std::size_t i = 0; i < sent->size(); ++i)
      if ((*sent)[i] && ((*sent)[i]->index() == 0) != (i % 2 == 0)) return std::nullopt;
    NaiveTree tree{suite, {}};
    std::size_t full = 1;
    while (full < sent->size()) full = 2 * full + 1;
    tree.nodes = *std::move(sent);
    tree.nodes.resize(full);
    return tree;
  }

  // ---- RFC 9420 §7.9.2, by the definition: of all nodes below P, exactly one is parent-hash valid with respect to it.
  [[nodiscard]] bool parent_hashes_valid() const {
    for (const NodeIndex p : all()) {
      const ParentNode* node = parent_at(p);
      if (node == nullptr) continue;
      if (p == root() && !node->parent_hash.empty()) return false;
      int chains = 0;
      for (const NodeIndex d : all())
        if (d != p && in_subtree(d, p) && !blank(d)) chains += valid_with_respect_to(d, p) ? 1 : 0;
      if (chains != 1) return false;
    }
    return true;
  }
  [[nodiscard]] bool valid_with_respect_to(NodeIndex d, NodeIndex p) const {
    const bool in_left = in_subtree(d, tree_math::left(p));
    const NodeIndex c = in_left ? tree_math::left(p) : tree_math::right(p);
    const NodeIndex s = in_left ? tree_math::right(p) : tree_math::left(p);
    const auto covered = resolution(c);
    if (std::find(covered.begin(), covered.end(), d) == covered.end()) return false;
    std::set<NodeIndex> rest(covered.begin(), covered.end()), unmerged;
    rest.erase(d);
    for (const auto l : parent_at(p)->unmerged_leaves)
      if (in_subtree(LeafIndex(l), c)) unmerged.insert(LeafIndex(l).node());
    if (rest != unmerged) return false;
    Bytes field;
    if (const auto* parent_node = parent_at(d)) {
      field = parent_node->parent_hash;
    } else if (const auto* source = std::get_if<LeafFromCommit>(&leaf(d)->leaf_node_source)) {
      field = source->parent_hash;
    }
    return field == parent_hash(p, s);
  }

  // ---- RFC 9420 §7.1, §7.3, §12.4.3.1: what the nodes alone show, apart from parent hashes.
  [[nodiscard]] bool well_formed() const {
    std::set<std::string> encryption_keys, signature_keys;
    const auto text = [](const Bytes& octets) { return std::string(octets.begin(), octets.end()); };
    for (const NodeIndex x : all()) {
      if (blank(x)) continue;
      if (!encryption_keys.insert(text(key(x))).second) return false;
      if (const auto* l = leaf(x); l != nullptr && !signature_keys.insert(text(l->signature_key.octets)).second)
        return false;
      const ParentNode* p = parent_at(x);
      if (p == nullptr) continue;
      for (std::size_t i = 0; i < p->unmerged_leaves.size(); ++i) {
        const std::uint32_t l = p->unmerged_leaves[i];
        if (i > 0 && p->unmerged_leaves[i - 1] >= l) return false;
        if (l >= size().value() || !in_subtree(LeafIndex(l), x) || blank(LeafIndex(l).node())) return false;
        for (const NodeIndex y : direct_path(LeafIndex(l))) {
          const ParentNode* between = y.level() < x.level() ? parent_at(y) : nullptr;
          if (between != nullptr && std::find(between->unmerged_leaves.begin(), between->unmerged_leaves.end(), l) ==
                                        between->unmerged_leaves.end())
            return false;
        }
      }
    }
    return true;
  }
};

}  // namespace dmls::treekem
