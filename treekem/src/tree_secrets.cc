#include <dmls/treekem/tree_secrets.h>

#include <dmls/crypto/kdf.h>
#include <dmls/tls_codec/codec.h>
#include <dmls/treekem/error.h>

#include <algorithm>
#include <utility>

#include "path_keys.h"

namespace dmls::treekem {
namespace {

using Pair = std::shared_ptr<const crypto::HpkeKeyPair>;

Pair shared(crypto::HpkeKeyPair pair) { return std::make_shared<const crypto::HpkeKeyPair>(std::move(pair)); }

bool equal(BytesView a, BytesView b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

bool has_key(const RatchetTree& tree, NodeIndex node, const crypto::HpkeKeyPair& pair) {
  const auto key = tree.encryption_key(node);
  return key && equal(*key, pair.public_key.octets);
}

struct StoredPair {
  std::uint32_t node = 0;
  crypto::HpkePrivateKey private_key;
  static constexpr auto fields(auto& s) { return std::tie(s.node, s.private_key); }
};
struct StoredSecrets {
  std::uint32_t leaf_index = 0;
  std::vector<StoredPair> pairs;
  static constexpr auto fields(auto& s) { return std::tie(s.leaf_index, s.pairs); }
};

}  // namespace

CommitSecret commit_secret_from(const crypto::CipherSuite& suite, const PathSecret& last) {
  return CommitSecret(crypto::derive_secret(suite, last.expose(), "path"));
}

PathSecret PathKeys::next(const crypto::CipherSuite& suite, const PathSecret& secret) {
  return PathSecret(crypto::derive_secret(suite, secret.expose(), "path"));
}

Result<crypto::HpkeKeyPair> PathKeys::node_pair(const crypto::CipherSuite& suite, const PathSecret& secret) {
  const SecretBytes node_secret = crypto::derive_secret(suite, secret.expose(), "node");
  return crypto::derive_hpke_key_pair(suite, node_secret.expose());
}

void PathKeys::put(TreeSecrets& secrets, unsigned level, crypto::HpkeKeyPair pair) {
  if (secrets.pairs_.size() <= level) secrets.pairs_.resize(level + 1);
  secrets.pairs_[level] = shared(std::move(pair));
}

const crypto::HpkeKeyPair* PathKeys::find(const TreeSecrets& secrets, NodeIndex node, BytesView public_key) {
  const crypto::HpkeKeyPair* pair = secrets.find(node);
  return pair != nullptr && equal(pair->public_key.octets, public_key) ? pair : nullptr;
}

TreeSecrets::TreeSecrets(LeafIndex index, crypto::HpkeKeyPair leaf) : index_(index) {
  pairs_.push_back(shared(std::move(leaf)));
}

Result<TreeSecrets> TreeSecrets::join(const RatchetTree& tree, LeafIndex index, crypto::HpkeKeyPair leaf,
                                      LeafIndex committer, const std::optional<PathSecret>& path_secret) {
  if (!tree.is_member(index)) return fail(errc::kNoSuchLeaf, "RFC 9420 §12.4.3.1: the joiner has a leaf in the tree");
  if (!has_key(tree, index.node(), leaf))
    return fail(errc::kBadPath, "RFC 9420 §12.4.3.1: the joiner's leaf has the public key of its private key");
  TreeSecrets secrets(index, std::move(leaf));
  if (!path_secret) return secrets;

  const crypto::CipherSuite& suite = tree.suite();
  if (!tree.is_member(committer) || committer == index)
    return fail(errc::kNoSuchLeaf, "RFC 9420 §12.4.3.1: the committer is another member");
  if (path_secret->size() != suite.hash_length())
    return fail(errc::kBadPath, "RFC 9420 §7.4: a path secret has KDF.Nh octets");
  const NodeIndex common = common_ancestor(index, committer);
  PathSecret secret = path_secret->clone();
  for (const auto step : tree_math::DirectPath(committer, tree.leaf_count())) {
    if (step.node.level() < common.level()) continue;
    // Blank nodes above the committer are those that its filtered direct path left out.
    const auto key = tree.encryption_key(step.node);
    if (!key && step.node != common) continue;
    DMLS_TRY(crypto::HpkeKeyPair pair, PathKeys::node_pair(suite, secret));
    if (!key || !equal(*key, pair.public_key.octets))
      return fail(errc::kBadPath, "RFC 9420 §12.4.3.1: derived keys are those in the tree");
    PathKeys::put(secrets, step.node.level(), std::move(pair));
    secret = PathKeys::next(suite, secret);
  }
  return secrets;
}

const crypto::HpkeKeyPair* TreeSecrets::find(NodeIndex node) const {
  const unsigned level = node.level();
  if (level >= pairs_.size() || !in_subtree(index_, node)) return nullptr;
  return pairs_[level].get();
}

TreeSecrets TreeSecrets::with_leaf(crypto::HpkeKeyPair leaf) const {
  TreeSecrets copy = *this;
  copy.pairs_[0] = shared(std::move(leaf));
  return copy;
}

Result<TreeSecrets> TreeSecrets::pruned(const RatchetTree& tree) const {
  if (!has_key(tree, index_.node(), *pairs_[0]))
    return fail(errc::kBadPath, "RFC 9420 §4.2: the member's leaf has the public key of its private key");
  TreeSecrets copy = *this;
  copy.pairs_.resize(std::min<std::size_t>(pairs_.size(), tree.leaf_count().depth() + 1));
  for (unsigned level = 1; level < copy.pairs_.size(); ++level) {
    Pair& pair = copy.pairs_[level];
    if (pair && !has_key(tree, ancestor(index_.node(), level), *pair)) pair = nullptr;
  }
  return copy;
}

SecretBytes TreeSecrets::encode() const {
  StoredSecrets stored{index_.value(), {}};
  for (unsigned level = 0; level < pairs_.size(); ++level)
    if (pairs_[level])
      stored.pairs.push_back({ancestor(index_.node(), level).value(), pairs_[level]->private_key.clone()});
  return tls_codec::encode_secret(stored);
}

Result<TreeSecrets> TreeSecrets::decode(const crypto::CipherSuite& suite, BytesView encoded) {
  DMLS_TRY(StoredSecrets stored, tls_codec::decode<StoredSecrets>(encoded));
  const auto index = LeafIndex::from(std::uint64_t{stored.leaf_index});
  if (!index) return fail(errc::kBadPath, "stored tree secrets: the leaf index is out of range");
  std::optional<TreeSecrets> secrets;
  for (StoredPair& entry : stored.pairs) {
    const auto node = NodeIndex::from(entry.node);
    if (!node || node->level() > 31 || !in_subtree(*index, *node) || secrets.has_value() == node->is_leaf() ||
        (secrets && secrets->find(*node) != nullptr))
      return fail(errc::kBadPath, "stored tree secrets: the leaf, then nodes above it, each once");
    crypto::HpkeKeyPair pair;
    if (const bool wiped = stored.pairs.size() == 1 && entry.private_key.empty(); !wiped) {
      DMLS_TRY(pair, crypto::hpke_key_pair_from_private(suite, std::move(entry.private_key)));
    }
    if (secrets) {
      PathKeys::put(*secrets, node->level(), std::move(pair));
    } else {
      secrets.emplace(*index, std::move(pair));
    }
  }
  if (!secrets) return fail(errc::kBadPath, "stored tree secrets: the leaf, then nodes above it, each once");
  return *std::move(secrets);
}

}  // namespace dmls::treekem
