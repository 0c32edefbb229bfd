#pragma once
// The private keys that one member holds. RFC 9420 §4.2, §7.4, §7.5

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/base/secret.h>
#include <dmls/crypto/keys.h>
#include <dmls/crypto/suite.h>
#include <dmls/tree_math/tree_math.h>
#include <dmls/treekem/ratchet_tree.h>

#include <memory>
#include <optional>
#include <vector>

namespace dmls::treekem {

// path_secret[i], RFC 9420 §7.4; KDF.Nh octets.
using PathSecret = Secret<struct PathSecretRole>;
// path_secret[n+1], RFC 9420 §12.4.1; KDF.Nh octets.
using CommitSecret = Secret<struct CommitSecretRole>;

// commit_secret = path_secret[n+1] = DeriveSecret(path_secret[n], "path"). RFC 9420 §7.4, §12.4.1
[[nodiscard]] CommitSecret commit_secret_from(const crypto::CipherSuite&, const PathSecret& last);

// TreeSecrets is the private half of a member's view: the key pair of its leaf, and those it knows of the nodes above.
// Copies share key pairs (at most 32 of them), and a key is wiped when the last copy that has it dies.
class TreeSecrets {
 public:
  // Of a member that knows no key above its leaf.
  TreeSecrets(LeafIndex index, crypto::HpkeKeyPair leaf);

  // A joiner's, RFC 9420 §12.4.3.1: `leaf` is the pair of its key package; with a path secret, also the nodes from the
  // common ancestor of `index` and `committer` up. kBadPath if the tree has another public key in any of these places,
  // or if the path secret does not have KDF.Nh octets; kNoSuchLeaf.
  static Result<TreeSecrets> join(const RatchetTree&, LeafIndex index, crypto::HpkeKeyPair leaf, LeafIndex committer,
                                  const std::optional<PathSecret>& path_secret);

  // Where the member stands.
  [[nodiscard]] LeafIndex leaf_index() const { return index_; }
  // The pair of the leaf or of a node on its direct path; nullptr if it is not known.
  [[nodiscard]] const crypto::HpkeKeyPair* find(NodeIndex) const;

  // The same member with another leaf key: its Update was committed by somebody else.
  [[nodiscard]] TreeSecrets with_leaf(crypto::HpkeKeyPair leaf) const;
  // Without the pairs of nodes that `tree` no longer has: blanked, replaced, or truncated away. To be called with every
  // tree that a Commit makes. RFC 9420 §7.5: outdated key pairs are deleted. kBadPath if the leaf itself has another
  // key.
  Result<TreeSecrets> pruned(const RatchetTree& tree) const;

  // For storage: struct { uint32 leaf_index; struct { uint32 node; opaque private_key<V>; } pairs<V>; }, the leaf
  // first. Of a member that has wiped its keys, since the epoch was left, there is the leaf alone, with an empty
  // private key.
  [[nodiscard]] SecretBytes encode() const;
  // And back: the public keys are derived again. kBadPath if a node is not on the leaf's direct path or comes twice;
  // crypto::errc::kInvalidPrivateKey; an error of the codec.
  static Result<TreeSecrets> decode(const crypto::CipherSuite&, BytesView encoded);

 private:
  friend struct PathKeys;
  LeafIndex index_;
  // By level; [0] is the leaf and always there.
  std::vector<std::shared_ptr<const crypto::HpkeKeyPair>> pairs_;
};

}  // namespace dmls::treekem
