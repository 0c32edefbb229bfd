#pragma once
#include "proposals.h"

namespace dmls::group {

// One proposal, alone in a commit of somebody whom it does not concern.
Result<void> is_valid_alone(const PublicEpoch&, const StoredProposal&, const Judgement&);

// The same, and acceptable to the policy.
Result<void> judge_proposal(const PublicEpoch&, const StoredProposal&, const Judgement&);

// The waiting proposals that a commit of `committer` takes up besides those in `asked_for`, in order of arrival.
// RFC 9420 §12.2: what is invalid, refused by the policy, or does not go with the rest, is left out; of several for one
// leaf a Remove is preferred, else the latest Update; a ReInit waits until it is alone.
std::vector<ProposalOrRef> committable(const PublicEpoch&, LeafIndex committer, const ProposalStore&,
                                       const std::vector<ProposalOrRef>& asked_for, const Judgement&);

}  // namespace dmls::group
