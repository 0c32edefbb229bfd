#include <dmls/group/own_message.h>
#include <dmls/group/transition.h>
#include <dmls/treekem/leaf_node.h>

#include "pending.h"

namespace dmls::group {

Result<MlsMessage> make_application_message(Epoch& epoch, BytesView data, BytesView authenticated_data,
                                            const ClientConfig& config) {
  DMLS_TRY(const auto content, epoch.sign(WireFormat::mls_private_message, ApplicationData{to_bytes(data)},
                                          authenticated_data, *config.signer));
  return epoch.protect(content, *config.padding, *config.random);
}

bool commit_comes_first(const Epoch& epoch, const ProposalStore& proposals, const ClientConfig& config) {
  return !committable(epoch.shared(), epoch.own_leaf(), proposals, {}, Judgement::own(config)).empty();
}

Result<OwnProposal> make_proposal(Epoch& epoch, Proposal proposal, const ProposalOptions& options,
                                  const ProposalStore& store, const ClientConfig& config) {
  if (std::holds_alternative<ExternalInit>(proposal))
    return fail(dmls::errc::kMisuse, "RFC 9420 §12.1.6: an ExternalInit is never sent as a proposal");
  if (auto* psk = std::get_if<PreSharedKey>(&proposal); psk != nullptr && psk->psk.psk_nonce.empty()) {
    DMLS_TRY(psk->psk.psk_nonce, config.random->bytes(epoch.suite().hash_length()));
  }
  DMLS_TRY(auto content, epoch.sign(wire_format_of(options.handshake), ProposalContent{std::move(proposal)},
                                    options.authenticated_data, *config.signer));
  StoredProposal stored{make_proposal_ref(epoch.suite(), content),
                        std::get_if<ProposalContent>(&content.content.content)->proposal, content.content.sender,
                        options.authenticated_data};
  // What others would refuse is not sent.
  DMLS_CHECK(check_proposal(epoch.shared(), stored, config));
  DMLS_CHECK(store.check_room(stored.reference));
  DMLS_TRY(auto message, epoch.protect(content, *config.padding, *config.random));
  return OwnProposal{std::move(message), std::move(stored)};
}

Result<FreshLeaf> make_update(const Epoch& epoch, const ClientConfig& config, std::optional<SigningIdentity> identity) {
  const auto present = epoch.shared().tree.leaf(epoch.own_leaf());
  if (!present) return fail(errc::kRemoved, "this client is not a member of the group");
  const crypto::Signer& signer = identity ? *identity->signer : *config.signer;
  DMLS_TRY(auto pair, crypto::generate_hpke_key_pair(epoch.suite(), *config.random));
  treekem::LeafNode leaf = present->node();
  leaf.encryption_key = pair.public_key;
  leaf.leaf_node_source = treekem::LeafFromUpdate{};
  leaf.signature_key = signer.public_key();
  if (identity) leaf.credential = identity->credential;
  DMLS_CHECK(
      treekem::sign_leaf_node(leaf, signer, treekem::LeafPosition{epoch.shared().context.group_id, epoch.own_leaf()}));
  return FreshLeaf{Update{std::move(leaf)}, OwnUpdate{std::move(pair), std::move(identity)}};
}

}  // namespace dmls::group
