#include <dmls/treekem/required_capabilities.h>

#include "code_points.h"

namespace dmls::treekem {

// RFC 9420 §7.3, §11.1
Result<void> check_required_capabilities(const RequiredCapabilities& required, const CapabilitiesView& capabilities) {
  const CodePointLookup extensions(capabilities.extensions, required.extension_types.size());
  for (const ExtensionType type : required.extension_types)
    if (!is_default(type) && !extensions.contains(static_cast<std::uint16_t>(type)))
      return fail(errc::kUnsupportedCapability, "RFC 9420 §7.3: a required extension type is not listed");

  const CodePointLookup proposals(capabilities.proposals, required.proposal_types.size());
  for (const ProposalType type : required.proposal_types)
    if (!is_default(type) && !proposals.contains(static_cast<std::uint16_t>(type)))
      return fail(errc::kUnsupportedCapability, "RFC 9420 §7.3: a required proposal type is not listed");

  const CodePointLookup credentials(capabilities.credentials, required.credential_types.size());
  for (const CredentialType type : required.credential_types)
    if (!credentials.contains(static_cast<std::uint16_t>(type)))
      return fail(errc::kUnsupportedCapability, "RFC 9420 §7.3: a required credential type is not listed");
  return {};
}

Result<void> check_required_capabilities(const RequiredCapabilities& required, const Capabilities& capabilities) {
  const Bytes encoded = tls_codec::encode(capabilities);
  tls_codec::Reader in(encoded);
  DMLS_TRY(const auto view, CapabilitiesView::read(in));
  return check_required_capabilities(required, view);
}

}  // namespace dmls::treekem
