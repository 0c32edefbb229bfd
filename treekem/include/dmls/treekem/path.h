#pragma once
// Paths: how a committer renews the keys above its leaf, and how everybody else follows. RFC 9420 §7.4, §7.5, §12.4.1,
// §12.4.2
//
// Both ways have two steps, because the path secrets are encrypted under the provisional GroupContext, which contains
// the hash of the tree that the public half of the path makes:
//
//   committer   PathDraft::make(tree after proposals)    -> draft.tree().tree_hash() -> group_context -> draft.seal()
//   others      ReceivedPath::apply(tree after proposals) -> path.tree().tree_hash()  -> group_context -> path.open()
//
// Trees and secrets that go in are not changed; what comes out are new values.

#include <dmls/base/bytes.h>
#include <dmls/base/executor.h>
#include <dmls/base/random.h>
#include <dmls/base/result.h>
#include <dmls/crypto/signature.h>
#include <dmls/tree_math/tree_math.h>
#include <dmls/treekem/ratchet_tree.h>
#include <dmls/treekem/tree_secrets.h>
#include <dmls/treekem/update_path.h>

#include <cstdint>
#include <span>
#include <vector>

namespace dmls::treekem {

// Whose path it is.
enum class Committer : std::uint8_t {
  member,    // its leaf is replaced
  external,  // takes the first blank leaf, RFC 9420 §12.4.3.2
};

// What PathDraft::make() has to know of the committer. Everything but the leaf is borrowed for the call.
struct PathParameters {
  // Decides what `index` has to be.
  Committer committer = Committer::member;
  // Where the committer stands; tree.first_blank_leaf() for an external one.
  LeafIndex index = {};
  // Signature key, credential, capabilities and extensions of the new leaf. The rest is filled in.
  LeafNode leaf = {};
  // What the signature of the new leaf binds.
  BytesView group_id = {};
  // Holds the private key of leaf.signature_key; kMisuse if it does not, or is nullptr.
  const crypto::Signer* signer = nullptr;
};

// PathDraft is a path of one's own: the public half first, the ciphertexts as soon as the GroupContext is known. Holds
// secrets; move-only.
class PathDraft {
 public:
  // Draws a fresh leaf key pair and path_secret[0] from `random`, derives the rest, and signs the new leaf. `tree` is
  // the tree after the proposals. kNoSuchLeaf if `index` is blank (member) or not the first blank leaf (external);
  // kDuplicateKey if the signature key belongs to another member; kTreeFull; errors of the signer and of `random`.
  static Result<PathDraft> make(const RatchetTree& tree, const PathParameters&, Random& random);

  // The tree with the path in it.
  [[nodiscard]] const RatchetTree& tree() const { return tree_; }
  // Where the committer stands.
  [[nodiscard]] LeafIndex index() const { return secrets_.leaf_index(); }
  // The committer's private keys in that tree.
  [[nodiscard]] const TreeSecrets& secrets() const { return secrets_; }
  // path_secret[n], of the last node of the filtered direct path. If that path is empty: a fresh secret.
  [[nodiscard]] const PathSecret& path_secret() const { return last_; }
  // DeriveSecret(path_secret[n], "path").
  [[nodiscard]] CommitSecret commit_secret() const { return commit_secret_from(tree_.suite(), last_); }

  // Encrypts the path secrets: to the resolution of each copath child, without the leaves in `added` (in any order),
  // which joined with the same Commit. `group_context` is the encoding of the provisional GroupContext. Draws from
  // `random` in a fixed order, whatever the executor. May be called again for another context.
  Result<UpdatePath> seal(BytesView group_context, std::span<const LeafIndex> added, Random& random,
                          Executor* executor = nullptr) const;

  // What the Welcome gives to a member that joined with this Commit: the path secret of its lowest common ancestor with
  // the committer. kNoSuchLeaf if `added` is blank or the committer itself.
  Result<PathSecret> path_secret_for(LeafIndex added) const;

 private:
  struct Node {
    tree_math::DirectPath::Step step;
    PathSecret secret;
    crypto::HpkePublicKey public_key;
  };
  PathDraft(RatchetTree tree, TreeSecrets secrets) : tree_(std::move(tree)), secrets_(std::move(secrets)) {}

  RatchetTree tree_;
  TreeSecrets secrets_;
  LeafNode leaf_;
  std::vector<Node> nodes_;
  PathSecret last_;
};

// What a receiver of a path learns.
struct OpenedPath {
  TreeSecrets secrets;         // in the new tree; outdated pairs are gone
  PathSecret path_secret;      // path_secret[n]
  CommitSecret commit_secret;  // DeriveSecret(path_secret[n], "path")
};

// ReceivedPath is a path of somebody else: the public half first, the secrets as soon as the GroupContext is known.
class ReceivedPath {
 public:
  // Checks the path against the tree after the proposals, and merges it. RFC 9420 §12.4.2, §7.5. The leaf's own
  // validity (§7.3, source and signature included) is for validate_leaf_node(); judged here are:
  //   kNoSuchLeaf    `sender` is blank (member), or not the first blank leaf (external)
  //   kBadPath       the number of nodes is not that of the filtered direct path; a node has another number of
  //                  ciphertexts than the resolution without `added` has nodes; a public key occurs twice in the path
  //   kInvalidLeaf   leaf_node_source is not commit
  //   kDuplicateKey  a public key of the path occurs in the tree (the sender's present keys included), or the signature
  //                  key is another member's
  //   kUnsupportedCapability  credential types, as RatchetTree::check_credential_types()
  //   kParentHash    the leaf's parent_hash is not that of the merged path
  //   crypto::errc::kInvalidPublicKey   a public key that the KEM cannot use
  // The UpdatePath is borrowed until open() is done.
  static Result<ReceivedPath> apply(const RatchetTree& tree, Committer, LeafIndex sender, const UpdatePath&,
                                    std::span<const LeafIndex> added);

  // The tree with the path in it.
  [[nodiscard]] const RatchetTree& tree() const { return tree_; }

  // Decrypts the path secret meant for `mine`, and derives the rest. `mine` fits the tree after the proposals.
  // kBadPath if `mine` has no key for it, or a derived public key is not the one in the path;
  // crypto::errc::kOpenFailed.
  Result<OpenedPath> open(const TreeSecrets& mine, BytesView group_context) const;

 private:
  explicit ReceivedPath(RatchetTree tree) : tree_(std::move(tree)) {}

  RatchetTree tree_;
  LeafIndex sender_;
  const UpdatePath* path_ = nullptr;
  std::vector<tree_math::DirectPath::Step> filtered_;
  std::vector<LeafIndex> added_;  // ascending
};

}  // namespace dmls::treekem
