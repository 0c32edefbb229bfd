#pragma once
// What the proposals of a commit do to the tree. RFC 9420 §12.1, §12.2, §12.3

#include <dmls/group/changes.h>
#include <dmls/group/client_config.h>
#include <dmls/group/commit.h>
#include <dmls/group/epoch.h>

#include <vector>

namespace dmls::group {

struct ProposedState {
  treekem::RatchetTree tree;
  std::vector<LeafIndex> added;  // where the Adds went, in their order
  Changes changes;               // all but `committer` and `has_path`
  bool path_required = false;
};

// Validates the list as a commit of `committer` and applies it to the parent's tree. Proposals by reference cannot be
// resolved yet: kUnknownProposal.
Result<ProposedState> apply_proposals(const PublicEpoch& parent, LeafIndex committer,
                                      const std::vector<ProposalOrRef>& proposals, const ClientConfig&);

Member member_at(const treekem::TreeLeaf& leaf);

}  // namespace dmls::group
