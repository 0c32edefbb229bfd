// What a member does within an epoch.
#include "operations.h"
#include "terms.h"

namespace dmls::interop {

Result<mls_client::GroupInfoResponse> group_info(States& states, const mls_client::GroupInfoRequest& request) {
  const auto member = states.member(request.state_id());
  DMLS_TRY(const Bytes info,
           member->group.group_info(tree_delivery_of(request.external_tree()), group::ExternalJoins::allowed));
  mls_client::GroupInfoResponse out;
  out.set_group_info(text(info));
  if (request.external_tree()) out.set_ratchet_tree(text(member->group.ratchet_tree()));
  return out;
}

Result<mls_client::StateAuthResponse> state_auth(States& states, const mls_client::StateAuthRequest& request) {
  mls_client::StateAuthResponse out;
  out.set_state_auth_secret(text(states.member(request.state_id())->group.epoch_authenticator().expose()));
  return out;
}

Result<mls_client::ExportResponse> export_secret(States& states, const mls_client::ExportRequest& request) {
  DMLS_TRY(const auto secret, states.member(request.state_id())
                                  ->group.export_secret(request.label(), as_bytes(request.context()),
                                                        static_cast<std::size_t>(request.key_length())));
  mls_client::ExportResponse out;
  out.set_exported_secret(text(secret.expose()));
  return out;
}

Result<mls_client::ProtectResponse> protect(States& states, const mls_client::ProtectRequest& request) {
  DMLS_TRY(const Bytes message,
           states.member(request.state_id())
               ->group.protect(as_bytes(request.plaintext()), as_bytes(request.authenticated_data())));
  mls_client::ProtectResponse out;
  out.set_ciphertext(text(message));
  return out;
}

Result<mls_client::UnprotectResponse> unprotect(States& states, const mls_client::UnprotectRequest& request) {
  DMLS_TRY(const auto event, states.member(request.state_id())->group.process(as_bytes(request.ciphertext())));
  const auto* message = std::get_if<group::ApplicationMessage>(&event);
  if (message == nullptr) throw BadRequest{"the message carries no application data that can be read in this state"};
  mls_client::UnprotectResponse out;
  out.set_plaintext(text(message->data));
  out.set_authenticated_data(text(message->authenticated_data));
  return out;
}

// A client has its PSKs in all its groups, and before it has joined any.
Result<mls_client::StorePSKResponse> store_psk(States& states, const mls_client::StorePSKRequest& request) {
  DMLS_CHECK(
      states.party(request.state_or_transaction_id())
          .client.add_psk(as_bytes(request.psk_id()), keyschedule::Psk(SecretBytes(as_bytes(request.psk_secret())))));
  return mls_client::StorePSKResponse{};
}

}  // namespace dmls::interop
