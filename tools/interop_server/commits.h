#pragma once
#include <mls_client.pb.h>

#include "states.h"

namespace dmls::interop {

// The transition that a commit of somebody else leads to, its proposals taken in first; or the own one that it is.
Result<group::Transition> staged(Member&, const mls_client::HandleCommitRequest&);
// The last commit that was made here. Throws BadRequest if there is none.
group::Transition take_pending(Member&);
// Merges, and forgets what belonged to the old epoch.
Result<void> merge(Member&, group::Transition);
// Of the present epoch; empty for somebody who was removed, and cannot know it.
[[nodiscard]] std::string epoch_authenticator(const Member&);

}  // namespace dmls::interop
