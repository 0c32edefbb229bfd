#pragma once
// What a client supports. RFC 9420 §7.2, §11.1

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/crypto/protocol_version.h>
#include <dmls/crypto/provider.h>
#include <dmls/crypto/suite.h>
#include <dmls/tls_codec/codec.h>
#include <dmls/treekem/credential.h>
#include <dmls/treekem/extension_type.h>
#include <dmls/treekem/proposal_type.h>

#include <tuple>
#include <vector>

namespace dmls::treekem {

// Capabilities lists code points; unknown ones are kept and otherwise ignored. supports() answers true for the default
// extension and proposal types, which are never listed. Lookups are linear in the list.
struct Capabilities {
  std::vector<crypto::ProtocolVersion> versions;     // ProtocolVersion<V>
  std::vector<crypto::CipherSuiteId> cipher_suites;  // CipherSuite<V>
  std::vector<ExtensionType> extensions;             // ExtensionType<V>; no default types
  std::vector<ProposalType> proposals;               // ProposalType<V>; no default types
  std::vector<CredentialType> credentials;           // CredentialType<V>; that of the leaf's own credential is one

  // Whether it is listed.
  [[nodiscard]] bool supports(crypto::ProtocolVersion) const;
  // Whether it is listed.
  [[nodiscard]] bool supports(crypto::CipherSuiteId) const;
  // Whether it is listed or a default type.
  [[nodiscard]] bool supports(ExtensionType) const;
  // Whether it is listed or a default type.
  [[nodiscard]] bool supports(ProposalType) const;
  // Whether it is listed; no credential type is a default.
  [[nodiscard]] bool supports(CredentialType) const;

  static constexpr auto fields(auto& s) {
    return std::tie(s.versions, s.cipher_suites, s.extensions, s.proposals, s.credentials);
  }
  bool operator==(const Capabilities&) const = default;
};

// What this library supports with `provider`: mls10, every registered suite that the provider has all algorithms of,
// last_resort_key_package, no further proposals, basic and x509 credentials. Add what the application supports; GREASE
// values are added to the copy that is sent (<dmls/treekem/grease.h>), never here (RFC 9420 §13.5).
[[nodiscard]] Capabilities default_capabilities(const crypto::Provider& provider = crypto::default_provider());

// True if a default extension or proposal type is listed: senders MUST NOT (RFC 9420 §7.2). Receivers take no harm, so
// received leaves are not refused for it.
[[nodiscard]] bool lists_default_types(const Capabilities&);

// CapabilitiesView borrows an encoded Capabilities; nothing it does allocates. Lookups are linear in the list.
struct CapabilitiesView {
  BytesView versions;       // the content of the vector: big-endian 16-bit code points
  BytesView cipher_suites;  // likewise
  BytesView extensions;     // likewise
  BytesView proposals;      // likewise
  BytesView credentials;    // likewise
  BytesView encoded;        // the whole struct; equal octets are equal capabilities

  // From the front of what is left to read. An error of the codec; kTruncated for a list with half a code point.
  static Result<CapabilitiesView> read(tls_codec::Reader&);

  // Whether it is listed.
  [[nodiscard]] bool supports(crypto::ProtocolVersion) const;
  // Whether it is listed.
  [[nodiscard]] bool supports(crypto::CipherSuiteId) const;
  // Whether it is listed or a default type.
  [[nodiscard]] bool supports(ExtensionType) const;
  // Whether it is listed or a default type.
  [[nodiscard]] bool supports(ProposalType) const;
  // Whether it is listed; no credential type is a default.
  [[nodiscard]] bool supports(CredentialType) const;

  // Calls each(CredentialType) for every listed credential type, in order, repetitions included.
  void for_each_credential(auto&& each) const {
    for (std::size_t i = 0; i + 1 < credentials.size(); i += 2)
      each(static_cast<CredentialType>((credentials[i] << 8) | credentials[i + 1]));
  }
};

}  // namespace dmls::treekem
