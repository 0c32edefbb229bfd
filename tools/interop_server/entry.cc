// Ways into a group.
#include "entry.h"

#include "key_packages.h"
#include "operations.h"
#include "terms.h"

namespace dmls::interop {

Result<std::shared_ptr<Member>> enter(const std::shared_ptr<Party>& party, group::Transition transition,
                                      group::HandshakeFormat handshake) {
  DMLS_TRY(auto group, party->client.enter(std::move(transition)));
  return std::make_shared<Member>(Member{party, std::move(group), handshake});
}

Result<mls_client::CreateGroupResponse> create_group(States& states, const mls_client::CreateGroupRequest& request) {
  DMLS_TRY(auto party, states.new_party(suite_of(request.cipher_suite()), request.identity()));
  DMLS_TRY(auto group, party->client.create_group(as_bytes(request.group_id())));
  mls_client::CreateGroupResponse out;
  out.set_state_id(states.add(
      std::make_shared<Member>(Member{std::move(party), std::move(group), handshake_of(request.encrypt_handshake())})));
  return out;
}

Result<mls_client::CreateKeyPackageResponse> create_key_package(States& states,
                                                                const mls_client::CreateKeyPackageRequest& request) {
  DMLS_TRY(auto party, states.new_party(suite_of(request.cipher_suite()), request.identity()));
  DMLS_TRY(const auto bundle, new_key_package(*party));
  mls_client::CreateKeyPackageResponse out;
  out.set_key_package(text(tls_codec::encode(group::MlsMessage{bundle.key_package})));
  out.set_init_priv(text(bundle.init.private_key.expose()));
  out.set_encryption_priv(text(bundle.encryption.private_key.expose()));
  out.set_signature_priv(text(party->keys.private_key.expose()));
  out.set_transaction_id(states.add(Invited{std::move(party)}));
  return out;
}

// The transaction ends where the state begins.
Result<mls_client::JoinGroupResponse> join_group(States& states, const mls_client::JoinGroupRequest& request) {
  const std::shared_ptr<Party> party = states.invited(request.transaction_id()).party;
  if (identity_of(party->config.credential) != request.identity())
    throw BadRequest{"the key package of this transaction has another identity"};
  DMLS_TRY(auto entry,
           party->client.join(as_bytes(request.welcome()), {.ratchet_tree = octets(request.ratchet_tree())}));
  DMLS_TRY(auto member, enter(party, std::move(entry), handshake_of(request.encrypt_handshake())));
  mls_client::JoinGroupResponse out;
  out.set_epoch_authenticator(text(member->group.epoch_authenticator().expose()));
  states.erase(request.transaction_id());
  out.set_state_id(states.add(std::move(member)));
  return out;
}

// A commit from outside is a PublicMessage in any case. RFC 9420 §12.4.3.2
Result<mls_client::ExternalJoinResponse> external_join(States& states, const mls_client::ExternalJoinRequest& request) {
  DMLS_TRY(const auto info, body_of<group::GroupInfo>(request.group_info()));
  DMLS_TRY(auto party, states.new_party(info.group_context.cipher_suite, request.identity()));
  group::ExternalCommitRequest how;
  how.resync = request.remove_prior() ? group::Resync::replace_own_leaf : group::Resync::no;
  for (const auto& psk : request.psks()) {
    DMLS_CHECK(
        party->client.add_psk(as_bytes(psk.psk_id()), keyschedule::Psk(SecretBytes(as_bytes(psk.psk_secret())))));
    how.external_psks.push_back(octets(psk.psk_id()));
  }
  DMLS_TRY(auto entry,
           party->client.join_by_commit(as_bytes(request.group_info()), how, as_bytes(request.ratchet_tree())));
  mls_client::ExternalJoinResponse out;
  out.set_commit(text(entry.message()));
  DMLS_TRY(auto member, enter(party, std::move(entry), handshake_of(request.encrypt_handshake())));
  out.set_epoch_authenticator(text(member->group.epoch_authenticator().expose()));
  out.set_state_id(states.add(std::move(member)));
  return out;
}

}  // namespace dmls::interop
