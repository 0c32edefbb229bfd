#include <dmls/treekem/capabilities.h>

#include <algorithm>

#include "code_points.h"

namespace dmls::treekem {
namespace {

template <class T>
bool contains(const std::vector<T>& list, T value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// The content of a vector of 16-bit code points.
Result<BytesView> read_list(tls_codec::Reader& in) {
  DMLS_TRY(const BytesView list, tls_codec::read_opaque(in));
  if (list.size() % 2 != 0)
    return fail(tls_codec::errc::kTruncated, "RFC 9420 §7.2: a list of code points ends inside one");
  return list;
}

}  // namespace

bool Capabilities::supports(crypto::ProtocolVersion version) const { return contains(versions, version); }
bool Capabilities::supports(crypto::CipherSuiteId suite) const { return contains(cipher_suites, suite); }
bool Capabilities::supports(ExtensionType type) const { return is_default(type) || contains(extensions, type); }
bool Capabilities::supports(ProposalType type) const { return is_default(type) || contains(proposals, type); }
bool Capabilities::supports(CredentialType type) const { return contains(credentials, type); }

Capabilities default_capabilities(const crypto::Provider& provider) {
  Capabilities capabilities;
  capabilities.versions = {crypto::ProtocolVersion::mls10};
  for (const auto& row : crypto::registered_suites())
    if (crypto::CipherSuite::find(row.id, provider)) capabilities.cipher_suites.push_back(row.id);
  capabilities.extensions = {ExtensionType::last_resort_key_package};
  capabilities.credentials = {CredentialType::basic, CredentialType::x509};
  return capabilities;
}

bool lists_default_types(const Capabilities& capabilities) {
  return std::any_of(capabilities.extensions.begin(), capabilities.extensions.end(),
                     [](ExtensionType type) { return is_default(type); }) ||
         std::any_of(capabilities.proposals.begin(), capabilities.proposals.end(),
                     [](ProposalType type) { return is_default(type); });
}

Result<CapabilitiesView> CapabilitiesView::read(tls_codec::Reader& in) {
  CapabilitiesView view;
  const BytesView before = in.rest();
  for (BytesView* list : {&view.versions, &view.cipher_suites, &view.extensions, &view.proposals, &view.credentials}) {
    DMLS_TRY(*list, read_list(in));
  }
  view.encoded = in.since(before);
  return view;
}

bool CapabilitiesView::supports(crypto::ProtocolVersion version) const {
  return lists(versions, static_cast<std::uint16_t>(version));
}
bool CapabilitiesView::supports(crypto::CipherSuiteId suite) const {
  return lists(cipher_suites, static_cast<std::uint16_t>(suite));
}
bool CapabilitiesView::supports(ExtensionType type) const {
  return is_default(type) || lists(extensions, static_cast<std::uint16_t>(type));
}
bool CapabilitiesView::supports(ProposalType type) const {
  return is_default(type) || lists(proposals, static_cast<std::uint16_t>(type));
}
bool CapabilitiesView::supports(CredentialType type) const {
  return lists(credentials, static_cast<std::uint16_t>(type));
}

}  // namespace dmls::treekem
