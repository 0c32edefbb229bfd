#pragma once
// A small group whose members all sit at one table, for tests that need a tree with some history.

#include <dmls/treekem/path.h>
#include <dmls/treekem/ratchet_tree.h>
#include <dmls/treekem/tree_import.h>

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "leaf_forge.h"
#include "naive_tree.h"
#include "support/populated_tree.h"

namespace dmls::treekem {

using test::must;

struct Newcomer {
  LeafNode leaf;
  crypto::HpkeKeyPair pair;
  std::shared_ptr<const crypto::KeyPairSigner> signer;
};

// Everything that belongs to one Commit with path, before anybody merged it.
struct CommitDraft {
  RatchetTree provisional;  // after the proposals
  LeafIndex committer;
  std::vector<LeafIndex> added;
  PathDraft draft;
  Bytes context;
  UpdatePath path;

  Result<ReceivedPath> apply(const UpdatePath& p) const {
    return ReceivedPath::apply(provisional, Committer::member, committer, p, added);
  }
};

class SmallGroup {
 public:
  explicit SmallGroup(std::uint32_t n, crypto::CipherSuite s = suite_of()) : suite(s), tree(s) {
    for (std::uint32_t i = 0; i < n; ++i) {
      Newcomer one = newcomer();
      const LeafIndex index = must(tree.add(one.leaf));
      signers[index] = one.signer;
      secrets.emplace(index, TreeSecrets(index, std::move(one.pair)));
    }
  }

  Newcomer newcomer() {
    auto signer =
        std::make_shared<const crypto::KeyPairSigner>(suite, must(crypto::generate_signature_key_pair(suite, random)));
    auto pair = must(crypto::generate_hpke_key_pair(suite, random));
    LeafNode leaf;
    leaf.encryption_key = pair.public_key;
    leaf.signature_key = signer->public_key();
    leaf.credential = BasicCredential{to_bytes(as_bytes("member"))};
    leaf.capabilities = default_capabilities();
    leaf.leaf_node_source = LeafFromKeyPackage{{0, 1000}};
    must(sign_leaf_node(leaf, *signer, std::nullopt));
    return {std::move(leaf), std::move(pair), std::move(signer)};
  }

  CommitDraft draft(std::uint32_t committer, const std::vector<std::uint32_t>& removes = {},
                    const std::vector<const LeafNode*>& adds = {}) {
    const LeafIndex index(committer);
    RatchetTree provisional = tree;
    TreeChanges changes;
    for (const auto r : removes) changes.removes.emplace_back(r);
    changes.adds = adds;
    const auto added = must(provisional.apply(changes));
    PathDraft made = must(PathDraft::make(
        provisional,
        {.index = index, .leaf = tree.leaf(index)->node(), .group_id = group_id, .signer = signers.at(index).get()},
        random));
    const Bytes context = to_bytes(made.tree().tree_hash());
    UpdatePath path = must(made.seal(context, added, random));
    return {std::move(provisional), index, added, std::move(made), context, std::move(path)};
  }

  // A Commit with path that everybody follows; newcomers join.
  void commit(std::uint32_t committer, const std::vector<std::uint32_t>& removes = {}, std::uint32_t adds = 0) {
    std::vector<Newcomer> new_ones;
    for (std::uint32_t i = 0; i < adds; ++i) new_ones.push_back(newcomer());
    std::vector<const LeafNode*> leaves;
    for (const auto& one : new_ones) leaves.push_back(&one.leaf);
    const CommitDraft c = draft(committer, removes, leaves);
    const auto received = must(c.apply(c.path));
    for (const auto r : removes) {
      signers.erase(LeafIndex(r));
      secrets.erase(LeafIndex(r));
    }
    for (auto& [index, mine] : secrets)
      mine = index == c.committer ? c.draft.secrets() : must(received.open(mine, c.context)).secrets;
    for (std::size_t i = 0; i < new_ones.size(); ++i) {
      const LeafIndex index = c.added[i];
      signers[index] = new_ones[i].signer;
      secrets.emplace(index, must(TreeSecrets::join(received.tree(), index, std::move(new_ones[i].pair), c.committer,
                                                    must(c.draft.path_secret_for(index)))));
    }
    tree = received.tree();
  }

  // A Commit without path that adds members.
  void add_without_path(std::uint32_t adds) {
    for (std::uint32_t i = 0; i < adds; ++i) {
      Newcomer one = newcomer();
      const LeafIndex index = must(tree.add(one.leaf));
      signers[index] = one.signer;
      secrets.emplace(index, TreeSecrets(index, std::move(one.pair)));
    }
  }

  [[nodiscard]] NaiveTree naive() const { return *NaiveTree::decode(suite, tree.encode()); }

  crypto::CipherSuite suite;
  Bytes group_id = to_bytes(as_bytes("the group"));
  SeededRandom random{42};
  RatchetTree tree;
  std::map<LeafIndex, std::shared_ptr<const crypto::KeyPairSigner>> signers;
  std::map<LeafIndex, TreeSecrets> secrets;
};

// Eleven members with blanks, unmerged leaves and leaves of all three sources: 3 is gone, 5 and 11 are unmerged, leaf
// 9's sibling was removed.
inline SmallGroup eventful_group() {
  SmallGroup group(11);
  for (const std::uint32_t i : {0u, 10u, 4u, 8u, 6u, 2u}) group.commit(i);
  group.commit(0, {3, 5, 9});
  group.add_without_path(4);  // 3, 5, 9, 11
  must(group.tree.verify_parent_hashes());
  return group;
}

}  // namespace dmls::treekem
