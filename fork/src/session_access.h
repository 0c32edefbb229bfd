#pragma once
// The inside of a session, for fork/src and its tests.

#include "session_state.h"

namespace dmls::fork {

struct SessionAccess {
  using State = Session::State;
  static State& state(Session& session) { return *session.state_; }
  // A session whose first epoch is this one.
  static Session begin(std::shared_ptr<ClientState> client, std::unique_ptr<LiveEpoch> first) {
    auto state = std::make_unique<State>(std::move(client), Signalling::with(ExternalCommits::refused));
    state->begin(std::move(first), std::nullopt, std::nullopt);
    return Session(std::move(state));
  }
};

}  // namespace dmls::fork
