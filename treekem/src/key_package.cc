#include <dmls/treekem/key_package.h>

#include <dmls/crypto/hash.h>
#include <dmls/treekem/grease.h>

#include <algorithm>

#include "extension_reader.h"
#include "listed_extensions.h"

namespace dmls::treekem {
namespace {

constexpr std::string_view kLabel = "KeyPackageTBS";

Result<void> verify_signature(const crypto::CipherSuite& suite, const KeyPackageView& key_package) {
  const crypto::SignaturePublicKey key{to_bytes(key_package.leaf_node.signature_key)};
  const auto verified = crypto::verify_with_label(suite, key, kLabel, key_package.content, key_package.signature);
  if (verified) return {};
  if (verified.error().code == crypto::errc::kBadSignature)
    return fail(crypto::errc::kBadSignature, "RFC 9420 §10.1: the signature of a KeyPackage does not verify");
  return fail(verified.error());
}

// `group` as a leaf in a KeyPackage sees it.
LeafExpectations expectations_of_leaf(LeafExpectations group) {
  group.source = LeafNodeSource::key_package;
  group.position.reset();
  group.replaces = nullptr;
  return group;
}

}  // namespace

Result<KeyPackageView> KeyPackageView::read(tls_codec::Reader& in) {
  KeyPackageView view;
  const BytesView before = in.rest();
  DMLS_TRY(view.version, tls_codec::Codec<crypto::ProtocolVersion>::read(in));
  DMLS_TRY(view.cipher_suite, tls_codec::Codec<crypto::CipherSuiteId>::read(in));
  DMLS_TRY(view.init_key, tls_codec::read_opaque(in));
  DMLS_TRY(view.leaf_node, LeafNodeView::read(in));
  DMLS_TRY(view.extensions, read_extensions(in));
  view.content = in.since(before);
  DMLS_TRY(view.signature, tls_codec::read_opaque(in));
  view.encoded = in.since(before);
  return view;
}

Result<KeyPackageView> KeyPackageView::parse(BytesView encoded) {
  tls_codec::Reader in(encoded);
  DMLS_TRY(const KeyPackageView view, read(in));
  if (!in.empty())
    return fail(tls_codec::errc::kTrailingOctets, "RFC 9420 §2.1: octets are left over after a KeyPackage");
  return view;
}

KeyPackage KeyPackageView::decode() const {
  auto key_package = tls_codec::decode<KeyPackage>(encoded);
  if (!key_package) panic("treekem: a KeyPackageView that was not read");
  return *std::move(key_package);
}

std::optional<BytesView> KeyPackageView::find_extension(ExtensionType type) const {
  return find_extension_data(extensions, type);
}

Bytes key_package_ref(const crypto::CipherSuite& suite, BytesView encoded) {
  return crypto::ref_hash(suite, "MLS 1.0 KeyPackage Reference", encoded);
}

Bytes key_package_ref(const crypto::CipherSuite& suite, const KeyPackage& key_package) {
  return key_package_ref(suite, tls_codec::encode(key_package));
}

Result<void> sign_key_package(KeyPackage& key_package, const crypto::Signer& signer) {
  if (signer.public_key() != key_package.leaf_node.signature_key)
    return fail(dmls::errc::kMisuse, "RFC 9420 §10: a KeyPackage is signed with the key of its leaf's signature_key");
  const Bytes encoded = tls_codec::encode(key_package);
  DMLS_TRY(const auto view, KeyPackageView::parse(encoded));
  DMLS_TRY(key_package.signature, crypto::sign_with_label(signer, kLabel, view.content));
  return {};
}

// RFC 9420 §10, §10.1
Result<void> check_key_package(const KeyPackageView& key_package, const LeafExpectations& group) {
  if (key_package.version != group.version)
    return fail(errc::kInvalidKeyPackage, "RFC 9420 §10.1: a KeyPackage for another protocol version than the group's");
  if (key_package.cipher_suite != group.suite.id())
    return fail(errc::kInvalidKeyPackage, "RFC 9420 §10.1: a KeyPackage for another cipher suite than the group's");
  const LeafNodeView& leaf = key_package.leaf_node;
  if (std::equal(leaf.encryption_key.begin(), leaf.encryption_key.end(), key_package.init_key.begin(),
                 key_package.init_key.end()))
    return fail(errc::kInvalidKeyPackage, "RFC 9420 §10.1: the init_key of a KeyPackage is its encryption_key too");
  DMLS_CHECK(check_extensions(key_package.extensions));
  if (!all_listed(key_package.extensions, leaf.capabilities))
    return fail(errc::kUnsupportedCapability, "RFC 9420 §10: a KeyPackage does not list the type of an extension");
  DMLS_CHECK(check_leaf_node(leaf, expectations_of_leaf(group)));
  return group.suite.provider().kem_check_public_key(group.suite.kem(), key_package.init_key);
}

Result<void> verify_key_package(const KeyPackageView& key_package, const LeafExpectations& group) {
  DMLS_CHECK(check_key_package(key_package, group));
  DMLS_CHECK(verify_leaf_node_signature(group.suite, key_package.leaf_node, std::nullopt));
  return verify_signature(group.suite, key_package);
}

Result<void> validate_key_package(const KeyPackageView& key_package, const LeafExpectations& group,
                                  const CredentialValidator& validator) {
  DMLS_CHECK(verify_key_package(key_package, group));
  return check_credential(key_package.leaf_node, expectations_of_leaf(group), validator);
}

Result<KeyPackageBundle> make_key_package(const crypto::CipherSuite& suite, const crypto::Signer& signer,
                                          KeyPackageOptions options, Random& random) {
  if (lists_default_types(options.capabilities))
    return fail(dmls::errc::kMisuse, "RFC 9420 §7.2: default types are not listed in capabilities");
  if (options.lifetime.not_after <= options.lifetime.not_before)
    return fail(dmls::errc::kMisuse, "RFC 9420 §7.2: the lifetime of a KeyPackage ends after it begins");
  if (options.last_resort) set_extension(options.extensions, LastResortKeyPackage{});
  if (options.grease) {
    DMLS_TRY(options.capabilities, with_grease(options.capabilities, random));
    DMLS_TRY(options.leaf_extensions, with_grease(options.leaf_extensions, &options.capabilities, random));
    DMLS_TRY(options.extensions, with_grease(options.extensions, &options.capabilities, random));
  }

  KeyPackageBundle bundle;
  DMLS_TRY(bundle.init, crypto::generate_hpke_key_pair(suite, random));
  DMLS_TRY(bundle.encryption, crypto::generate_hpke_key_pair(suite, random));

  KeyPackage& key_package = bundle.key_package;
  key_package.version = crypto::ProtocolVersion::mls10;
  key_package.cipher_suite = suite.id();
  key_package.init_key = bundle.init.public_key;
  key_package.extensions = std::move(options.extensions);
  LeafNode& leaf = key_package.leaf_node;
  leaf.encryption_key = bundle.encryption.public_key;
  leaf.signature_key = signer.public_key();
  leaf.credential = std::move(options.credential);
  leaf.capabilities = std::move(options.capabilities);
  leaf.leaf_node_source = LeafFromKeyPackage{options.lifetime};
  leaf.extensions = std::move(options.leaf_extensions);
  {
    const Bytes unsigned_octets = tls_codec::encode(key_package);
    const auto view = KeyPackageView::parse(unsigned_octets);
    if (!view) return fail(dmls::errc::kMisuse, view.error().rule);
    if (const auto checked = check_key_package(*view, {.suite = suite}); !checked)
      return fail(dmls::errc::kMisuse, checked.error().rule);
  }
  DMLS_CHECK(sign_leaf_node(leaf, signer, std::nullopt));
  DMLS_CHECK(sign_key_package(key_package, signer));
  return bundle;
}

}  // namespace dmls::treekem
