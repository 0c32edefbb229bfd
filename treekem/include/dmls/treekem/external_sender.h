#pragma once
// Who may propose from outside. RFC 9420 §12.1.8.1

#include <dmls/crypto/keys.h>
#include <dmls/treekem/credential.h>
#include <dmls/treekem/extension.h>

#include <tuple>
#include <vector>

namespace dmls::treekem {

// Somebody outside whom the members accept proposals from.
struct ExternalSender {
  crypto::SignaturePublicKey signature_key;  // opaque<V>; verifies what it sends
  Credential credential;                     // judged by the application when the extension is set
  static constexpr auto fields(auto& s) { return std::tie(s.signature_key, s.credential); }
  bool operator==(const ExternalSender&) const = default;
};

// ExternalSender external_senders<V>: the content of the external_senders extension of a GroupContext. It may be empty.
struct ExternalSenders {
  static constexpr ExtensionType kExtensionType = ExtensionType::external_senders;  // in a GroupContext
  std::vector<ExternalSender> external_senders;  // ExternalSender<V>; messages name senders by their place here, from 0
  static constexpr auto fields(auto& s) { return std::tie(s.external_senders); }
  bool operator==(const ExternalSenders&) const = default;
};

// The content of the external_pub extension of a GroupInfo, RFC 9420 §12.4.3.2.
struct ExternalPub {
  static constexpr ExtensionType kExtensionType = ExtensionType::external_pub;  // in a GroupInfo
  crypto::HpkePublicKey external_pub;  // opaque<V>; derived from the epoch's external_secret
  static constexpr auto fields(auto& s) { return std::tie(s.external_pub); }
  bool operator==(const ExternalPub&) const = default;
};

}  // namespace dmls::treekem
