#include <dmls/group/staged_transition.h>

#include "transition_state.h"

namespace dmls::group {

std::shared_ptr<detail::TransitionState> detail::own_transition(TransitionKind kind, OwnCommit made,
                                                                keyschedule::InitSecret left,
                                                                SigningIdentity identity) {
  auto state = std::make_shared<TransitionState>();
  state->kind = kind;
  state->own = true;
  state->identity = std::move(identity);
  state->take(std::move(made.staged), std::move(left));
  state->message = tls_codec::encode(made.commit);
  for (auto& welcome : made.welcomes)
    state->welcomes.push_back({tls_codec::encode(welcome.message), std::move(welcome.recipients)});
  return state;
}

Transition::Transition(std::shared_ptr<detail::TransitionState> state) : state_(std::move(state)) {}
Transition::Transition(Transition&&) noexcept = default;
Transition& Transition::operator=(Transition&&) noexcept = default;
Transition::~Transition() = default;

TransitionKind Transition::kind() const { return state_->kind; }
const Changes& Transition::changes() const { return state_->changes; }
bool Transition::is_own() const { return state_->own; }
const Bytes& Transition::message() const { return state_->message; }
const std::vector<OutgoingWelcome>& Transition::welcomes() const { return state_->welcomes; }
Bytes Transition::welcome() const { return state_->welcomes.empty() ? Bytes() : state_->welcomes.front().message; }
const Bytes& Transition::authenticated_data() const { return state_->authenticated_data; }

Bytes Transition::ratchet_tree() const { return state_->next ? state_->next->shared().tree.encode() : Bytes(); }

Result<Bytes> Transition::group_info(TreeDelivery delivery, ExternalJoins joins) const {
  if (!state_->next) return fail(dmls::errc::kMisuse, "a transition that leads into no epoch has no GroupInfo");
  DMLS_TRY(auto info, make_group_info(*state_->next, delivery, joins, state_->identity));
  return tls_codec::encode(MlsMessage{std::move(info)});
}

const keyschedule::EpochAuthenticator* Transition::epoch_authenticator() const {
  return state_->next ? &state_->next->own().epoch_authenticator : nullptr;
}

}  // namespace dmls::group
