// From one epoch to the next.
#include "commits.h"

#include "operations.h"
#include "terms.h"

namespace dmls::interop {
namespace {

// The names of the proposals in these messages; those that are not known yet are taken in. Everybody gets all of them,
// their authors too.
Result<std::vector<group::ProposalRef>> references_of(Member& member,
                                                      const google::protobuf::RepeatedPtrField<std::string>& messages) {
  std::vector<group::ProposalRef> out;
  for (const std::string& message : messages) {
    auto known = member.proposals.find(as_bytes(message));
    if (known == member.proposals.end()) {
      DMLS_TRY(const auto event, member.group.process(as_bytes(message)));
      const auto* proposal = std::get_if<group::ReceivedProposal>(&event);
      if (proposal == nullptr) throw BadRequest{"a message carries no proposal of the present epoch"};
      known = member.proposals.emplace(octets(message), proposal->reference).first;
    }
    out.push_back(known->second);
  }
  return out;
}

mls_client::HandleCommitResponse entered(std::uint32_t state_id, const Member& member) {
  mls_client::HandleCommitResponse out;
  out.set_state_id(state_id);
  out.set_epoch_authenticator(epoch_authenticator(member));
  return out;
}

}  // namespace

Result<group::Transition> staged(Member& member, const mls_client::HandleCommitRequest& request) {
  DMLS_CHECK(references_of(member, request.proposal()));
  DMLS_TRY(auto event, member.group.process(as_bytes(request.commit())));
  if (auto* transition = std::get_if<group::Transition>(&event)) return std::move(*transition);
  if (const auto* waiting = std::get_if<group::WaitingCommit>(&event))
    throw BadRequest{"the commit names " + std::to_string(waiting->missing().proposals.size()) + " proposals and " +
                     std::to_string(waiting->missing().psks.size()) + " PSKs that this member does not have"};
  throw BadRequest{"the message carries no commit of the present epoch"};
}

group::Transition take_pending(Member& member) {
  if (!member.pending) throw BadRequest{"no commit of this member's own waits"};
  group::Transition transition = *std::move(member.pending);
  member.pending.reset();
  return transition;
}

Result<void> merge(Member& member, group::Transition transition) {
  DMLS_CHECK(member.group.merge(std::move(transition)));
  member.pending.reset();
  member.proposals.clear();
  return {};
}

std::string epoch_authenticator(const Member& member) {
  if (member.group.status() == group::GroupStatus::removed) return {};
  return text(member.group.epoch_authenticator().expose());
}

// Commits exactly what is listed. The member stays in its epoch until the commit is handled. A later one takes the
// place of an earlier one.
Result<mls_client::CommitResponse> commit(States& states, const mls_client::CommitRequest& request) {
  const auto member = states.member(request.state_id());
  group::CommitRequest what;
  for (const auto& proposal : request.by_value()) add_by_value(what, proposal, member->group);
  DMLS_TRY(auto references, references_of(*member, request.by_reference()));
  what.references(std::move(references))
      .path(request.force_path() ? group::PathChoice::always : group::PathChoice::when_required)
      .tree(tree_delivery_of(request.external_tree()))
      .handshake(member->handshake);
  DMLS_TRY(auto transition, member->group.commit(what));
  mls_client::CommitResponse out;
  out.set_commit(text(transition.message()));
  out.set_welcome(text(transition.welcome()));
  if (request.external_tree()) out.set_ratchet_tree(text(transition.ratchet_tree()));
  member->pending = std::move(transition);
  return out;
}

Result<mls_client::HandleCommitResponse> handle_commit(States& states, const mls_client::HandleCommitRequest& request) {
  const auto member = states.member(request.state_id());
  DMLS_TRY(auto transition, staged(*member, request));
  DMLS_CHECK(merge(*member, std::move(transition)));
  return entered(request.state_id(), *member);
}

Result<mls_client::HandleCommitResponse> handle_pending_commit(States& states,
                                                               const mls_client::HandlePendingCommitRequest& request) {
  const auto member = states.member(request.state_id());
  DMLS_CHECK(merge(*member, take_pending(*member)));
  return entered(request.state_id(), *member);
}

}  // namespace dmls::interop
