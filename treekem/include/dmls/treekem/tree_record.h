#pragma once
// How ratchet trees are kept in a store: one record for each node, named by the node's tree hash (RFC 9420 §7.8).
//
// A tree hash covers the positions of all leaves below, so one name stands for one subtree in one place, and versions
// of a tree share the records that they have in common. A commit adds O(log n) records to those of its parent. Subtrees
// without members have no record.
//
//   struct {
//     uint8 kind;                 1: leaf; 2: parent; 3: blank parent
//     select (kind) {
//       leaf:          LeafNode leaf;
//       parent:        opaque encryption_key<V>; opaque parent_hash<V>; uint32 unmerged_leaves<V>;
//                      opaque left<V>; opaque right<V>;
//       blank parent:  opaque left<V>; opaque right<V>;
//     };
//   } NodeRecord;
//
// `left` and `right` are the tree hashes of the children; empty for a child without a record.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/treekem/ratchet_tree.h>

#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace dmls::treekem {

// TreeNodeHandle is one node during a walk.
class TreeNodeHandle {
 public:
  // The name of its record, Nh octets; borrowed.
  [[nodiscard]] BytesView tree_hash() const;
  // The content of its record.
  [[nodiscard]] Bytes encode() const;

 private:
  friend struct TreeAccess;
  TreeNodeHandle(const crypto::CipherSuite& suite, const detail::TreeNode& node, std::uint32_t first)
      : suite_(&suite), node_(&node), first_(first) {}
  const crypto::CipherSuite* suite_;
  const detail::TreeNode* node_;
  std::uint32_t first_;
};

// Calls each(node) for every node with a record that `tree` has and none of `others` has. What two trees share is
// recognised where it begins, so the cost is that of the difference. Used twice: with the trees that are stored
// already, it finds what a new tree adds; with those that stay, what a dropped tree leaves behind.
void for_each_node_beyond(const RatchetTree& tree, std::span<const RatchetTree> others,
                          const std::function<void(const TreeNodeHandle&)>& each);

// TreeLoader puts trees together again. Trees from one loader share what they have in common, in memory too.
class TreeLoader {
 public:
  // Finds a record by its name; nothing if there is none.
  using Find = std::function<Result<std::optional<Bytes>>(BytesView tree_hash)>;

  // The suite of all its trees. Find is called by load() alone.
  TreeLoader(const crypto::CipherSuite&, Find);
  // What was moved from may only be assigned to, or destroyed.
  TreeLoader(TreeLoader&&) noexcept;
  TreeLoader& operator=(TreeLoader&&) noexcept;
  ~TreeLoader();

  // The tree of that size with that tree hash, which is computed anew: records that were mixed up or changed are
  // noticed. kInvalidTree, kDuplicateKey, an error of the codec, or what Find fails with.
  Result<RatchetTree> load(LeafCount, BytesView tree_hash);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dmls::treekem
