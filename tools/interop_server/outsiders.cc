// What is proposed from outside of a group. RFC 9420 §12.1.8
#include <dmls/group/external_proposal.h>
#include <dmls/group/observer.h>
#include <dmls/group/policy.h>

#include "key_packages.h"
#include "operations.h"
#include "terms.h"

namespace dmls::interop {
namespace {

// The place of a sender in the external_senders of a group: the one that was named, if it is there, or the first. The
// runner of the working group names none.
std::uint32_t index_of(const treekem::ExternalSender& sender, const group::PublicEpoch& epoch, std::uint32_t named) {
  const auto list = treekem::get_extension<treekem::ExternalSenders>(epoch.extensions);
  if (list && *list) {
    const auto& senders = (*list)->external_senders;
    if (named < senders.size() && senders[named] == sender) return named;
    for (std::uint32_t index = 0; index < senders.size(); ++index)
      if (senders[index] == sender) return index;
  }
  throw BadRequest{"the signer is not among the group's external senders"};
}

}  // namespace

Result<mls_client::NewMemberAddProposalResponse> new_member_add_proposal(
    States& states, const mls_client::NewMemberAddProposalRequest& request) {
  DMLS_TRY(const auto info, body_of<group::GroupInfo>(request.group_info()));
  DMLS_TRY(auto party, states.new_party(info.group_context.cipher_suite, request.identity()));
  DMLS_TRY(const auto bundle, new_key_package(*party));
  group::PublicMessage message{{info.group_context.group_id,
                                info.group_context.epoch,
                                group::NewMemberProposal{},
                                {},
                                group::ProposalContent{group::Add{bundle.key_package}}},
                               {},
                               std::nullopt};
  const Bytes tbs = group::framed_content_tbs(group::WireFormat::mls_public_message, message.content, {});
  DMLS_TRY(message.auth.signature, crypto::sign_with_label(*party->config.signer, "FramedContentTBS", tbs));
  mls_client::NewMemberAddProposalResponse out;
  out.set_proposal(text(tls_codec::encode(group::MlsMessage{std::move(message)})));
  out.set_init_priv(text(bundle.init.private_key.expose()));
  out.set_encryption_priv(text(bundle.encryption.private_key.expose()));
  out.set_signature_priv(text(party->keys.private_key.expose()));
  out.set_transaction_id(states.add(Invited{std::move(party)}));
  return out;
}

Result<mls_client::CreateExternalSignerResponse> create_external_signer(
    States& states, const mls_client::CreateExternalSignerRequest& request) {
  DMLS_TRY(auto party, states.new_party(suite_of(request.cipher_suite()), request.identity()));
  const auto& signer = party->config.signer;
  Outsider outsider{signer, {signer->public_key(), party->config.credential}, party->config.suite};
  mls_client::CreateExternalSignerResponse out;
  out.set_external_sender(text(tls_codec::encode(outsider.identity)));
  out.set_signer_id(states.add(std::move(outsider)));
  return out;
}

// The GroupInfo is checked as somebody does who follows a group from outside; members are named by what it shows.
Result<mls_client::ProposalResponse> external_signer_proposal(
    States& states, const mls_client::ExternalSignerProposalRequest& request) {
  const Outsider& outsider = states.outsider(request.signer_id());
  group::ObserverConfig config;
  config.policy = std::make_shared<group::AcceptEverything>();
  DMLS_TRY(const auto observer, group::Observer::create(std::move(config), as_bytes(request.group_info()),
                                                        as_bytes(request.ratchet_tree())));
  const group::PublicEpoch& epoch = *observer.public_epoch();
  const std::uint32_t index = index_of(outsider.identity, epoch, request.signer_index());
  DMLS_TRY(auto proposal, proposal_of(request.description(), {epoch.context.group_id, observer.members()}));
  if (auto* psk = std::get_if<group::PreSharedKey>(&proposal)) {
    DMLS_TRY(psk->psk.psk_nonce, states.random()->bytes(epoch.suite.hash_length()));
  }
  DMLS_TRY(const Bytes message, group::make_external_proposal({epoch.context.group_id, epoch.context.epoch, index},
                                                              std::move(proposal), *outsider.signer));
  mls_client::ProposalResponse out;
  out.set_proposal(text(message));
  return out;
}

}  // namespace dmls::interop
