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

}  // namespace

Bytes Session::State::hash_of(BytesView inner) const { return crypto::hash(suite, inner); }

// By the cheapest test first; nothing is decrypted for a message that cannot belong here.
void Session::State::take(ReceivedDmlsMessage message, Events& out) {
  const NodeId epoch = message.content.epoch;
  if (group_id_of(message.content.message) != group_id) {
    out.push_back(Rejected{epoch, {group::errc::kWrongGroup, "RFC 9420 §6: the message belongs to another group"}});
    return;
  }
  if (LiveEpoch* at = find(epoch)) return deliver(*at, message, out);
  if (gone.contains(epoch)) {
    const Error error{errc::kDeletedEpoch, "DeMLS: the secrets of this epoch have been deleted"};
    if (entered.contains(hash_of(message.inner))) {
      out.push_back(Duplicate{epoch});
    } else if (is_commit(message.content.message)) {
      out.push_back(CannotFollow{epoch, std::nullopt, error});
    } else {
      out.push_back(Rejected{epoch, error});
    }
    return;
  }
  out.push_back(Waiting{epoch, waiting.add(std::move(message))});
}

void Session::State::deliver(LiveEpoch& at, const ReceivedDmlsMessage& message, Events& out) {
  Bytes inner_hash = hash_of(message.inner);
  if (entered.contains(inner_hash)) return out.push_back(Duplicate{at.id});
  if (known_bad.contains(inner_hash))
    return out.push_back(Rejected{at.id, {errc::kKnownBad, "DeMLS: this message was refused before"}});
  for (const auto& waits : at.pending) {
    if (waits.second.inner_hash != inner_hash) continue;
    const CommitHash commit = waits.first;
    if (const auto done = accept(at, commit, out); !done) out.push_back(Rejected{at.id, done.error()});
    return;
  }

  auto verified = at.epoch.unprotect(message.content.message);
  if (!verified) {
    const Errc code = verified.error().code;
    if (code == keyschedule::errc::kGenerationSpent || code == group::errc::kOwnMessage)
      return out.push_back(Duplicate{at.id});
    return out.push_back(Rejected{at.id, verified.error()});
  }
  if (const auto bound = check_binding(at.id, **verified); !bound) return out.push_back(Rejected{at.id, bound.error()});
  const auto sender = verified->sender_leaf();
  switch (tls_codec::tag_of((*verified)->content.content)) {
    case group::ContentType::commit: return receive_commit(at, *std::move(verified), std::move(inner_hash), out);
    case group::ContentType::proposal:
      if (sender == at.epoch.own_leaf()) return out.push_back(Duplicate{at.id});
      return receive_proposal(at, (*std::move(verified)).into_content(), out);
    case group::ContentType::application: break;
  }
  auto content = (*std::move(verified)).into_content().content;
  out.push_back(ApplicationMessage{at.id, *sender,
                                   std::move(std::get_if<group::ApplicationData>(&content.content)->data),
                                   std::move(content.authenticated_data)});
}

void Session::State::receive_proposal(LiveEpoch& at, group::AuthenticatedContent content, Events& out) {
  group::StoredProposal stored{group::make_proposal_ref(suite, content),
                               std::move(std::get_if<group::ProposalContent>(&content.content.content)->proposal),
                               content.content.sender, std::move(content.content.authenticated_data)};
  if (at.proposals.find(stored.reference) != nullptr) return out.push_back(Duplicate{at.id});
  // Kept even if it is wrong: a commit that names it is then refused for the right reason.
  if (const auto verdict = check_extensions_kept(at.epoch.shared(), stored.proposal); !verdict) {
    stored.objection = verdict.error();
  } else if (const auto valid = group::check_proposal(at.epoch.shared(), stored, config_at(at)); !valid) {
    stored.objection = valid.error();
  }
  if (const auto added = at.proposals.add(stored); !added) return out.push_back(Rejected{at.id, added.error()});
  out.push_back(Proposed{at.id, std::move(stored)});
  retry_blocked(at, out);
}

void Session::State::receive_commit(LiveEpoch& at, group::VerifiedContent content, Bytes inner_hash, Events& out) {
  const group::PublicEpoch& before = at.epoch.shared();
  const CommitHash commit = commit_hash(before, *content);
  // One content can be encrypted anew; its commit hash stays the same.
  const bool known =
      at.entered.count(commit) != 0 || at.pending.count(commit) != 0 ||
      std::any_of(at.blocked.begin(), at.blocked.end(), [&](const auto& b) { return b.commit == commit; });
  if (known) return out.push_back(Duplicate{at.id});

  auto outcome = stage(at, content, commit, inner_hash);
  if (!outcome) return refuse(at, content, commit, inner_hash, outcome.error(), out);
  if (const auto* waits = std::get_if<group::Waiting>(&*outcome))
    return block(at, std::move(content), commit, std::move(inner_hash), *waits, out);
  if (auto* removed = std::get_if<group::RemovedByCommit>(&*outcome)) {
    at.entered.insert(commit);
    entered.add(inner_hash);
    if (!at.removed_here) at.removed_here = removed->changes;
    return out.push_back(Removed{at.id, std::move(removed->changes)});
  }
  if (const auto done = graft(at, std::move(*std::get_if<Graft>(&*outcome)), out); !done)
    refuse(at, content, commit, inner_hash, done.error(), out);
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
void Session::State::refuse(LiveEpoch& at, const group::VerifiedContent& content, const CommitHash& commit,
                            const Bytes& inner_hash, Error error, Events& out) {
  if (content->wire_format == group::WireFormat::mls_private_message) known_bad.add(inner_hash);
  const bool own = content.sender_leaf() == at.epoch.own_leaf();  // discarded here, accepted by others
  if (content.sender_leaf() && (own || is_mine_alone(error.code)))
    return out.push_back(CannotFollow{at.id, commit, error});
  out.push_back(Rejected{at.id, error});
}

// A genuine commit that names what is not here. Its message key may be spent: this is the only copy.
void Session::State::block(LiveEpoch& at, group::VerifiedContent content, const CommitHash& commit, Bytes inner_hash,
                           const group::Waiting& waits, Events& out) {
  if (at.blocked.size() >= options.waiting.blocked_commits)
    return out.push_back(
        Rejected{at.id, {errc::kBufferFull, "DeMLS: too many commits of this epoch wait for something"}});
  at.blocked.push_back({std::move(content), commit, std::move(inner_hash)});
  if (waits.psks.empty()) return out.push_back(Waiting{at.id, 0});
  out.push_back(CannotFollow{
      at.id, commit, {group::errc::kUnknownPsk, "RFC 9420 §12.4.2: a pre-shared key that this client does not hold"}});
}

void Session::State::retry_blocked(LiveEpoch& at, Events& out) {
  std::vector<BlockedCommit> again;
  again.swap(at.blocked);
  for (auto& blocked : again) receive_commit(at, std::move(blocked.content), std::move(blocked.inner_hash), out);
}

void Session::State::settle(Events& out) {
  while (!released.empty()) {
    ReceivedDmlsMessage next = std::move(released.front());
    released.pop_front();
    take(std::move(next), out);
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
  state_->take(*std::move(message), out);
  state_->settle(out);
  return out;
}

Events Session::retry() {
  Events out;
  std::vector<NodeId> nodes;
  for (const auto& entry : state_->live) nodes.push_back(entry.first);
  for (const NodeId& node : nodes)
    if (LiveEpoch* at = state_->find(node)) state_->retry_blocked(*at, out);
  state_->settle(out);
  return out;
}

}  // namespace dmls::fork
