#pragma once
// A leaf node as it was received, looked at in place. RFC 9420 §7.2

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/crypto/suite.h>
#include <dmls/tls_codec/reader.h>
#include <dmls/treekem/capabilities.h>
#include <dmls/treekem/credential.h>
#include <dmls/treekem/leaf_node.h>
#include <dmls/treekem/lifetime.h>

#include <optional>

namespace dmls::treekem {

// LeafNodeView borrows an encoded LeafNode; reading and looking allocate nothing. It accepts exactly the encodings that
// decode<LeafNode>() accepts. A tree that keeps encoded leaves (about 260 octets each) keeps none of this.
struct LeafNodeView {
  BytesView encryption_key;       // without its length header
  BytesView signature_key;        // without its length header
  CredentialView credential;      // borrows from the same octets
  CapabilitiesView capabilities;  // borrows from the same octets
  LeafNodeSource source{};        // one of the three
  Lifetime lifetime;              // of a key_package leaf; all 0 in others
  BytesView parent_hash;          // of a commit leaf; empty in others
  BytesView extensions;           // the content of the vector: Extension[]
  BytesView signature;            // without its length header
  BytesView content;              // everything above the signature: LeafNodeTBS without its group_id and leaf_index
  BytesView encoded;              // everything

  // One leaf from the front of what is left to read. An error of the codec.
  static Result<LeafNodeView> read(tls_codec::Reader&);
  // One leaf that is all of `encoded`. An error of the codec.
  static Result<LeafNodeView> parse(BytesView encoded);
  // The owned form.
  [[nodiscard]] LeafNode decode() const;
  // The data of the first extension of `type`.
  [[nodiscard]] std::optional<BytesView> find_extension(ExtensionType type) const;
};

// As verify_leaf_node_signature(suite, LeafNode, position), over the received octets.
Result<void> verify_leaf_node_signature(const crypto::CipherSuite&, const LeafNodeView& leaf,
                                        const std::optional<LeafPosition>& position);

}  // namespace dmls::treekem
