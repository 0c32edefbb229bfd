#include <dmls/tls_codec/codec.h>

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
  const auto& config = *state_->config;
  DMLS_TRY(const auto content,
           at->epoch.sign(group::WireFormat::mls_private_message, group::ApplicationData{to_bytes(data)},
                          authenticated_data, *at->identity.signer));
  DMLS_TRY(auto message, at->epoch.protect(content, *config.padding, *config.random));
  return encode_dmls_message({std::move(message), at->id});
}

Result<Bytes> Session::propose(group::Proposal proposal, group::HandshakeFormat format) {
  if (std::holds_alternative<group::Update>(proposal))
    return fail(dmls::errc::kMisuse, "an Update needs its private key: propose_update()");
  DMLS_TRY(auto sent, state_->propose(std::move(proposal), format));
  return std::move(sent.message);
}

Result<Bytes> Session::propose_update(group::HandshakeFormat format) {
  DMLS_TRY(LiveEpoch * at, state_->need(head()));
  const auto present = at->epoch.shared().tree.leaf(at->epoch.own_leaf());
  if (!present) return fail(group::errc::kRemoved, "this client is not a member of the group");
  DMLS_TRY(auto pair, crypto::generate_hpke_key_pair(state_->suite, *state_->config->random));
  treekem::LeafNode leaf = present->node();
  leaf.encryption_key = pair.public_key;
  leaf.leaf_node_source = treekem::LeafFromUpdate{};
  DMLS_CHECK(treekem::sign_leaf_node(leaf, *at->identity.signer,
                                     treekem::LeafPosition{state_->group_id, at->epoch.own_leaf()}));
  DMLS_TRY(auto sent, state_->propose(group::Update{std::move(leaf)}, format));
  at->proposals.add_own_update(sent.reference, {std::move(pair), std::nullopt});
  return std::move(sent.message);
}

// On the head.
Result<Session::State::SentProposal> Session::State::propose(group::Proposal proposal, group::HandshakeFormat format) {
  DMLS_TRY(LiveEpoch * at, need(head));
  DMLS_CHECK(check_may_send(*at));
  if (const auto* extensions = std::get_if<group::GroupContextExtensions>(&proposal))
    DMLS_CHECK(check_signalling_kept(at->epoch.shared().extensions, extensions->extensions));
  DMLS_TRY(auto content, at->epoch.sign(group::wire_format_of(format), group::ProposalContent{std::move(proposal)}, {},
                                        *at->identity.signer));
  SentProposal out{{}, group::make_proposal_ref(suite, content)};
  group::StoredProposal stored{out.reference,
                               std::get_if<group::ProposalContent>(&content.content.content)->proposal,
                               content.content.sender,
                               {}};
  // What others would refuse is not sent.
  DMLS_CHECK(group::check_proposal(at->epoch.shared(), stored, config_at(*at)));
  DMLS_TRY(auto message, at->epoch.protect(content, *config->padding, *config->random));
  DMLS_CHECK(at->proposals.add(std::move(stored)));
  out.message = encode_dmls_message({std::move(message), at->id});
  return out;
}

}  // namespace dmls::fork
