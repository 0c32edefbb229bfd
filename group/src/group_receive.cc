// What a group makes of messages.
#include <dmls/crypto/hash.h>
#include <dmls/group/group.h>
#include <dmls/keyschedule/error.h>
#include <dmls/keyschedule/succession.h>

#include <algorithm>

#include "ahead_buffer.h"
#include "group_past.h"
#include "group_store.h"
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

  if (stored_) {
    if (const auto* known = stored_->find_received(crypto::hash(suite(), octets)))
      return stage(epoch_.verified_before(known->content), known->number);
  }

  auto opened = epoch_.open(message);
  if (!opened) {
    if (const auto reason = skipped(opened.error())) return Event(*reason);
    return fail(opened.error());
  }
  if (opened->content.sender_leaf() == own_leaf()) return Event(Skipped::own_message);
  switch (tls_codec::tag_of(opened->content->content.content)) {
    case ContentType::application:
      DMLS_CHECK(spend(epoch_, stored_ ? stored_->head : 0, std::move(opened->key), {}));
      return application_message(std::move(opened->content));
    case ContentType::proposal: return process_proposal(*std::move(opened));
    case ContentType::commit: break;
  }
  return process_commit(*std::move(opened), octets);
}

// RFC 9420 §15.3: application messages of epochs that were left are read for a while; handshakes are not.
Result<Event> Group::process_past(const MlsMessage& message, std::uint64_t epoch) {
  const auto found = std::find_if(past_.begin(), past_.end(), [&](const Epoch& e) { return e.number() == epoch; });
  const auto* is_private = std::get_if<PrivateMessage>(&message.body);
  if (found == past_.end() || is_private == nullptr || is_private->content_type != ContentType::application)
    return Event(Skipped::too_old);
  auto opened = found->open(message);
  if (!opened) {
    if (const auto reason = skipped(opened.error())) return Event(*reason);
    return fail(opened.error());
  }
  const auto age = static_cast<std::size_t>(found - past_.begin());
  DMLS_CHECK(spend(*found, stored_ ? stored_->past[age] : 0, std::move(opened->key), {}));
  return application_message(std::move(opened->content));
}

Result<Event> Group::keep(BytesView message, std::uint64_t epoch) {
  if (status_ != GroupStatus::active) return Event(Skipped::dropped);  // that epoch will never come
  const auto admission = ahead_->admit(message, epoch, config_->window);
  if (!admission) return Event(Skipped::dropped);
  if (admission->known) return Event(Skipped::kept);
  const std::uint64_t number = stored_ ? stored_->take_number() : 0;
  if (stored_) {
    storage::Batch batch;
    batch.put(stored_->below("a", number),
              SecretBytes(BytesView(tls_codec::encode(AheadRecord{kRecordVersion, epoch, to_bytes(message)}))));
    for (const std::uint64_t gone : admission->gone) batch.erase(stored_->below("a", gone));
    DMLS_CHECK(stored_->write(batch));
  }
  ahead_->keep(*admission, number, message, epoch);
  return Event(Skipped::kept);
}

// A genuine message spends its key, whatever is then thought of what it says. RFC 9420 §9.2
Result<Event> Group::process_proposal(OpenedMessage opened) {
  const std::uint64_t present = stored_ ? stored_->head : 0;
  if (const auto active = check_active(); !active) {
    DMLS_CHECK(spend(epoch_, present, std::move(opened.key), {}));
    return fail(active.error());
  }
  AuthenticatedContent content = std::move(opened.content).into_content();
  StoredProposal stored{
      make_proposal_ref(suite(), content), {}, content.content.sender, std::move(content.content.authenticated_data)};
  stored.proposal = std::move(std::get_if<ProposalContent>(&content.content.content)->proposal);
  if (const auto verdict = check_proposal(epoch_.shared(), stored, *config_); !verdict)
    stored.objection = verdict.error();
  const auto room = proposals_.check_room(stored.reference);
  storage::Batch batch;
  if (stored_ && room && proposals_.find(stored.reference) == nullptr)
    batch.put(stored_->below("q", stored_->take_number()), record_of(stored, nullptr));
  DMLS_CHECK(spend(epoch_, present, std::move(opened.key), std::move(batch)));
  DMLS_CHECK(room);
  DMLS_CHECK(proposals_.add(stored));
  return Event(std::move(stored));
}

Result<Event> Group::process_commit(OpenedMessage opened, BytesView message) {
  // Its key is about to be spent: from then on, what it said is known from the record alone.
  std::optional<GroupStore::ReceivedCommit> kept;
  storage::Batch batch;
  if (stored_ && opened.key) {
    kept.emplace(GroupStore::ReceivedCommit{stored_->take_number(), crypto::hash(suite(), message), *opened.content});
    stored_->keep_received(*kept, batch);
  }
  auto outcome = stage(std::move(opened.content), kept ? kept->number : 0);
  if (!outcome) batch = {};
  DMLS_CHECK(spend(epoch_, stored_ ? stored_->head : 0, std::move(opened.key), std::move(batch)));
  if (outcome && kept) stored_->kept_received(*std::move(kept));
  return outcome;
}

Result<Event> Group::resume(WaitingCommit waiting) { return stage(std::move(waiting.commit_), waiting.stored_as_); }

Result<Event> Group::stage(VerifiedContent verified, std::uint64_t stored_as) {
  DMLS_CHECK(check_active());
  keyschedule::OrdinaryInitSource source(init_secret_);
  keyschedule::OrdinarySuccession succession;
  DMLS_TRY(auto staging, stage_commit(epoch_, verified, {proposals_, Psks(*this), *config_}, {source, succession}));
  if (auto* missing = std::get_if<Waiting>(&staging)) {
    WaitingCommit waiting(std::move(verified), std::move(*missing));
    waiting.stored_as_ = stored_as;
    return Event(std::move(waiting));
  }

  auto state = std::make_shared<detail::TransitionState>();
  state->stored_as = stored_as;
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
