#pragma once
// RFC 9420 §12.4.1, §12.4.3.1

#include <dmls/group/transition.h>

#include "prepare_commit.h"

namespace dmls::group {

// A Welcome for the members that `commit` adds. The context is complete, confirmed transcript hash included.
Result<Welcome> make_welcome(const PreparedCommit& commit, const Bytes& confirmation_tag,
                             const keyschedule::JoinerSecret&, const keyschedule::WelcomeSecret&, TreeDelivery,
                             const ClientConfig&);

}  // namespace dmls::group
