// From octets to events.

#include <dmls/crypto/error.h>
#include <dmls/crypto/hash.h>
#include <dmls/keyschedule/error.h>
#include <dmls/treekem/error.h>

#include <algorithm>

#include "session_state.h"

namespace dmls::fork {
namespace {

const Bytes& group_id_of(const group::MlsMessage& message) {
  if (const auto* is_public = std::get_if<group::PublicMessage>(&message.body)) return is_public->content.group_id;
  return std::get_if<group::PrivateMessage>(&message.body)->group_id;
}

bool is_commit(const group::MlsMessage& message) {
  if (const auto* is_public = std::get_if<group::PublicMessage>(&message.body))
    return std::holds_alternative<group::CommitContent>(is_public->content.content);
  return std::get_if<group::PrivateMessage>(&message.body)->content_type == group::ContentType::commit;
}

// RFC 9420 binds neither an external sender's proposal nor a new member's to a GroupContext: somebody could carry it
// over to another fork, where the leaf that it names is somebody else.
Result<void> check_binding(const NodeId& epoch, const group::AuthenticatedContent& content) {
  const auto sender = tls_codec::tag_of(content.content.sender);
  if (sender == group::SenderType::member || sender == group::SenderType::new_member_commit) return {};
  tls_codec::Reader in(content.content.authenticated_data);
  const auto named = tls_codec::Codec<Bytes>::read(in);
  if (!named || *named != epoch.octets())
    return fail(errc::kNotBound,
                "DeMLS: a proposal from outside names its dmls_epoch in its signed authenticated_data");
  return {};
}

Result<void> check_extensions_kept(const group::PublicEpoch& epoch, const group::Proposal& proposal) {
  const auto* extensions = std::get_if<group::GroupContextExtensions>(&proposal);
  return extensions == nullptr ? Result<void>() : check_signalling_kept(epoch.extensions, extensions->extensions);
}

Result<void> check_extensions_kept(const LiveEpoch& at, const group::Commit& commit) {
  for (const auto& item : commit.proposals) {
    const group::Proposal* proposal = nullptr;
    if (const auto* by_value = std::get_if<group::ProposalByValue>(&item)) {
      proposal = &by_value->proposal;
    } else if (const auto* stored = at.proposals.find(std::get_if<group::ProposalByReference>(&item)->reference)) {
      proposal = &stored->proposal;
    }
    if (proposal != nullptr) DMLS_CHECK(check_extensions_kept(at.epoch.shared(), *proposal));
  }
  return {};
}

// What stops this client, and perhaps not the others.
bool is_mine_alone(Errc code) {
  return code == crypto::errc::kOpenFailed || code == treekem::errc::kBadPath ||
         code == group::errc::kConfirmationMismatch || code == pprf::errc::kPunctured || code == pprf::errc::kNotKept;
}

Skipped seen_before(const NodeId& epoch) { return {epoch, group::Skipped::duplicate}; }
Skipped own_message(const NodeId& epoch) { return {epoch, group::Skipped::own_message}; }

}  // namespace

Bytes Session::State::hash_of(BytesView inner) const { return crypto::hash(suite, inner); }

// Writes a step that changes nothing else, and reports `event`.
bool Session::State::conclude(Step& step, Event event, Events& out) {
  const NodeId epoch = step.at == nullptr ? NodeId() : step.at->id;
  if (const auto written = write(step, out); !written) {
    out.push_back(NotStored{epoch, written.error()});
    return false;
  }
  out.push_back(std::move(event));
  return true;
}

// By the cheapest test first; nothing is decrypted for a message that cannot belong here.
bool Session::State::take(const NumberedMessage& numbered, Events& out) {
  const ReceivedDmlsMessage& message = numbered.message;
  const NodeId& epoch = message.content.epoch;
  Step step;
  step.waited = numbered.number;
  if (group_id_of(message.content.message) != group_id)
    return conclude(
        step, Rejected{epoch, {group::errc::kWrongGroup, "RFC 9420 §6: the message belongs to another group"}}, out);
  if (LiveEpoch* at = find(epoch)) return deliver(*at, numbered, out);
  if (gone.contains(epoch)) {
    const Error error{errc::kDeletedEpoch, "DeMLS: the secrets of this epoch have been deleted"};
    if (entered.contains(hash_of(message.inner))) return conclude(step, seen_before(epoch), out);
    if (is_commit(message.content.message)) return conclude(step, CannotFollow{epoch, std::nullopt, error}, out);
    return conclude(step, Rejected{epoch, error}, out);
  }
  const auto admission = waiting.admission(message);
  if (stored && admission.number != 0) {
    step.batch.put(
        stored->below("w", admission.number),
        SecretBytes(BytesView(tls_codec::encode(WaitingRecord{kRecordVersion, encode_dmls_message(message.content)}))));
    for (const std::uint64_t number : admission.dropped) step.batch.erase(stored->below("w", number));
  }
  if (!conclude(step, Waiting{epoch, admission.dropped.size()}, out)) return false;
  waiting.admit(admission, message);
  return true;
}

bool Session::State::deliver(LiveEpoch& at, const NumberedMessage& numbered, Events& out) {
  const ReceivedDmlsMessage& message = numbered.message;
  const Bytes inner_hash = hash_of(message.inner);
  Step step(at);
  step.waited = numbered.number;
  if (entered.contains(inner_hash)) return conclude(step, seen_before(at.id), out);
  if (known_bad.contains(inner_hash))
    return conclude(step, Rejected{at.id, {errc::kKnownBad, "DeMLS: this message was refused before"}}, out);
  for (const auto& waits : at.pending) {
    if (waits.second.inner_hash != inner_hash) continue;
    const CommitHash commit = waits.first;
    const NodeId id = at.id;
    const auto done = accept(at, commit, out);
    if (!done) out.push_back(NotStored{id, done.error()});
    return done.has_value();
  }

  auto opened = at.epoch.open(message.content.message);
  if (!opened) {
    const Errc code = opened.error().code;
    if (code == keyschedule::errc::kGenerationSpent) return conclude(step, seen_before(at.id), out);
    if (code == group::errc::kOwnMessage) return conclude(step, own_message(at.id), out);
    return conclude(step, Rejected{at.id, opened.error()}, out);
  }
  group::VerifiedContent& verified = opened->content;
  step.key = std::move(opened->key);
  if (const auto bound = check_binding(at.id, *verified); !bound)
    return conclude(step, Rejected{at.id, bound.error()}, out);
  const auto sender = verified.sender_leaf();
  switch (tls_codec::tag_of(verified->content.content)) {
    case group::ContentType::commit: return receive_commit(step, at, std::move(verified), inner_hash, 0, out);
    case group::ContentType::proposal:
      if (sender == at.epoch.own_leaf()) return conclude(step, own_message(at.id), out);
      return receive_proposal(step, at, std::move(verified).into_content(), out);
    case group::ContentType::application: break;
  }
  auto content = std::move(verified).into_content().content;
  return conclude(
      step,
      ApplicationMessage{at.id, *sender, std::move(std::get_if<group::ApplicationData>(&content.content)->data),
                         std::move(content.authenticated_data)},
      out);
}

bool Session::State::receive_proposal(Step& step, LiveEpoch& at, group::AuthenticatedContent content, Events& out) {
  group::StoredProposal proposal{group::make_proposal_ref(suite, content),
                                 std::move(std::get_if<group::ProposalContent>(&content.content.content)->proposal),
                                 content.content.sender, std::move(content.content.authenticated_data)};
  if (at.proposals.find(proposal.reference) != nullptr) return conclude(step, seen_before(at.id), out);
  // Kept even if it is wrong: a commit that names it is then refused for the right reason.
  if (const auto verdict = check_extensions_kept(at.epoch.shared(), proposal.proposal); !verdict) {
    proposal.objection = verdict.error();
  } else if (const auto valid = group::check_proposal(at.epoch.shared(), proposal, config_at(at)); !valid) {
    proposal.objection = valid.error();
  }
  if (const auto room = at.proposals.check_room(proposal.reference); !room)
    return conclude(step, Rejected{at.id, room.error()}, out);
  const std::uint64_t number = next_number++;
  if (stored) step.batch.put(storage::below(stored->of_epoch(at.id, "q"), number), group::record_of(proposal, nullptr));
  if (!conclude(step, Proposed{at.id, proposal}, out)) return false;
  if (!at.proposals.add(std::move(proposal))) panic("a proposal that there was room for was refused");
  retry_blocked(at.id, out);
  return true;
}

bool Session::State::receive_commit(Step& step, LiveEpoch& at, group::VerifiedContent content, const Bytes& inner_hash,
                                    std::uint64_t blocked, Events& out) {
  const NodeId id = at.id;
  const CommitHash commit = commit_hash(at.epoch.shared(), *content);
  // One content can be encrypted anew; its commit hash stays the same.
  const bool known = at.entered.count(commit) != 0 || at.pending.count(commit) != 0 ||
                     std::any_of(at.blocked.begin(), at.blocked.end(),
                                 [&](const auto& b) { return b.commit == commit && b.number != blocked; });
  if (known) return conclude(step, seen_before(id), out);

  auto outcome = stage(at, content, commit, inner_hash);
  if (auto* waits = outcome ? std::get_if<group::Waiting>(&*outcome) : nullptr) {
    if (blocked == 0) return block(step, at, std::move(content), commit, inner_hash, *waits, out);
    report_blocked(id, commit, *waits, out);
    return true;
  }
  if (blocked != 0 && stored) step.batch.erase(storage::below(stored->of_epoch(id, "b"), blocked));
  bool stays = true;  // in memory, until it is certain that it does not
  if (!outcome) {
    stays = !refuse(step, at, content, commit, inner_hash, outcome.error(), out);
  } else if (auto* gone_by = std::get_if<group::RemovedByCommit>(&*outcome)) {
    stays = !removed(step, at, commit, inner_hash, std::move(gone_by->changes), out);
  } else if (const auto done = graft(at, *std::get_if<Graft>(&*outcome), step, out); done) {
    stays = false;
  } else if (step.not_stored) {
    out.push_back(NotStored{id, done.error()});
  } else {
    stays = !refuse(step, at, content, commit, inner_hash, done.error(), out);
  }
  if (LiveEpoch* still = find(id); still != nullptr && blocked != 0 && !stays)
    std::erase_if(still->blocked, [&](const BlockedCommit& each) { return each.number == blocked; });
  return !stays;
}

bool Session::State::removed(Step& step, LiveEpoch& at, const CommitHash& commit, const Bytes& inner_hash,
                             group::Changes changes, Events& out) {
  const bool first = !at.removed_here;
  if (first) at.removed_here = changes;
  step.entered.push_back(inner_hash);
  if (stored) {
    stored->put_live(step.batch, at);
    step.batch.put(storage::below(stored->of_epoch(at.id, "c"), BytesView(commit.octets())),
                   SecretBytes(BytesView(tls_codec::encode(CommitRecord{}))));
  }
  const bool done = conclude(step, Removed{at.id, std::move(changes)}, out);
  if (done) at.entered.insert(commit);
  if (!done && first) at.removed_here.reset();
  return done;
}

Result<std::variant<Graft, group::RemovedByCommit, group::Waiting>> Session::State::stage(
    LiveEpoch& at, const group::VerifiedContent& content, const CommitHash& commit, const Bytes& inner_hash) {
  using Outcome = std::variant<Graft, group::RemovedByCommit, group::Waiting>;
  if (at.closed) return fail(group::errc::kClosed, "RFC 9420 §12.4.2: this epoch ended with a ReInit");
  if (!content.sender_leaf() && signalling.external_commits() == ExternalCommits::refused)
    return fail(errc::kExternalCommits, "DeMLS: this group allows no external commits");
  DMLS_CHECK(check_extensions_kept(at, std::get_if<group::CommitContent>(&content->content.content)->commit));
  DemlsInitSource source(at.pprf);
  DemlsSuccession succession;
  const group::ClientConfig mine = config_at(at);
  DMLS_TRY(auto staging,
           group::stage_commit(at.epoch, content, {at.proposals, BranchPsks(at, mine), mine}, {source, succession}));
  if (auto* removed = std::get_if<group::RemovedByCommit>(&staging)) return Outcome(std::move(*removed));
  if (auto* waits = std::get_if<group::Waiting>(&staging)) return Outcome(std::move(*waits));
  auto& next = *std::get_if<group::StagedEpoch>(&staging);
  DMLS_TRY(auto child,
           enter_epoch(std::move(next.next), std::move(succession), &at,
                       next.identity ? *std::move(next.identity) : at.identity, options.retention.resumption_psks));
  return Outcome(
      Graft{std::move(child), commit, std::move(next.changes), std::move(source).into_evaluation(), inner_hash});
}

// A genuine commit that did not succeed, and will not.
bool Session::State::refuse(Step& step, LiveEpoch& at, const group::VerifiedContent& content, const CommitHash& commit,
                            const Bytes& inner_hash, Error error, Events& out) {
  if (content->wire_format == group::WireFormat::mls_private_message) step.known_bad.push_back(inner_hash);
  const bool own = content.sender_leaf() == at.epoch.own_leaf();  // discarded here, accepted by others
  if (content.sender_leaf() && (own || is_mine_alone(error.code)))
    return conclude(step, CannotFollow{at.id, commit, error}, out);
  return conclude(step, Rejected{at.id, error}, out);
}

// A genuine commit that names what is not here. Its message key may be spent: this is the only copy.
bool Session::State::block(Step& step, LiveEpoch& at, group::VerifiedContent content, const CommitHash& commit,
                           const Bytes& inner_hash, const group::Waiting& waits, Events& out) {
  if (at.blocked.size() >= options.waiting.blocked_commits)
    return conclude(
        step, Rejected{at.id, {errc::kBufferFull, "DeMLS: too many commits of this epoch wait for something"}}, out);
  const std::uint64_t number = next_number++;
  if (stored)
    step.batch.put(storage::below(stored->of_epoch(at.id, "b"), number), group::record_of(*content, inner_hash));
  if (const auto written = write(step, out); !written) {
    out.push_back(NotStored{at.id, written.error()});
    return false;
  }
  at.blocked.push_back({number, std::move(content), commit, inner_hash});
  report_blocked(at.id, commit, waits, out);
  return true;
}

void Session::State::report_blocked(const NodeId& epoch, const CommitHash& commit, const group::Waiting& waits,
                                    Events& out) {
  if (waits.psks.empty()) return out.push_back(Waiting{epoch, 0});
  out.push_back(CannotFollow{
      epoch, commit, {group::errc::kUnknownPsk, "RFC 9420 §12.4.2: a pre-shared key that this client does not hold"}});
}

void Session::State::retry_blocked(const NodeId& id, Events& out) {
  std::vector<std::uint64_t> numbers;
  for (const auto& blocked : find(id)->blocked) numbers.push_back(blocked.number);
  ++busy;
  for (const std::uint64_t number : numbers) {
    LiveEpoch* at = find(id);
    const auto found = std::find_if(at->blocked.begin(), at->blocked.end(),
                                    [&](const BlockedCommit& blocked) { return blocked.number == number; });
    if (found == at->blocked.end()) continue;
    Step step(*at);
    const Bytes inner_hash = found->inner_hash;
    (void)receive_commit(step, *at, at->epoch.verified_before(*found->content), inner_hash, number, out);
  }
  --busy;
}

void Session::State::settle(Events& out) {
  while (!released.empty()) {
    NumberedMessage next = std::move(released.front());
    released.pop_front();
    if (take(next, out)) continue;
    released.push_front(std::move(next));  // it is tried again
    return;
  }
  enforce(out);
}

Events Session::process(BytesView octets) {
  Events out;
  auto message = decode_dmls_message(octets, state_->suite.hash_length());
  if (!message) {
    out.push_back(Rejected{NodeId(), message.error()});
    return out;
  }
  if (state_->take({*std::move(message), 0}, out)) state_->settle(out);
  return out;
}

Events Session::retry() {
  Events out;
  std::vector<NodeId> nodes;
  for (const auto& entry : state_->live) nodes.push_back(entry.first);
  for (const NodeId& node : nodes)
    if (state_->find(node) != nullptr) state_->retry_blocked(node, out);
  state_->settle(out);
  return out;
}

}  // namespace dmls::fork
