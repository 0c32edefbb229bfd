#pragma once
#include "proposals.h"

namespace dmls::group {

// The waiting proposals that a commit of `committer` takes up, in order of arrival. RFC 9420 §12.2: what is invalid, or
// does not go with the rest, is left out; of several for one leaf a Remove is preferred, else the latest Update; a
// ReInit waits until it is alone.
std::vector<ProposalOrRef> committable(const PublicEpoch&, LeafIndex committer, const ProposalStore&,
                                       const ClientConfig&);

}  // namespace dmls::group
