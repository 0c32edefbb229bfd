#pragma once
// The half of a received commit that takes no secrets: what members and observers compute alike. RFC 9420 §12.4.2

#include <dmls/group/transition.h>
#include <dmls/treekem/path.h>

#include <optional>
#include <variant>

#include "proposals.h"

namespace dmls::group {

struct PublicStep {
  CommitterRole committer;
  ProposedState proposed;                     // its tree is the one before the path
  std::optional<treekem::ReceivedPath> path;  // borrows from the commit
  treekem::RatchetTree tree;
  keyschedule::GroupContext context;  // complete
  Bytes encoded_context;
  Bytes provisional_context;  // encoded; what the path secrets are encrypted under
};

// Validates the commit's proposals and path, and settles the next epoch's public half. Waiting if it names proposals
// that are not in the store.
Result<std::variant<PublicStep, Waiting>> take_public_step(const PublicEpoch& before, const SignedContent& commit,
                                                           const ProposalStore&, const Judgement&);

// The committer's new leaf, RFC 9420 §7.3, in a commit received or about to be sent. What the tree can judge better
// (keys, credential types) it judges itself. `replaces`: the leaf it takes the place of; one that an external committer
// removes counts as that (§12.2).
Result<void> validate_path_leaf(const PublicEpoch& before, const treekem::ExtensionList& extensions, LeafIndex at,
                                std::optional<LeafIndex> replaces, const treekem::LeafNode& leaf, const Judgement&);

}  // namespace dmls::group
