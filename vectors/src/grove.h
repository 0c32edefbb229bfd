#pragma once
// Trees with a history, and what each member knows of them: for generators.

#include <dmls/crypto/signature.h>
#include <dmls/treekem/key_package.h>
#include <dmls/treekem/path.h>
#include <dmls/treekem/ratchet_tree.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "families.h"

namespace dmls::vectors {

class Grove {
 public:
  using LeafIndex = treekem::LeafIndex;
  using NodeIndex = treekem::NodeIndex;

  struct Member {
    crypto::HpkePrivateKey leaf;
    crypto::SignatureKeyPair signature;
    std::map<NodeIndex, treekem::PathSecret> path_secrets;  // of the nodes above that it knows
  };

  static Result<Grove> create(const Generation&, Bytes group_id);

  [[nodiscard]] const treekem::RatchetTree& tree() const { return tree_; }
  [[nodiscard]] const Bytes& group_id() const { return group_id_; }
  [[nodiscard]] const std::map<LeafIndex, Member>& members() const { return members_; }

  // A KeyPackage of somebody new, who is `name`.
  struct Newcomer {
    treekem::KeyPackageBundle bundle;
    crypto::SignatureKeyPair signature;
  };
  Result<Newcomer> newcomer();
  Result<LeafIndex> add();
  Result<void> remove(LeafIndex);
  // A leaf for an Update of the member at `index`, signed for its place.
  Result<treekem::LeafNode> updated_leaf(LeafIndex index);
  // A path of the member at `index`: made, not merged.
  Result<treekem::PathDraft> draft(LeafIndex index);
  // The member at `index` renews its path, and the others learn what concerns them.
  Result<void> commit(LeafIndex index);

 private:
  Grove(const Generation& generation, Bytes group_id)
      : generation_(&generation), group_id_(std::move(group_id)), tree_(*generation.suite) {}
  // Forgets what is no longer in the tree.
  Result<void> prune();

  const Generation* generation_;
  Bytes group_id_;
  treekem::RatchetTree tree_;
  std::map<LeafIndex, Member> members_;
  int named_ = 0;
};

// Shapes of trees that tests like to have: full ones, one with blank leaves, one whose last commits left leaves
// unmerged, one whose size is no power of two.
Result<std::vector<Grove>> groves(const Generation&);

}  // namespace dmls::vectors
