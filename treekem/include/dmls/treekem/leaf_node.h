#pragma once
// Leaf nodes. RFC 9420 §7.2

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/crypto/keys.h>
#include <dmls/crypto/signature.h>
#include <dmls/crypto/suite.h>
#include <dmls/tls_codec/codec.h>
#include <dmls/tls_codec/select.h>
#include <dmls/tree_math/tree_math.h>
#include <dmls/treekem/capabilities.h>
#include <dmls/treekem/credential.h>
#include <dmls/treekem/extension.h>
#include <dmls/treekem/lifetime.h>

#include <cstdint>
#include <optional>
#include <tuple>
#include <variant>

namespace dmls::treekem {

// How a leaf came into the tree. Closed: the fields that follow depend on it.
enum class LeafNodeSource : std::uint8_t {
  key_package = 1,  // by an Add
  update = 2,       // by an Update of its own
  commit = 3,       // by a commit of its own
};

// An alternative of `select (LeafNode.leaf_node_source)`: the leaf of a KeyPackage, and of whoever was added with it.
struct LeafFromKeyPackage {
  static constexpr LeafNodeSource kTag = LeafNodeSource::key_package;
  Lifetime lifetime;  // judged by check_lifetime()
  static constexpr auto fields(auto& s) { return std::tie(s.lifetime); }
  bool operator==(const LeafFromKeyPackage&) const = default;
};
// The second alternative: the leaf of an Update proposal. Nothing follows.
struct LeafFromUpdate {
  static constexpr LeafNodeSource kTag = LeafNodeSource::update;
  static constexpr auto fields(auto&) { return std::tie(); }
  bool operator==(const LeafFromUpdate&) const = default;
};
// The third one: the leaf of an UpdatePath.
struct LeafFromCommit {
  static constexpr LeafNodeSource kTag = LeafNodeSource::commit;
  Bytes parent_hash;  // opaque<V>; Nh octets, or none if no node above has a key (RFC 9420 §7.9)
  static constexpr auto fields(auto& s) { return std::tie(s.parent_hash); }
  bool operator==(const LeafFromCommit&) const = default;
};

// LeafNode owns its fields. Trees keep the encoding instead and look through a LeafNodeView
// (<dmls/treekem/leaf_node_view.h>).
struct LeafNode {
  crypto::HpkePublicKey encryption_key;      // opaque<V>; unique among all nodes of a tree
  crypto::SignaturePublicKey signature_key;  // opaque<V>; unique among the members
  Credential credential;                     // whom signature_key belongs to
  Capabilities capabilities;                 // of the client
  // A select, and a LeafNodeSource before it.
  std::variant<LeafFromKeyPackage, LeafFromUpdate, LeafFromCommit> leaf_node_source;
  ExtensionList extensions;  // Extension<V>
  Bytes signature;           // opaque<V>; see sign_leaf_node()

  static constexpr auto fields(auto& s) {
    return std::tie(s.encryption_key, s.signature_key, s.credential, s.capabilities, s.leaf_node_source, s.extensions,
                    s.signature);
  }
  bool operator==(const LeafNode&) const = default;

  // Which alternative leaf_node_source holds.
  [[nodiscard]] LeafNodeSource source() const { return static_cast<LeafNodeSource>(leaf_node_source.index() + 1); }
};

// LeafPosition is what the signature of an update or commit leaf binds besides its own fields.
struct LeafPosition {
  BytesView group_id;               // borrowed
  tree_math::LeafIndex leaf_index;  // where the leaf stands, or will stand
};

// Fills in leaf.signature = SignWithLabel(., "LeafNodeTBS", LeafNodeTBS). kMisuse if the signer's public key is not
// leaf.signature_key, or if an update or commit leaf is signed without a position. A key_package leaf ignores it.
Result<void> sign_leaf_node(LeafNode& leaf, const crypto::Signer& signer, const std::optional<LeafPosition>& position);

// Verifies leaf.signature with leaf.signature_key. crypto::errc::kBadSignature if it does not verify, kInvalidPublicKey
// if that key is none of the suite; kMisuse if the position of an update or commit leaf is missing.
Result<void> verify_leaf_node_signature(const crypto::CipherSuite&, const LeafNode& leaf,
                                        const std::optional<LeafPosition>& position);

}  // namespace dmls::treekem
