// What a group makes of messages.
#include <dmls/group/group.h>
#include <dmls/keyschedule/error.h>
#include <dmls/keyschedule/succession.h>

#include <algorithm>

#include "ahead_buffer.h"
#include "group_past.h"
#include "proposals.h"
#include "transition_state.h"

namespace dmls::group {
namespace {

struct Address {
  const Bytes& group_id;
  std::uint64_t epoch;
};

std::optional<Address> address_of(const MlsMessage& message) {
  if (const auto* in_public = std::get_if<PublicMessage>(&message.body))
    return Address{in_public->content.group_id, in_public->content.epoch};
  if (const auto* in_private = std::get_if<PrivateMessage>(&message.body))
    return Address{in_private->group_id, in_private->epoch};
  return std::nullopt;
}

// What is no error, but no news either.
std::optional<Skipped> skipped(Error error) {
  if (error.code == keyschedule::errc::kGenerationSpent) return Skipped::duplicate;
  if (error.code == errc::kOwnMessage) return Skipped::own_message;
  return std::nullopt;
}

Event application_message(VerifiedContent verified) {
  const PublicEpoch& epoch = *verified.epoch();
  Member sender = member_at(*epoch.tree.leaf(*verified.sender_leaf()));
  const std::uint64_t number = epoch.context.epoch;
  AuthenticatedContent content = std::move(verified).into_content();
  return ApplicationMessage{number, std::move(sender),
                            std::move(std::get_if<ApplicationData>(&content.content.content)->data),
                            std::move(content.content.authenticated_data)};
}

}  // namespace

Result<Event> Group::process(BytesView octets) {
  DMLS_TRY(const auto message, tls_codec::decode<MlsMessage>(octets));
  const auto address = address_of(message);
  if (!address)
    return fail(errc::kInvalidMessage, "RFC 9420 §6: a Welcome, GroupInfo or KeyPackage is no message within a group");
  if (address->group_id != epoch_.shared().context.group_id) return Event(Skipped::not_for_us);
  if (address->epoch < epoch()) return process_past(message, address->epoch);
  if (address->epoch > epoch()) return keep(octets, address->epoch);
  if (const auto own = own_commits_.find(octets); own != own_commits_.end()) return Event(Transition(own->second));

  auto verified = epoch_.unprotect(message);
  if (!verified) {
    if (const auto reason = skipped(verified.error())) return Event(*reason);
    return fail(verified.error());
  }
  if (verified->sender_leaf() == own_leaf()) return Event(Skipped::own_message);
  switch (tls_codec::tag_of((*verified)->content.content)) {
    case ContentType::application: return application_message(*std::move(verified));
    case ContentType::proposal: return process_proposal(*std::move(verified));
    case ContentType::commit: break;
  }
  return stage(*std::move(verified));
}

// RFC 9420 §15.3: application messages of epochs that were left are read for a while; handshakes are not.
Result<Event> Group::process_past(const MlsMessage& message, std::uint64_t epoch) {
  const auto found = std::find_if(past_.begin(), past_.end(), [&](const Epoch& e) { return e.number() == epoch; });
  const auto* is_private = std::get_if<PrivateMessage>(&message.body);
  if (found == past_.end() || is_private == nullptr || is_private->content_type != ContentType::application)
    return Event(Skipped::too_old);
  auto verified = found->unprotect(message);
  if (!verified) {
    if (const auto reason = skipped(verified.error())) return Event(*reason);
    return fail(verified.error());
  }
  return application_message(*std::move(verified));
}

Result<Event> Group::keep(BytesView message, std::uint64_t epoch) {
  if (status_ != GroupStatus::active) return Event(Skipped::dropped);  // that epoch will never come
  return Event(ahead_->keep(message, epoch, config_->window) ? Skipped::kept : Skipped::dropped);
}

Result<Event> Group::process_proposal(VerifiedContent verified) {
  DMLS_CHECK(check_active());
  AuthenticatedContent content = std::move(verified).into_content();
  StoredProposal stored{
      make_proposal_ref(suite(), content), {}, content.content.sender, std::move(content.content.authenticated_data)};
  stored.proposal = std::move(std::get_if<ProposalContent>(&content.content.content)->proposal);
  if (const auto verdict = check_proposal(epoch_.shared(), stored, *config_); !verdict)
    stored.objection = verdict.error();
  DMLS_CHECK(proposals_.add(stored));
  return Event(std::move(stored));
}

Result<Event> Group::resume(WaitingCommit waiting) { return stage(std::move(waiting.commit_)); }

Result<Event> Group::stage(VerifiedContent verified) {
  DMLS_CHECK(check_active());
  keyschedule::OrdinaryInitSource source(init_secret_);
  keyschedule::OrdinarySuccession succession;
  DMLS_TRY(auto staging, stage_commit(epoch_, verified, {proposals_, Psks(*this), *config_}, {source, succession}));
  if (auto* waiting = std::get_if<Waiting>(&staging))
    return Event(WaitingCommit(std::move(verified), std::move(*waiting)));

  auto state = std::make_shared<detail::TransitionState>();
  state->parent = epoch_.shared_pointer();
  state->identity = {config_->credential, config_->signer};
  state->authenticated_data = verified->content.authenticated_data;
  if (auto* removed = std::get_if<RemovedByCommit>(&staging)) {
    state->kind = TransitionKind::removal;
    state->changes = std::move(removed->changes);
    return Event(Transition(std::move(state)));
  }
  auto& staged = *std::get_if<StagedEpoch>(&staging);
  state->take(std::move(staged), std::move(succession).into_init_secret());
  return Event(Transition(std::move(state)));
}

}  // namespace dmls::group
