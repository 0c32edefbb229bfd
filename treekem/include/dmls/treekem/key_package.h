#pragma once
// Key packages: how to add someone who is not there. RFC 9420 §10

#include <dmls/base/bytes.h>
#include <dmls/base/random.h>
#include <dmls/base/result.h>
#include <dmls/crypto/keys.h>
#include <dmls/crypto/protocol_version.h>
#include <dmls/crypto/signature.h>
#include <dmls/crypto/suite.h>
#include <dmls/treekem/leaf_node.h>
#include <dmls/treekem/leaf_validation.h>

#include <tuple>

namespace dmls::treekem {

// What a client publishes so that others can add it to a group.
struct KeyPackage {
  crypto::ProtocolVersion version{};     // uint16
  crypto::CipherSuiteId cipher_suite{};  // uint16; of the groups that it is for
  crypto::HpkePublicKey init_key;        // opaque<V>; a Welcome is encrypted to it
  LeafNode leaf_node;                    // its source is key_package
  ExtensionList extensions;              // Extension<V>; not those of the leaf
  Bytes signature;                       // opaque<V>; see sign_key_package()
  static constexpr auto fields(auto& s) {
    return std::tie(s.version, s.cipher_suite, s.init_key, s.leaf_node, s.extensions, s.signature);
  }
  bool operator==(const KeyPackage&) const = default;
};

// KeyPackageView borrows an encoded KeyPackage; it accepts exactly what decode<KeyPackage>() accepts.
struct KeyPackageView {
  crypto::ProtocolVersion version{};     // any value
  crypto::CipherSuiteId cipher_suite{};  // any value
  BytesView init_key;                    // without its length header
  LeafNodeView leaf_node;                // borrows from the same octets
  BytesView extensions;                  // the content of the vector: Extension[]
  BytesView signature;                   // without its length header
  BytesView content;                     // everything above the signature: KeyPackageTBS
  BytesView encoded;                     // everything

  // One KeyPackage from the front of what is left to read. An error of the codec.
  static Result<KeyPackageView> read(tls_codec::Reader&);
  // One KeyPackage that is all of `encoded`. An error of the codec.
  static Result<KeyPackageView> parse(BytesView encoded);
  // The owned form.
  [[nodiscard]] KeyPackage decode() const;
  // The data of the first extension of `type` in `extensions` (not in the leaf's).
  [[nodiscard]] std::optional<BytesView> find_extension(ExtensionType type) const;
  // Whether it may be used more than once.
  [[nodiscard]] bool is_last_resort() const {
    return find_extension(ExtensionType::last_resort_key_package).has_value();
  }
};

// MakeKeyPackageRef, RFC 9420 §5.2: Nh octets of the KeyPackage's encoding. `suite` is the KeyPackage's own.
[[nodiscard]] Bytes key_package_ref(const crypto::CipherSuite& suite, BytesView encoded);
// The same; encodes it first.
[[nodiscard]] Bytes key_package_ref(const crypto::CipherSuite& suite, const KeyPackage&);

// Fills in signature = SignWithLabel(., "KeyPackageTBS", KeyPackageTBS); the leaf is signed before. kMisuse if the
// signer's public key is not the leaf's signature_key.
Result<void> sign_key_package(KeyPackage&, const crypto::Signer&);

// The rules of RFC 9420 §10 and §10.1 that need no signature and no opinion of the application, for a KeyPackage that
// is to be added to the group that `group` describes; its `source`, `position` and `replaces` are not looked at.
// kInvalidKeyPackage for another version or suite, or an init_key that is the leaf's encryption_key; then what
// check_leaf_node() and check_extensions() say; kUnsupportedCapability if the leaf does not list a non-default
// extension of the KeyPackage; crypto::errc::kInvalidPublicKey for an init_key that the KEM cannot use.
Result<void> check_key_package(const KeyPackageView&, const LeafExpectations& group);

// check_key_package() and both signatures, the KeyPackage's own and the leaf's: all of §10.1 but the credential. May be
// called from several threads at a time.
Result<void> verify_key_package(const KeyPackageView&, const LeafExpectations& group);

// All of §10.1: verify_key_package() and check_credential().
Result<void> validate_key_package(const KeyPackageView&, const LeafExpectations& group, const CredentialValidator&);

// ---- making one --------------------------------------------------------------------------------------------------

// What the application says about a KeyPackage that is made for it.
struct KeyPackageOptions {
  Credential credential = {};          // of the leaf; it belongs to the signer's key
  Capabilities capabilities = {};      // without GREASE values; see `grease`
  Lifetime lifetime = {};              // of the leaf; to be set: the default is empty, and refused
  ExtensionList leaf_extensions = {};  // of the leaf; the capabilities have to list their types
  ExtensionList extensions = {};       // of the KeyPackage; likewise
  bool last_resort = false;            // adds the extension; the capabilities have to list it
  bool grease = true;                  // adds random GREASE values to what is sent. RFC 9420 §13.5
};

// KeyPackageBundle is a KeyPackage with the private keys behind it. The private key of `init` is deleted as soon as a
// Welcome was processed, unless the KeyPackage is one of last resort (RFC 9420 §10, §16.8).
struct KeyPackageBundle {
  KeyPackage key_package;          // for publication
  crypto::HpkeKeyPair init;        // for key_package.init_key
  crypto::HpkeKeyPair encryption;  // for key_package.leaf_node.encryption_key
};

// Generates both key pairs and signs. kMisuse, and nothing made, if the result would break a rule of RFC 9420 §7.3 or
// §10.1 that others check, or §7.2's that default types are not listed, or if the lifetime is empty.
Result<KeyPackageBundle> make_key_package(const crypto::CipherSuite&, const crypto::Signer&, KeyPackageOptions,
                                          Random&);

}  // namespace dmls::treekem
