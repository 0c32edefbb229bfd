#include <dmls/crypto/hpke.h>
#include <dmls/tls_codec/codec.h>
#include <dmls/treekem/error.h>
#include <dmls/treekem/path.h>

#include <algorithm>
#include <utility>

#include "path_keys.h"
#include "path_merge.h"

namespace dmls::treekem {

Result<ReceivedPath> ReceivedPath::apply(const RatchetTree& tree, Committer committer, LeafIndex sender,
                                         const UpdatePath& path, std::span<const LeafIndex> added) {
  const crypto::CipherSuite& suite = tree.suite();
  DMLS_TRY(RatchetTree next, tree_for_committer(tree, committer, sender));
  const auto* source = std::get_if<LeafFromCommit>(&path.leaf_node.leaf_node_source);
  if (source == nullptr)
    return fail(errc::kInvalidLeaf, "RFC 9420 §12.4.2: the leaf_node_source of a path's leaf is commit");

  ReceivedPath received(next);
  received.sender_ = sender;
  received.path_ = &path;
  received.added_ = ascending(added);
  DMLS_TRY(received.filtered_, next.filtered_direct_path(sender));
  const auto& filtered = received.filtered_;
  if (path.nodes.size() != filtered.size())
    return fail(errc::kBadPath, "RFC 9420 §7.5: a path has one node for each of the filtered direct path");
  std::vector<PathNodeKey> keys;
  for (std::size_t i = 0; i < filtered.size(); ++i) {
    const std::size_t sent = path.nodes[i].encrypted_path_secret.size();
    std::size_t wanted = 0;
    for_each_recipient(next, filtered[i].copath, received.added_, [&](NodeIndex) { return ++wanted <= sent; });
    if (wanted != sent)
      return fail(errc::kBadPath, "RFC 9420 §7.6: one ciphertext for each node of the resolution without new leaves");
    keys.push_back({filtered[i], path.nodes[i].encryption_key.octets});
  }
  DMLS_CHECK(check_path_keys(next, path.leaf_node.encryption_key.octets, keys));
  if (const auto owner = next.find_signature_key(path.leaf_node.signature_key.octets); owner && *owner != sender)
    return fail(errc::kDuplicateKey, "RFC 9420 §7.3: signature keys are unique among the members");
  const Bytes encoded = tls_codec::encode(path.leaf_node);
  DMLS_TRY(const LeafNodeView view, LeafNodeView::parse(encoded));
  DMLS_CHECK(next.check_credential_types(view, sender));
  DMLS_CHECK(crypto::check_public_key(suite, path.leaf_node.encryption_key));
  for (const UpdatePathNode& node : path.nodes) DMLS_CHECK(crypto::check_public_key(suite, node.encryption_key));

  const PathHashes hashes = path_parent_hashes(next, keys);
  if (hashes.leaf != source->parent_hash)
    return fail(errc::kParentHash, "RFC 9420 §7.9.2: the leaf's parent_hash is that of the merged path");
  TreeAccess::own(received.tree_).merge_path(sender, view, hashes.nodes);
  return received;
}

Result<OpenedPath> ReceivedPath::open(const TreeSecrets& mine, BytesView group_context) const {
  const crypto::CipherSuite& suite = tree_.suite();
  if (mine.leaf_index() == sender_) return fail(errc::kBadPath, "a committer does not open its own path");
  // RFC 9420 §7.5, step 1: the node whose child on the copath is above the recipient.
  const auto here = std::find_if(filtered_.begin(), filtered_.end(),
                                 [&](const auto& step) { return in_subtree(mine.leaf_index(), step.copath); });
  if (here == filtered_.end()) return fail(errc::kBadPath, "RFC 9420 §7.5: the recipient is a member");

  // Step 2: the node of the resolution whose private key the recipient has.
  std::size_t position = 0;
  const crypto::HpkeKeyPair* pair = nullptr;
  for_each_recipient(tree_, here->copath, added_, [&](NodeIndex at) {
    pair = PathKeys::find(mine, at, *tree_.encryption_key(at));
    if (pair == nullptr) ++position;
    return pair == nullptr;
  });
  if (pair == nullptr) return fail(errc::kBadPath, "RFC 9420 §7.5: the recipient has a private key of the resolution");

  // Step 3.
  std::size_t i = static_cast<std::size_t>(here - filtered_.begin());
  const auto info = crypto::HpkeInfo::with_label(suite, "UpdatePathNode", group_context);
  DMLS_TRY(SecretBytes opened, crypto::hpke_open(info, *pair, {}, path_->nodes[i].encrypted_path_secret[position]));
  if (opened.size() != suite.hash_length())
    return fail(errc::kBadPath, "RFC 9420 §7.4: a path secret has KDF.Nh octets");

  // Steps 4 to 7.
  DMLS_TRY(TreeSecrets secrets, mine.pruned(tree_));
  PathSecret secret(std::move(opened));
  for (;; ++i) {
    DMLS_TRY(crypto::HpkeKeyPair derived, PathKeys::node_pair(suite, secret));
    if (derived.public_key != path_->nodes[i].encryption_key)
      return fail(errc::kBadPath, "RFC 9420 §7.5: derived public keys are those sent in the UpdatePath");
    PathKeys::put(secrets, filtered_[i].node.level(), std::move(derived));
    if (i + 1 == filtered_.size()) break;
    secret = PathKeys::next(suite, secret);
  }
  CommitSecret commit_secret = commit_secret_from(suite, secret);
  return OpenedPath{std::move(secrets), std::move(secret), std::move(commit_secret)};
}

}  // namespace dmls::treekem
