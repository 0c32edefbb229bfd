#include <dmls/group/group.h>
#include <dmls/keyschedule/exporter.h>
#include <dmls/keyschedule/succession.h>

#include "ahead_buffer.h"
#include "group_past.h"
#include "group_store.h"
#include "proposals.h"
#include "transition_state.h"

namespace dmls::group {

Group::Group(Epoch epoch, keyschedule::InitSecret init_secret, std::shared_ptr<ClientState> client,
             SigningIdentity identity, std::unique_ptr<GroupStore> stored)
    : epoch_(std::move(epoch)),
      init_secret_(std::move(init_secret)),
      client_(std::move(client)),
      config_(client_->config),
      registration_(std::make_unique<GroupRegistration>(client_, group_id())),
      ahead_(std::make_unique<AheadBuffer>()),
      stored_(std::move(stored)) {
  take_identity(std::move(identity));
}
Group::Group(Group&&) noexcept = default;
Group& Group::operator=(Group&&) noexcept = default;
Group::~Group() = default;

void Group::take_identity(SigningIdentity identity) {
  if (identity.signer == config_->signer && identity.credential == config_->credential) return;
  auto config = std::make_shared<ClientConfig>(*config_);
  config->credential = std::move(identity.credential);
  config->signer = std::move(identity.signer);
  config_ = std::move(config);
}

std::vector<Member> Group::members() const { return members_of(epoch_.shared().tree); }

std::optional<Member> Group::member(LeafIndex index) const {
  const auto leaf = epoch_.shared().tree.leaf(index);
  if (!leaf) return std::nullopt;
  return member_at(*leaf);
}

Result<SecretBytes> Group::export_secret(std::string_view label, BytesView context, std::size_t length) const {
  if (status_ == GroupStatus::removed) DMLS_CHECK(check_active());
  return keyschedule::mls_exporter(epoch_.suite(), epoch_.own().exporter_secret, label, context, length);
}

Result<Bytes> Group::group_info(TreeDelivery delivery, ExternalJoins joins) const {
  DMLS_CHECK(check_active());
  DMLS_TRY(auto info, make_group_info(epoch_, delivery, joins, {config_->credential, config_->signer}));
  return tls_codec::encode(MlsMessage{std::move(info)});
}

Result<void> Group::check_active() const {
  switch (status_) {
    case GroupStatus::active: return {};
    case GroupStatus::removed: return fail(errc::kRemoved, "this client is no longer a member of the group");
    case GroupStatus::closed: break;
  }
  return fail(errc::kClosed, "RFC 9420 §12.4.2: the group was re-initialised and takes no more messages");
}

Result<Transition> Group::commit(const CommitRequest& request) {
  DMLS_CHECK(check_active());
  keyschedule::OrdinaryInitSource source(init_secret_);
  keyschedule::OrdinarySuccession succession;
  DMLS_TRY(auto made, create_commit(epoch_, request, {proposals_, Psks(*this), *config_}, {source, succession}));
  auto state = detail::own_transition(TransitionKind::advance, std::move(made),
                                      std::move(succession).into_init_secret(), {config_->credential, config_->signer});
  state->parent = epoch_.shared_pointer();
  state->authenticated_data = request.authenticated_data();
  DMLS_CHECK(save_commit(*state));
  own_commits_.emplace(state->message, state);
  return Transition(std::move(state));
}

Result<void> Group::merge(Transition transition) {
  detail::TransitionState& state = *transition.state_;
  if (state.kind == TransitionKind::entry)
    return fail(dmls::errc::kMisuse, "a transition into a group is for Client::enter()");
  if (state.parent != epoch_.shared_pointer() || status_ != GroupStatus::active)
    return fail(errc::kStale, "the commit was not staged on the present epoch of this group");
  DMLS_CHECK(save_merge(state));
  proposals_.clear();
  own_commits_.clear();
  keep_resumption_psk();
  if (state.kind == TransitionKind::removal) {
    status_ = GroupStatus::removed;
    registration_.reset();  // a Welcome may bring this client back while late messages are read here
    init_secret_ = {};
    epoch_.retire();
    return {};
  }
  past_.push_front(std::move(epoch_));
  past_.front().retire();
  while (past_.size() > config_->window.past_epochs) past_.pop_back();
  epoch_ = *std::move(state.next);
  state.next.reset();
  init_secret_ = std::move(state.init_secret);
  reinit_ = state.changes.reinit;
  if (reinit_) status_ = GroupStatus::closed;
  if (state.new_identity) take_identity(std::move(state.identity));
  return {};
}

void Group::keep_resumption_psk() {
  resumption_psks_.emplace(epoch(), epoch_.own().resumption_psk.clone());
  while (resumption_psks_.size() > config_->window.resumption_psks) resumption_psks_.erase(resumption_psks_.begin());
}

std::vector<Bytes> Group::take_due() { return ahead_->take(epoch()); }

}  // namespace dmls::group
