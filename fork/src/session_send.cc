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
                          authenticated_data, *config.signer));
  DMLS_TRY(auto message, at->epoch.protect(content, 0, *config.random));
  return encode_dmls_message({std::move(message), at->id});
}

Result<Bytes> Session::propose(group::Proposal proposal, group::WireFormat format) {
  DMLS_TRY(LiveEpoch * at, state_->need(head()));
  DMLS_CHECK(check_may_send(*at));
  if (const auto* extensions = std::get_if<group::GroupContextExtensions>(&proposal))
    DMLS_CHECK(check_signalling_kept(at->epoch.shared().extensions, extensions->extensions));
  const auto& config = *state_->config;
  DMLS_TRY(auto content, at->epoch.sign(format, group::ProposalContent{std::move(proposal)}, {}, *config.signer));
  DMLS_TRY(auto message, at->epoch.protect(content, 0, *config.random));
  DMLS_CHECK(at->proposals.add({group::make_proposal_ref(state_->suite, content),
                                std::move(std::get_if<group::ProposalContent>(&content.content.content)->proposal),
                                content.content.sender}));
  return encode_dmls_message({std::move(message), at->id});
}

Result<Bytes> Session::propose_update(group::WireFormat format) {
  DMLS_TRY(LiveEpoch * at, state_->need(head()));
  const auto& config = *state_->config;
  const auto present = at->epoch.shared().tree.leaf(at->epoch.own_leaf());
  if (!present) return fail(group::errc::kRemoved, "this client is not a member of the group");
  DMLS_TRY(auto pair, crypto::generate_hpke_key_pair(state_->suite, *config.random));
  treekem::LeafNode leaf = present->node();
  leaf.encryption_key = pair.public_key;
  leaf.leaf_node_source = treekem::LeafFromUpdate{};
  DMLS_CHECK(
      treekem::sign_leaf_node(leaf, *config.signer, treekem::LeafPosition{state_->group_id, at->epoch.own_leaf()}));
  DMLS_TRY(auto message, propose(group::Update{std::move(leaf)}, format));
  at->proposals.add_own_update(at->proposals.all().back()->reference, std::move(pair));
  return message;
}

}  // namespace dmls::fork
