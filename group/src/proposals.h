#pragma once
// What the proposals of a commit do to a group. RFC 9420 §12.1, §12.2, §12.3

#include <dmls/group/changes.h>
#include <dmls/group/commit.h>
#include <dmls/group/proposal_store.h>
#include <dmls/group/public_epoch.h>
#include <dmls/treekem/leaf_validation.h>
#include <dmls/treekem/path.h>

#include <optional>
#include <vector>

#include "judgement.h"

namespace dmls::group {

// One proposal of a commit, and who made it.
struct ResolvedProposal {
  const Proposal* proposal = nullptr;
  Sender proposer;
  const OwnUpdate* own_update = nullptr;  // what is behind it, if it is an Update of our own
};

// Who commits: a member at its leaf, or somebody from outside (RFC 9420 §12.4.3.2), who has none yet.
struct CommitterRole {
  treekem::Committer kind = treekem::Committer::member;
  LeafIndex leaf = {};
};

struct ResolvedList {
  std::vector<ResolvedProposal> found;
  std::vector<ProposalRef> missing;
};
// Finds what the commit refers to. By-value proposals are the committer's own.
Result<ResolvedList> resolve(const std::vector<ProposalOrRef>&, const CommitterRole&, const ProposalStore&);

// The group after the proposals, before the path.
struct ProposedState {
  treekem::RatchetTree tree;
  treekem::ExtensionList extensions;
  std::vector<LeafIndex> added = {};                            // where the Adds went, in their order
  std::vector<const treekem::KeyPackage*> added_packages = {};  // borrowed from the proposals
  std::optional<Bytes> kem_output = {};                         // of the ExternalInit
  std::optional<LeafIndex> replaced = {};                       // the old leaf that an external committer removes
  const OwnUpdate* own_update = nullptr;
  bool path_required = false;
  Changes changes = {};  // all but `committer` and `has_path`
};

// Validates the list by the rules of §12.2 for this committer, each proposal by §12.1, and applies it by §12.3.
Result<ProposedState> apply_proposals(const PublicEpoch& parent, const CommitterRole&,
                                      const std::vector<ResolvedProposal>&, const Judgement&);

// What a leaf has to fit in a group with these extensions, RFC 9420 §7.3. Owns what LeafExpectations borrows.
class GroupExpectations {
 public:
  static Result<GroupExpectations> of(const treekem::ExtensionList& extensions, const treekem::LifetimePolicy&);
  [[nodiscard]] treekem::LeafExpectations expectations(const crypto::CipherSuite&) const;
  [[nodiscard]] const std::optional<treekem::RequiredCapabilities>& required() const { return required_; }
  [[nodiscard]] const std::vector<treekem::ExtensionType>& extension_types() const { return extension_types_; }

 private:
  std::optional<treekem::RequiredCapabilities> required_;
  std::vector<treekem::ExtensionType> extension_types_;
  treekem::LifetimePolicy lifetime_;
};

Member member_at(const treekem::TreeLeaf& leaf);

}  // namespace dmls::group
