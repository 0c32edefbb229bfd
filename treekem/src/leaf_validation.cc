#include <dmls/treekem/leaf_validation.h>

#include <algorithm>

#include "code_points.h"
#include "extension_reader.h"
#include "listed_extensions.h"

namespace dmls::treekem {
namespace {

bool equal(BytesView a, BytesView b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

Result<void> check_source(const LeafNodeView& leaf, const LeafExpectations& expected) {
  if (!expected.source || leaf.source == *expected.source) return {};
  switch (*expected.source) {
    case LeafNodeSource::key_package:
      return fail(errc::kInvalidLeaf, "RFC 9420 §7.3: the leaf of a KeyPackage has another source than key_package");
    case LeafNodeSource::update:
      return fail(errc::kInvalidLeaf, "RFC 9420 §7.3: the leaf of an Update has another source than update");
    case LeafNodeSource::commit: break;
  }
  return fail(errc::kInvalidLeaf, "RFC 9420 §7.3: the leaf of an UpdatePath has another source than commit");
}

// What the leaf says about itself. RFC 9420 §7.2, §11.1, §13.4
Result<void> check_own_capabilities(const LeafNodeView& leaf, const LeafExpectations& expected) {
  if (!leaf.capabilities.supports(expected.version))
    return fail(errc::kUnsupportedCapability, "RFC 9420 §11.1: a leaf does not list the group's protocol version");
  if (!leaf.capabilities.supports(expected.suite.id()))
    return fail(errc::kUnsupportedCapability, "RFC 9420 §11.1: a leaf does not list the group's cipher suite");
  if (!leaf.capabilities.supports(leaf.credential.credential_type))
    return fail(errc::kUnsupportedCapability, "RFC 9420 §7.2: a leaf does not list the type of its own credential");
  if (!all_listed(leaf.extensions, leaf.capabilities))
    return fail(errc::kUnsupportedCapability, "RFC 9420 §7.3: a leaf does not list the type of one of its extensions");
  return {};
}

// What the group asks of the leaf. RFC 9420 §7.3, §13.4
Result<void> check_group_demands(const LeafNodeView& leaf, const LeafExpectations& expected) {
  if (expected.required != nullptr) DMLS_CHECK(check_required_capabilities(*expected.required, leaf.capabilities));

  const CodePointLookup extensions(leaf.capabilities.extensions, expected.group_extensions.size());
  for (const ExtensionType type : expected.group_extensions)
    if (!is_default(type) && !extensions.contains(static_cast<std::uint16_t>(type)))
      return fail(errc::kUnsupportedCapability, "RFC 9420 §13.4: a leaf does not list an extension of the group");

  const CodePointLookup credentials(leaf.capabilities.credentials, expected.credential_types_in_use.size());
  for (const CredentialType type : expected.credential_types_in_use)
    if (!credentials.contains(static_cast<std::uint16_t>(type)))
      return fail(errc::kUnsupportedCapability, "RFC 9420 §7.3: a leaf does not list a credential type in use");

  if (expected.credential_types_supported_by_all) {
    const auto& all = *expected.credential_types_supported_by_all;
    if (std::find(all.begin(), all.end(), leaf.credential.credential_type) == all.end())
      return fail(errc::kUnsupportedCapability, "RFC 9420 §7.3: not every member supports the leaf's credential type");
  }
  return {};
}

Result<void> check_keys(const LeafNodeView& leaf, const LeafExpectations& expected) {
  // RFC 9420 §7.3 for Updates, §12.4.2 for Commits
  if (expected.replaces != nullptr && equal(leaf.encryption_key, expected.replaces->encryption_key))
    return fail(errc::kInvalidLeaf, "RFC 9420 §7.3: a leaf keeps the encryption key of the leaf that it replaces");
  // RFC 9420 §10: both keys are valid for the cipher suite; signature_key is looked at when the signature is.
  return expected.suite.provider().kem_check_public_key(expected.suite.kem(), leaf.encryption_key);
}

}  // namespace

Result<void> check_leaf_node(const LeafNodeView& leaf, const LeafExpectations& expected) {
  DMLS_CHECK(check_source(leaf, expected));
  DMLS_CHECK(check_extensions(leaf.extensions));
  DMLS_CHECK(check_own_capabilities(leaf, expected));
  if (leaf.credential.credential_type == CredentialType::x509 && leaf.credential.body.empty())
    return fail(errc::kInvalidCredential, "RFC 9420 §5.3: an x509 credential has no end-entity certificate");
  DMLS_CHECK(check_group_demands(leaf, expected));
  if (leaf.source == LeafNodeSource::key_package) DMLS_CHECK(check_lifetime(leaf.lifetime, expected.lifetime));
  return check_keys(leaf, expected);
}

// RFC 9420 §5.3.1
Result<void> check_credential(const LeafNodeView& leaf, const LeafExpectations& expected,
                              const CredentialValidator& validator) {
  const LeafNodeView* old = expected.replaces;
  const bool same_credential = old != nullptr && old->credential == leaf.credential;
  if (same_credential && equal(old->signature_key, leaf.signature_key)) return {};
  DMLS_CHECK(validator.validate(leaf.credential, leaf.signature_key));
  if (old == nullptr || same_credential) return {};
  return validator.valid_successor(old->credential, leaf.credential);
}

Result<void> validate_leaf_node(const LeafNodeView& leaf, const LeafExpectations& expected,
                                const CredentialValidator& validator) {
  DMLS_CHECK(check_leaf_node(leaf, expected));
  DMLS_CHECK(verify_leaf_node_signature(expected.suite, leaf, expected.position));
  return check_credential(leaf, expected, validator);
}

}  // namespace dmls::treekem
