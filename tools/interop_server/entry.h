#pragma once
#include "states.h"

namespace dmls::interop {

// Enters the group that a transition leads this client into.
Result<std::shared_ptr<Member>> enter(const std::shared_ptr<Party>&, group::Transition, group::HandshakeFormat);

}  // namespace dmls::interop
