#pragma once
// Is this leaf acceptable here? RFC 9420 §7.3

#include <dmls/base/result.h>
#include <dmls/crypto/protocol_version.h>
#include <dmls/crypto/suite.h>
#include <dmls/treekem/credential_validator.h>
#include <dmls/treekem/leaf_node_view.h>
#include <dmls/treekem/required_capabilities.h>

#include <optional>
#include <span>

namespace dmls::treekem {

// LeafExpectations is the group that a leaf has to fit, and the role that it plays there. What is left out is not
// judged. Everything is borrowed for the length of a call.
struct LeafExpectations {
  // Of the group. The leaf has to list it, and its keys are keys of this suite.
  crypto::CipherSuite suite;
  // Of the group; the leaf has to list it.
  crypto::ProtocolVersion version = crypto::ProtocolVersion::mls10;
  // key_package in KeyPackages (and Adds), update in Updates, commit in UpdatePaths, absent in ratchet trees.
  std::optional<LeafNodeSource> source = {};
  // Where the leaf stands, for the signatures of update and commit leaves.
  std::optional<LeafPosition> position = {};
  // The leaf that this one replaces: the encryption key has to change, and a new credential has to be a valid
  // successor.
  const LeafNodeView* replaces = nullptr;
  // The group's required_capabilities.
  const RequiredCapabilities* required = nullptr;
  // The types of the GroupContext's extensions. RFC 9420 §13.4
  std::span<const ExtensionType> group_extensions = {};
  // Credential types that the other members use: the leaf has to list them.
  std::span<const CredentialType> credential_types_in_use = {};
  // Those that all other members support: the leaf's own is one of them.
  std::optional<std::span<const CredentialType>> credential_types_supported_by_all = {};
  // Judged for key_package leaves only. RFC 9420 §7.3 demands `now` of whoever sends the leaf in a proposal or Commit,
  // and recommends it to whoever receives it.
  LifetimePolicy lifetime = {};
};

// Every rule of RFC 9420 §7.3 that needs no signature and no opinion of the application, cheapest first. The uniqueness
// of keys among the members is the tree's to judge: it keeps an index. Linear in what it is given; allocates nothing
// unless the leaf carries an extension that belongs elsewhere. kInvalidLeaf for another source, or a key that had to
// change; kInvalidExtension; kUnsupportedCapability; kInvalidCredential for an empty chain of certificates; kLifetime;
// crypto::errc::kInvalidPublicKey for an encryption_key that the KEM cannot use.
Result<void> check_leaf_node(const LeafNodeView&, const LeafExpectations&);

// Asks the application about the leaf's credential: always, unless the leaf replaces one with the same credential and
// signature key; and whether it is a valid successor if it replaces another credential. RFC 9420 §5.3.1
Result<void> check_credential(const LeafNodeView&, const LeafExpectations&, const CredentialValidator&);

// All of §7.3 but the uniqueness of keys: check_leaf_node(), the signature, check_credential(), in this order.
Result<void> validate_leaf_node(const LeafNodeView&, const LeafExpectations&, const CredentialValidator&);

}  // namespace dmls::treekem
