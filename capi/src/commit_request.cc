#include "boundary.h"

using namespace dmls;
using namespace dmls::capi;

extern "C" {

dmls_error dmls_commit_request_new(dmls_commit_request** out) noexcept {
  DMLS_NEED(reset(out));
  *out = new dmls_commit_request{};
  return kOk;
}
void dmls_commit_request_free(dmls_commit_request* request) noexcept { delete request; }

dmls_error dmls_commit_request_add(dmls_commit_request* request, const uint8_t* key_package, size_t size) noexcept {
  DMLS_NEED(request != nullptr);
  DMLS_READ(key_package, size);
  request->request.add(view(key_package, size));
  return kOk;
}
dmls_error dmls_commit_request_remove(dmls_commit_request* request, uint32_t leaf) noexcept {
  DMLS_NEED(request != nullptr);
  const auto index = group::LeafIndex::from(leaf);
  if (!index) return to_c(kNoLeaf);
  request->request.remove(*index);
  return kOk;
}
dmls_error dmls_commit_request_external_psk(dmls_commit_request* request, const uint8_t* psk_id, size_t size) noexcept {
  DMLS_NEED(request != nullptr);
  DMLS_READ(psk_id, size);
  request->request.external_psk(view(psk_id, size));
  return kOk;
}
dmls_error dmls_commit_request_resumption_psk(dmls_commit_request* request, const uint8_t* group_id, size_t size,
                                              uint64_t epoch) noexcept {
  DMLS_NEED(request != nullptr);
  DMLS_READ(group_id, size);
  request->request.resumption_psk(view(group_id, size), epoch);
  return kOk;
}
dmls_error dmls_commit_request_extension(dmls_commit_request* request, uint16_t type, const uint8_t* data,
                                         size_t size) noexcept {
  DMLS_NEED(request != nullptr);
  DMLS_READ(data, size);
  request->extensions.push_back({static_cast<treekem::ExtensionType>(type), to_bytes(view(data, size))});
  request->request.group_context_extensions(request->extensions);
  return kOk;
}
dmls_error dmls_commit_request_custom(dmls_commit_request* request, uint16_t type, const uint8_t* payload,
                                      size_t size) noexcept {
  DMLS_NEED(request != nullptr);
  DMLS_READ(payload, size);
  request->request.custom({static_cast<group::ProposalType>(type), to_bytes(view(payload, size))});
  return kOk;
}
dmls_error dmls_commit_request_reinit(dmls_commit_request* request, const uint8_t* group_id, size_t size,
                                      uint16_t suite) noexcept {
  DMLS_NEED(request != nullptr);
  DMLS_READ(group_id, size);
  group::ReInit reinit;
  reinit.group_id = to_bytes(view(group_id, size));
  reinit.cipher_suite = static_cast<crypto::CipherSuiteId>(suite);
  request->request.reinit(std::move(reinit));
  return kOk;
}
dmls_error dmls_commit_request_identity(dmls_commit_request* request, const dmls_config* config) noexcept {
  DMLS_NEED(request != nullptr && config != nullptr);
  auto identity = config->identity();
  DMLS_RETURN_IF(identity);
  request->request.identity(*std::move(identity));
  return kOk;
}
dmls_error dmls_commit_request_option(dmls_commit_request* request, dmls_commit_option option) noexcept {
  DMLS_NEED(request != nullptr);
  switch (option) {
    case DMLS_COMMIT_LEAVE_PENDING: request->request.pending(group::PendingProposals::leave); return kOk;
    case DMLS_COMMIT_PATH_IF_REQUIRED: request->request.path(group::PathChoice::when_required); return kOk;
    case DMLS_COMMIT_TREE_ASIDE: request->request.tree(group::TreeDelivery::aside); return kOk;
    case DMLS_COMMIT_WELCOME_FOR_EACH: request->request.welcomes(group::WelcomeSplit::one_each); return kOk;
    case DMLS_COMMIT_PUBLIC: request->request.handshake(group::HandshakeFormat::public_message); return kOk;
  }
  return to_c(kEnum);
}
dmls_error dmls_commit_request_authenticated_data(dmls_commit_request* request, const uint8_t* data,
                                                  size_t size) noexcept {
  DMLS_NEED(request != nullptr);
  DMLS_READ(data, size);
  request->request.authenticated_data(view(data, size));
  return kOk;
}

}  // extern "C"
