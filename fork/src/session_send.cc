#include <dmls/group/own_message.h>

#include "session_state.h"

namespace dmls::fork {
namespace {

Result<void> check_may_send(const LiveEpoch& at) {
  if (at.removed_here) return fail(group::errc::kRemoved, "this client was removed from this epoch's branch");
  if (at.closed) return fail(group::errc::kClosed, "RFC 9420 §12.4.2: this epoch ended with a ReInit");
  return {};
}

}  // namespace

Result<Bytes> Session::protect(BytesView data, BytesView authenticated_data) {
  return protect_in(head(), data, authenticated_data);
}

Result<Bytes> Session::protect_in(const NodeId& id, BytesView data, BytesView authenticated_data) {
  DMLS_TRY(LiveEpoch * at, state_->need(id));
  DMLS_CHECK(check_may_send(*at));
  const group::ClientConfig mine = state_->config_at(*at);
  // An epoch that was left keeps the proposals that its commits named, and others may name yet.
  if (!at->left_at && group::commit_comes_first(at->epoch, at->proposals, mine))
    return fail(group::errc::kCommitFirst,
                "RFC 9420 §12.4: proposals wait, which are committed before application data is sent");
  DMLS_TRY(auto message, group::make_application_message(at->epoch, data, authenticated_data, mine));
  Step step(*at);
  Events none;
  DMLS_CHECK(state_->write(step, none));
  return encode_dmls_message({std::move(message), at->id});
}

Result<group::SentProposal> Session::propose(group::Proposal proposal, const group::ProposalOptions& options) {
  if (std::holds_alternative<group::Update>(proposal))
    return fail(dmls::errc::kMisuse, "an Update needs its private key: propose_update()");
  DMLS_TRY(LiveEpoch * at, state_->need(head()));
  return state_->propose(*at, std::move(proposal), options, std::nullopt);
}

Result<group::SentProposal> Session::propose_update(const group::ProposalOptions& options,
                                                    std::optional<group::SigningIdentity> identity) {
  DMLS_TRY(LiveEpoch * at, state_->need(head()));
  DMLS_TRY(auto fresh, group::make_update(at->epoch, state_->config_at(*at), std::move(identity)));
  return state_->propose(*at, std::move(fresh.proposal), options, std::move(fresh.behind));
}

Result<group::SentProposal> Session::State::propose(LiveEpoch& at, group::Proposal proposal,
                                                    const group::ProposalOptions& how,
                                                    std::optional<group::OwnUpdate> own_update) {
  DMLS_CHECK(check_may_send(at));
  if (const auto* extensions = std::get_if<group::GroupContextExtensions>(&proposal))
    DMLS_CHECK(check_signalling_kept(at.epoch.shared().extensions, extensions->extensions));
  DMLS_TRY(auto made, group::make_proposal(at.epoch, std::move(proposal), how, at.proposals, config_at(at)));
  Step step(at);
  const std::uint64_t number = next_number++;
  if (stored)
    step.batch.put(storage::below(stored->of_epoch(at.id, "q"), number),
                   group::record_of(made.stored, own_update ? &*own_update : nullptr));
  Events none;
  DMLS_CHECK(write(step, none));
  group::ProposalRef reference = made.stored.reference;
  DMLS_CHECK(at.proposals.add(std::move(made.stored)));
  if (own_update) at.proposals.add_own_update(reference, *std::move(own_update));
  return group::SentProposal{encode_dmls_message({std::move(made.message), at.id}), std::move(reference)};
}

}  // namespace dmls::fork
