#pragma once
// Ratchet trees. RFC 9420 §4, §7
//
// A RatchetTree is a value. Copying one is O(1): copies share all nodes, and a change copies only the O(log n) nodes
// between what changed and the root, so that both versions stay valid. Tree hashes are cached in the nodes. Uniqueness
// of keys, first blank leaf, member count and what members support are answered by indexes that are shared in the same
// way, never by a scan. Different copies may be used by different threads; one object follows the usual rules (any
// number of readers, or one writer).

#include <dmls/base/bytes.h>
#include <dmls/base/executor.h>
#include <dmls/base/result.h>
#include <dmls/crypto/keys.h>
#include <dmls/crypto/suite.h>
#include <dmls/tree_math/tree_math.h>
#include <dmls/treekem/credential.h>
#include <dmls/treekem/extension_type.h>
#include <dmls/treekem/leaf_node.h>
#include <dmls/treekem/leaf_node_view.h>
#include <dmls/treekem/parent_node.h>
#include <dmls/treekem/proposal_type.h>
#include <dmls/treekem/tree_leaf.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace dmls::treekem {

using tree_math::LeafCount;
using tree_math::LeafIndex;
using tree_math::NodeIndex;

// What the proposals of one Commit do to a tree. Pointers are borrowed for the call and never null.
struct TreeChanges {
  // A leaf that its owner replaces.
  struct Update {
    LeafIndex index;       // of a member
    const LeafNode* leaf;  // what comes there
  };
  std::vector<Update> updates = {};        // in any order; each leaf once
  std::vector<LeafIndex> removes = {};     // in any order; each leaf once, and none that is updated
  std::vector<const LeafNode*> adds = {};  // in the order of the Commit
};

// RatchetTree is the public half of a group's keys: the members' leaves, and the parent nodes above them.
class RatchetTree {
 public:
  // One blank leaf.
  explicit RatchetTree(const crypto::CipherSuite&);
  // Shares all nodes.
  RatchetTree(const RatchetTree&) noexcept;
  RatchetTree(RatchetTree&&) noexcept;  // what was moved from may only be assigned to, or destroyed
  RatchetTree& operator=(const RatchetTree&) noexcept;
  RatchetTree& operator=(RatchetTree&&) noexcept;
  ~RatchetTree();

  // Whose hash, KEM and signatures the tree is made of.
  [[nodiscard]] const crypto::CipherSuite& suite() const;

  // ---- looking -----------------------------------------------------------------------------------------------------

  // Leaves of the full tree, blank ones included.
  [[nodiscard]] LeafCount leaf_count() const;
  // Leaves that are not blank.
  [[nodiscard]] std::uint32_t member_count() const;
  // False for a blank leaf, and one outside the tree.
  [[nodiscard]] bool is_member(LeafIndex) const;
  // The leftmost blank leaf: where the next member goes. If there is none, the leaf that extending the tree would give,
  // or kTreeFull. O(log n).
  [[nodiscard]] Result<LeafIndex> first_blank_leaf() const;

  // Nothing for a blank leaf, or one outside the tree. The handle shares the leaf's octets and outlives the tree.
  [[nodiscard]] std::optional<TreeLeaf> leaf(LeafIndex) const;
  // Nothing for a leaf, a blank node, or one outside the tree. Borrows from this tree.
  [[nodiscard]] std::optional<ParentNodeView> parent_node(NodeIndex) const;
  // The encryption key of a leaf or parent node; nothing if it is blank or outside. Borrows from this tree.
  [[nodiscard]] std::optional<BytesView> encryption_key(NodeIndex) const;
  // Calls each(leaf) for every member, from left to right.
  void for_each_leaf(const std::function<void(const TreeLeaf&)>& each) const;

  // The member that has this signature key; nothing if none has. O(log n).
  [[nodiscard]] std::optional<LeafIndex> find_signature_key(BytesView key) const;
  // The leaf or parent node that has this encryption key; nothing if none has. O(log n).
  [[nodiscard]] std::optional<NodeIndex> find_encryption_key(BytesView key) const;

  // RFC 9420 §4.1.1: the nodes that cover all members below `node`, left to right. Empty for nodes outside the tree.
  [[nodiscard]] std::vector<NodeIndex> resolution(NodeIndex node) const;
  // RFC 9420 §4.1.2: from the lowest node up, each with its child on the copath. O(log n). kNoSuchLeaf outside the
  // tree.
  [[nodiscard]] Result<std::vector<tree_math::DirectPath::Step>> filtered_direct_path(LeafIndex) const;

  // RFC 9420 §7.8: Nh octets, borrowed from this tree. Computes only what changed since it was last asked, and keeps
  // it.
  [[nodiscard]] BytesView tree_hash() const;
  // The tree hash of any node inside the tree (a bug of the caller otherwise: panic).
  [[nodiscard]] Bytes tree_hash(NodeIndex) const;

  // ---- what members support; RFC 9420 §7.3, §12.1.7, §13.4 ---------------------------------------------------------

  // How many members list the type in their capabilities. A default type (RFC 9420 §7.2) counts as listed by everybody.
  [[nodiscard]] std::uint32_t members_supporting(ExtensionType) const;
  // The same of a proposal type.
  [[nodiscard]] std::uint32_t members_supporting(ProposalType) const;
  // The same of a credential type; none is a default.
  [[nodiscard]] std::uint32_t members_supporting(CredentialType) const;
  // Whether members_supporting(type) are all members.
  [[nodiscard]] bool supported_by_all(auto type) const { return members_supporting(type) == member_count(); }
  // The types of the members' credentials, in ascending order.
  [[nodiscard]] std::vector<CredentialType> credential_types_in_use() const;
  // RFC 9420 §7.3: the leaf's credential type is supported by all members, and its capabilities list the credential
  // types of all members. `replaces` is not counted among them. kUnsupportedCapability.
  Result<void> check_credential_types(const LeafNodeView& leaf, std::optional<LeafIndex> replaces = {}) const;
  // The same for all members at once: every credential type in use is supported by every member. O(types in use).
  Result<void> check_credential_types() const;

  // ---- changing; on failure nothing has changed --------------------------------------------------------------------

  // RFC 9420 §12.1.1. The leaf's own validity (§7.3) is the caller's to check, the uniqueness of its keys is checked
  // here: kDuplicateKey. kTreeFull beyond 2^31 leaves.
  Result<LeafIndex> add(const LeafNode&);
  // The same; the leaf's octets are copied as they are.
  Result<LeafIndex> add(const LeafNodeView&);
  // RFC 9420 §12.1.2. kNoSuchLeaf, kDuplicateKey (the keys of the replaced leaf do not count).
  Result<void> update(LeafIndex, const LeafNode&);
  // The same; the leaf's octets are copied as they are.
  Result<void> update(LeafIndex, const LeafNodeView&);
  // RFC 9420 §12.1.3, with truncation. kNoSuchLeaf. The last member may go too: one blank leaf is left, for an external
  // committer to take.
  Result<void> remove(LeafIndex);
  // Updates, removes and adds in the order of RFC 9420 §12.3, all or nothing. Keys need to be unique when all is done:
  // an Add may bring a key that a Remove of the same Commit frees. Returns where the adds went, in their order.
  // kNoSuchLeaf, also for one leaf updated or removed twice or both; kDuplicateKey; kTreeFull.
  Result<std::vector<LeafIndex>> apply(const TreeChanges&);

  // ---- the ratchet_tree extension; RFC 9420 §12.4.3.3 --------------------------------------------------------------

  // optional<Node> ratchet_tree<V>, its length header included.
  [[nodiscard]] Bytes encode() const;
  // Everything that the octets alone can be asked: syntax, node types by position, no trailing blanks; unmerged leaves
  // sorted, not blank, below their node, and listed by all nodes between (§12.4.3.1); no key twice; no parent node
  // above blank leaves only. kInvalidTree, kDuplicateKey, or an error of the codec. Syntax comes first, before anything
  // is allocated: RatchetTreeView (<dmls/treekem/ratchet_tree_view.h>). Parent hashes and leaves: see below.
  static Result<RatchetTree> decode(const crypto::CipherSuite&, BytesView encoded);

  // RFC 9420 §7.9.2: every parent node is the end of exactly one parent-hash chain from a leaf. kParentHash. Like the
  // other two, spread by an executor if there is one.
  Result<void> verify_parent_hashes(Executor* executor = nullptr) const;
  // The signature of every leaf, at its place in group `group_id`. An executor spreads the work; which error is
  // reported (that of the leftmost bad leaf) does not depend on it. crypto::errc::kBadSignature.
  Result<void> verify_leaf_signatures(BytesView group_id, Executor* executor = nullptr) const;
  // That every parent's encryption key is one of the suite's KEM. crypto::errc::kInvalidPublicKey.
  Result<void> check_parent_keys(Executor* executor = nullptr) const;

  // Two trees are equal if their suites and all their nodes are: compares tree hashes.
  friend bool operator==(const RatchetTree&, const RatchetTree&);

 private:
  friend struct TreeAccess;
  struct State;
  State* state_;
};

}  // namespace dmls::treekem
