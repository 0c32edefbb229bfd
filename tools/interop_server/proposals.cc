// What a member proposes.
#include <dmls/group/key_package_octets.h>

#include "operations.h"
#include "terms.h"

namespace dmls::interop {
namespace {

Result<mls_client::ProposalResponse> sent(Member& member, Result<group::SentProposal> made) {
  if (!made) return fail(made.error());
  mls_client::ProposalResponse out;
  out.set_proposal(text(made->message));
  member.proposals.emplace(std::move(made->message), std::move(made->reference));
  return out;
}

Result<mls_client::ProposalResponse> propose(Member& member, group::Proposal proposal) {
  return sent(member, member.group.propose(std::move(proposal), {.handshake = member.handshake}));
}

}  // namespace

Result<mls_client::ProposalResponse> add_proposal(States& states, const mls_client::AddProposalRequest& request) {
  DMLS_TRY(auto package, group::decode_key_package(as_bytes(request.key_package())));
  return propose(*states.member(request.state_id()), group::Add{std::move(package)});
}

Result<mls_client::ProposalResponse> update_proposal(States& states, const mls_client::UpdateProposalRequest& request) {
  const auto member = states.member(request.state_id());
  return sent(*member, member->group.propose_update({.handshake = member->handshake}));
}

Result<mls_client::ProposalResponse> remove_proposal(States& states, const mls_client::RemoveProposalRequest& request) {
  const auto member = states.member(request.state_id());
  return propose(*member, group::Remove{leaf_of(member->group.members(), request.removed_id()).value()});
}

Result<mls_client::ProposalResponse> external_psk_proposal(States& states,
                                                           const mls_client::ExternalPSKProposalRequest& request) {
  return propose(*states.member(request.state_id()), external_psk(request.psk_id()));
}

Result<mls_client::ProposalResponse> resumption_psk_proposal(States& states,
                                                             const mls_client::ResumptionPSKProposalRequest& request) {
  const auto member = states.member(request.state_id());
  return propose(*member, resumption_psk(member->group.group_id(), request.epoch_id()));
}

Result<mls_client::ProposalResponse> group_context_extensions_proposal(
    States& states, const mls_client::GroupContextExtensionsProposalRequest& request) {
  return propose(*states.member(request.state_id()),
                 group::GroupContextExtensions{extensions_of(request.extensions())});
}

Result<mls_client::ProposalResponse> reinit_proposal(States& states, const mls_client::ReInitProposalRequest& request) {
  return propose(*states.member(request.state_id()),
                 group::ReInit{octets(request.group_id()), crypto::ProtocolVersion::mls10,
                               suite_of(request.cipher_suite()), extensions_of(request.extensions())});
}

// One more external sender, beside those and the other extensions that the group has. RFC 9420 §12.1.8.1
Result<mls_client::ProposalResponse> add_external_signer(States& states,
                                                         const mls_client::AddExternalSignerRequest& request) {
  const auto member = states.member(request.state_id());
  DMLS_TRY(auto sender, tls_codec::decode<treekem::ExternalSender>(as_bytes(request.external_sender())));
  treekem::ExtensionList extensions = member->group.extensions();
  DMLS_TRY(auto senders, treekem::get_extension<treekem::ExternalSenders>(extensions));
  if (!senders) senders.emplace();
  senders->external_senders.push_back(std::move(sender));
  treekem::set_extension(extensions, *senders);
  return propose(*member, group::GroupContextExtensions{std::move(extensions)});
}

}  // namespace dmls::interop
