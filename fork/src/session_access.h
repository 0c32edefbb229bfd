#pragma once
// The inside of a session, for fork/src and its tests.

#include "session_state.h"

namespace dmls::fork {

struct SessionAccess {
  using State = Session::State;
  static State& state(Session& session) { return *session.state_; }
};

}  // namespace dmls::fork
