// What a group sends besides commits.
#include <dmls/group/group.h>
#include <dmls/treekem/leaf_node.h>

#include "group_past.h"
#include "group_store.h"
#include "pending.h"

namespace dmls::group {

Result<Bytes> Group::protect(BytesView data, BytesView authenticated_data) {
  DMLS_CHECK(check_active());
  if (!committable(epoch_.shared(), own_leaf(), proposals_, {}, Judgement::own(*config_)).empty())
    return fail(errc::kCommitFirst,
                "RFC 9420 §12.4: proposals wait, which are committed before application data is sent");
  DMLS_TRY(const auto content, epoch_.sign(WireFormat::mls_private_message, ApplicationData{to_bytes(data)},
                                           authenticated_data, *config_->signer));
  DMLS_TRY(const auto message, epoch_.protect(content, *config_->padding, *config_->random));
  DMLS_CHECK(save_sent({}));
  return tls_codec::encode(message);
}

Result<SentProposal> Group::propose(Proposal proposal, const ProposalOptions& options) {
  if (std::holds_alternative<Update>(proposal))
    return fail(dmls::errc::kMisuse, "an Update needs its private key: propose_update()");
  if (std::holds_alternative<ExternalInit>(proposal))
    return fail(dmls::errc::kMisuse, "RFC 9420 §12.1.6: an ExternalInit is never sent as a proposal");
  if (auto* psk = std::get_if<PreSharedKey>(&proposal); psk != nullptr && psk->psk.psk_nonce.empty()) {
    DMLS_TRY(psk->psk.psk_nonce, config_->random->bytes(suite().hash_length()));
  }
  return send_proposal(std::move(proposal), options, std::nullopt);
}

Result<SentProposal> Group::propose_update(const ProposalOptions& options, std::optional<SigningIdentity> identity) {
  DMLS_CHECK(check_active());
  const auto present = epoch_.shared().tree.leaf(own_leaf());
  if (!present) return fail(errc::kRemoved, "this client is not a member of the group");
  const crypto::Signer& signer = identity ? *identity->signer : *config_->signer;
  DMLS_TRY(auto pair, crypto::generate_hpke_key_pair(suite(), *config_->random));
  treekem::LeafNode leaf = present->node();
  leaf.encryption_key = pair.public_key;
  leaf.leaf_node_source = treekem::LeafFromUpdate{};
  leaf.signature_key = signer.public_key();
  if (identity) leaf.credential = identity->credential;
  DMLS_CHECK(treekem::sign_leaf_node(leaf, signer, treekem::LeafPosition{group_id(), own_leaf()}));
  return send_proposal(Update{std::move(leaf)}, options, OwnUpdate{std::move(pair), std::move(identity)});
}

Result<SentProposal> Group::send_proposal(Proposal proposal, const ProposalOptions& options,
                                          std::optional<OwnUpdate> own_update) {
  DMLS_CHECK(check_active());
  DMLS_TRY(auto content, epoch_.sign(wire_format_of(options.handshake), ProposalContent{std::move(proposal)},
                                     options.authenticated_data, *config_->signer));
  SentProposal out{{}, make_proposal_ref(suite(), content)};
  StoredProposal stored{out.reference, std::get_if<ProposalContent>(&content.content.content)->proposal,
                        content.content.sender, options.authenticated_data};
  // What others would refuse is not sent.
  DMLS_CHECK(check_proposal(epoch_.shared(), stored, *config_));
  DMLS_CHECK(proposals_.check_room(stored.reference));
  DMLS_TRY(const auto message, epoch_.protect(content, *config_->padding, *config_->random));
  storage::Batch batch;
  if (stored_)
    batch.put(stored_->below("q", stored_->take_number()), record_of(stored, own_update ? &*own_update : nullptr));
  DMLS_CHECK(save_sent(std::move(batch)));
  DMLS_CHECK(proposals_.add(std::move(stored)));
  if (own_update) proposals_.add_own_update(out.reference, *std::move(own_update));
  out.message = tls_codec::encode(message);
  return out;
}

}  // namespace dmls::group
