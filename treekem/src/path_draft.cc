#include <dmls/crypto/hpke.h>
#include <dmls/crypto/kdf.h>
#include <dmls/tls_codec/codec.h>
#include <dmls/treekem/error.h>
#include <dmls/treekem/path.h>

#include <algorithm>
#include <utility>

#include "path_keys.h"
#include "path_merge.h"
#include "tree_state.h"

namespace dmls::treekem {
namespace {

// One ciphertext to be made.
struct Seal {
  const PathSecret* secret;
  BytesView recipient;
  crypto::HpkeCiphertext* out;
  SecretBytes ephemeral;
  std::optional<Error> failure;
};

}  // namespace

Result<PathDraft> PathDraft::make(const RatchetTree& tree, const PathParameters& parameters, Random& random) {
  const crypto::CipherSuite& suite = tree.suite();
  const LeafIndex index = parameters.index;
  if (parameters.signer == nullptr) return fail(dmls::errc::kMisuse, "a path needs a signer");
  DMLS_TRY(RatchetTree next, tree_for_committer(tree, parameters.committer, index));
  if (const auto owner = next.find_signature_key(parameters.leaf.signature_key.octets); owner && *owner != index)
    return fail(errc::kDuplicateKey, "RFC 9420 §7.3: signature keys are unique among the members");
  DMLS_TRY(const auto filtered, next.filtered_direct_path(index));

  // RFC 9420 §7.4: fresh keys for the leaf, and a chain of path secrets for the filtered direct path.
  DMLS_TRY(crypto::HpkeKeyPair leaf_pair, crypto::generate_hpke_key_pair(suite, random));
  DMLS_TRY(SecretBytes first, random.secret(suite.hash_length()));
  LeafNode leaf = parameters.leaf;
  leaf.encryption_key = leaf_pair.public_key;
  PathDraft draft(next, TreeSecrets(index, std::move(leaf_pair)));
  PathSecret secret(std::move(first));
  std::vector<PathNodeKey> keys;
  draft.nodes_.reserve(filtered.size());
  for (std::size_t i = 0; i < filtered.size(); ++i) {
    if (i > 0) secret = PathKeys::next(suite, secret);
    DMLS_TRY(crypto::HpkeKeyPair pair, PathKeys::node_pair(suite, secret));
    draft.nodes_.push_back({filtered[i], secret.clone(), pair.public_key});
    keys.push_back({filtered[i], draft.nodes_.back().public_key.octets});
    PathKeys::put(draft.secrets_, filtered[i].node.level(), std::move(pair));
  }
  draft.last_ = std::move(secret);
  DMLS_CHECK(check_path_keys(next, leaf.encryption_key.octets, keys));

  PathHashes hashes = path_parent_hashes(next, keys);
  leaf.leaf_node_source = LeafFromCommit{std::move(hashes.leaf)};
  DMLS_CHECK(sign_leaf_node(leaf, *parameters.signer, LeafPosition{parameters.group_id, index}));
  const Bytes encoded = tls_codec::encode(leaf);
  DMLS_TRY(const LeafNodeView view, LeafNodeView::parse(encoded));
  TreeAccess::own(draft.tree_).merge_path(index, view, hashes.nodes);
  draft.leaf_ = std::move(leaf);
  return draft;
}

Result<UpdatePath> PathDraft::seal(BytesView group_context, std::span<const LeafIndex> added, Random& random,
                                   Executor* executor) const {
  const crypto::CipherSuite& suite = tree_.suite();
  const std::vector<LeafIndex> excluded = ascending(added);
  UpdatePath path;
  path.leaf_node = leaf_;
  path.nodes.resize(nodes_.size());

  std::vector<Seal> seals;
  for (const Node& node : nodes_) {
    for_each_recipient(tree_, node.step.copath, excluded, [&](NodeIndex recipient) {
      seals.push_back({&node.secret, *tree_.encryption_key(recipient), nullptr, SecretBytes(), {}});
      return true;
    });
    UpdatePathNode& out = path.nodes[static_cast<std::size_t>(&node - nodes_.data())];
    out.encryption_key = node.public_key;
    std::size_t count = 0;
    for (auto seal = seals.rbegin(); seal != seals.rend() && seal->out == nullptr && seal->secret == &node.secret;
         ++seal)
      ++count;
    out.encrypted_path_secret.resize(count);
    for (std::size_t i = 0; i < count; ++i) seals[seals.size() - count + i].out = &out.encrypted_path_secret[i];
  }
  // Drawn here and in order: the result does not depend on who does which.
  const std::size_t draw = crypto::kem_sizes(suite.kem()).private_key;
  for (Seal& seal : seals) {
    DMLS_TRY(seal.ephemeral, random.secret(draw));
  }

  // RFC 9420 §7.6. What does not depend on the recipient is computed once.
  const auto info = crypto::HpkeInfo::with_label(suite, "UpdatePathNode", group_context);
  const auto one = [&](std::size_t i) {
    Seal& seal = seals[i];
    auto sealed = crypto::hpke_seal(info, crypto::HpkePublicKey{to_bytes(seal.recipient)}, {}, seal.secret->expose(),
                                    seal.ephemeral);
    if (sealed) {
      *seal.out = *std::move(sealed);
    } else {
      seal.failure = sealed.error();
    }
  };
  run_tasks(executor, seals.size(), one);
  for (const Seal& seal : seals)
    if (seal.failure) return fail(*seal.failure);
  return path;
}

Result<PathSecret> PathDraft::path_secret_for(LeafIndex added) const {
  if (!tree_.is_member(added) || added == index())
    return fail(errc::kNoSuchLeaf, "RFC 9420 §12.4.1: a path secret goes to another member");
  const NodeIndex common = common_ancestor(added, index());
  for (const Node& node : nodes_)
    if (node.step.node == common) return node.secret.clone();
  panic("treekem: a filtered direct path left out a node above a member");
}

}  // namespace dmls::treekem
