#pragma once
#include "proposals.h"

namespace dmls::group {

// The rules of RFC 9420 §12.2 that look at the list alone: which types go together, and how often.
Result<void> check_proposal_list(const CommitterRole&, const std::vector<ResolvedProposal>&);

}  // namespace dmls::group
