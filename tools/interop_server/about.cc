#include "operations.h"

namespace dmls::interop {

Result<mls_client::NameResponse> name(States&, const mls_client::NameRequest&) {
  mls_client::NameResponse out;
  out.set_name("dmls");
  return out;
}

Result<mls_client::SupportedCiphersuitesResponse> supported_ciphersuites(
    States&, const mls_client::SupportedCiphersuitesRequest&) {
  mls_client::SupportedCiphersuitesResponse out;
  for (const auto& row : crypto::registered_suites())
    if (crypto::CipherSuite::find(row.id)) out.add_ciphersuites(static_cast<std::uint16_t>(row.id));
  return out;
}

// Transactions, re-initialisations and external signers can be given up in the same way.
Result<mls_client::FreeResponse> free(States& states, const mls_client::FreeRequest& request) {
  states.erase(request.state_id());
  return mls_client::FreeResponse{};
}

}  // namespace dmls::interop
