#pragma once
// What a group demands of every member. RFC 9420 §11.1

#include <dmls/base/result.h>
#include <dmls/treekem/capabilities.h>
#include <dmls/treekem/error.h>
#include <dmls/treekem/extension.h>

#include <tuple>
#include <vector>

namespace dmls::treekem {

// The required_capabilities extension of a GroupContext. Default types may be named, and every client has them.
struct RequiredCapabilities {
  // In a GroupContext.
  static constexpr ExtensionType kExtensionType = ExtensionType::required_capabilities;
  std::vector<ExtensionType> extension_types;    // ExtensionType<V>
  std::vector<ProposalType> proposal_types;      // ProposalType<V>
  std::vector<CredentialType> credential_types;  // CredentialType<V>
  static constexpr auto fields(auto& s) { return std::tie(s.extension_types, s.proposal_types, s.credential_types); }
  bool operator==(const RequiredCapabilities&) const = default;
};

// kUnsupportedCapability if `capabilities` lacks anything that is required.
Result<void> check_required_capabilities(const RequiredCapabilities&, const CapabilitiesView& capabilities);
// The same; encodes them first.
Result<void> check_required_capabilities(const RequiredCapabilities&, const Capabilities& capabilities);

}  // namespace dmls::treekem
