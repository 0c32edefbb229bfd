#include "grove.h"

#include <dmls/crypto/kdf.h>
#include <dmls/tree_math/tree_math.h>

#include <algorithm>

namespace dmls::vectors {

using treekem::PathSecret;

Result<Grove> Grove::create(const Generation& generation, Bytes group_id) {
  Grove grove(generation, std::move(group_id));
  DMLS_CHECK(grove.add());
  return grove;
}

Result<Grove::Newcomer> Grove::newcomer() {
  const crypto::CipherSuite& suite = *generation_->suite;
  const std::string name = "member " + std::to_string(named_++);
  DMLS_TRY(auto signature, crypto::generate_signature_key_pair(suite, generation_->random));
  const crypto::KeyPairSigner signer(suite, signature.clone());
  DMLS_TRY(auto bundle,
           treekem::make_key_package(suite, signer,
                                     {.credential = treekem::BasicCredential{to_bytes(as_bytes(name))},
                                      .capabilities = treekem::default_capabilities(),
                                      .lifetime = treekem::Lifetime::from_now(1'800'000'000, 1'000'000'000)},
                                     generation_->random));
  return Newcomer{std::move(bundle), std::move(signature)};
}

Result<Grove::LeafIndex> Grove::add() {
  DMLS_TRY(auto who, newcomer());
  DMLS_TRY(const LeafIndex index, tree_.add(who.bundle.key_package.leaf_node));
  members_.insert_or_assign(index, Member{std::move(who.bundle.encryption.private_key), std::move(who.signature), {}});
  return index;
}

Result<void> Grove::remove(LeafIndex index) {
  DMLS_CHECK(tree_.remove(index));
  members_.erase(index);
  return prune();
}

Result<treekem::LeafNode> Grove::updated_leaf(LeafIndex index) {
  const crypto::CipherSuite& suite = *generation_->suite;
  treekem::LeafNode leaf = tree_.leaf(index)->node();
  DMLS_TRY(auto pair, crypto::generate_hpke_key_pair(suite, generation_->random));
  leaf.encryption_key = pair.public_key;
  leaf.leaf_node_source = treekem::LeafFromUpdate{};
  const crypto::KeyPairSigner signer(suite, members_.at(index).signature.clone());
  DMLS_CHECK(treekem::sign_leaf_node(leaf, signer, treekem::LeafPosition{group_id_, index}));
  return leaf;
}

Result<treekem::PathDraft> Grove::draft(LeafIndex index) {
  const crypto::KeyPairSigner signer(*generation_->suite, members_.at(index).signature.clone());
  return treekem::PathDraft::make(
      tree_, {.index = index, .leaf = tree_.leaf(index)->node(), .group_id = group_id_, .signer = &signer},
      generation_->random);
}

Result<void> Grove::commit(LeafIndex index) {
  const crypto::CipherSuite& suite = *generation_->suite;
  DMLS_TRY(const auto path, draft(index));
  DMLS_TRY(const auto filtered, tree_.filtered_direct_path(index));
  tree_ = path.tree();
  DMLS_CHECK(prune());
  members_.at(index).leaf = path.secrets().find(index.node())->private_key.clone();
  for (auto& [other, member] : members_) {
    if (other == index) continue;
    DMLS_TRY(PathSecret secret, path.path_secret_for(other));
    const NodeIndex common = tree_math::common_ancestor(index, other);
    for (const auto& step : filtered) {
      if (step.node.level() < common.level()) continue;
      member.path_secrets.insert_or_assign(step.node, secret.clone());
      secret = PathSecret(crypto::derive_secret(suite, secret.expose(), "path"));
    }
    // The committer knows them all; the lowest is that of whoever meets it there.
    auto& own = members_.at(index).path_secrets;
    for (const auto& [node, known] : member.path_secrets)
      if (std::ranges::any_of(filtered, [&, at = node](const auto& step) { return step.node == at; }))
        own.insert_or_assign(node, known.clone());
  }
  return {};
}

Result<void> Grove::prune() {
  const crypto::CipherSuite& suite = *generation_->suite;
  for (auto& [index, member] : members_) {
    for (auto at = member.path_secrets.begin(); at != member.path_secrets.end();) {
      const auto present = tree_.encryption_key(at->first);
      bool kept = false;
      if (present) {
        const SecretBytes node_secret = crypto::derive_secret(suite, at->second.expose(), "node");
        DMLS_TRY(const auto pair, crypto::derive_hpke_key_pair(suite, node_secret.expose()));
        kept = std::ranges::equal(pair.public_key.octets, *present);
      }
      at = kept ? std::next(at) : member.path_secrets.erase(at);
    }
  }
  return {};
}

Result<std::vector<Grove>> groves(const Generation& generation) {
  using tree_math::LeafIndex;
  std::vector<Grove> all;
  const auto begin = [&](std::uint32_t members) -> Result<Grove> {
    DMLS_TRY(Bytes id, generation.random.bytes(generation.suite->hash_length()));
    DMLS_TRY(Grove grove, Grove::create(generation, std::move(id)));
    for (std::uint32_t i = 1; i < members; ++i) {
      DMLS_CHECK(grove.add());
      DMLS_CHECK(grove.commit(LeafIndex(0)));
    }
    return grove;
  };
  for (const std::uint32_t members : {2U, 3U, 4U, 7U}) {  // everybody has committed
    DMLS_TRY(Grove grove, begin(members));
    for (std::uint32_t i = 0; i < members; ++i) DMLS_CHECK(grove.commit(LeafIndex(i)));
    all.push_back(std::move(grove));
  }
  {  // blank leaves, in the middle and at an end that is not truncated
    DMLS_TRY(Grove grove, begin(7));
    for (const std::uint32_t i : {1U, 5U, 6U}) DMLS_CHECK(grove.commit(LeafIndex(i)));
    for (const std::uint32_t i : {2U, 5U}) DMLS_CHECK(grove.remove(LeafIndex(i)));
    DMLS_CHECK(grove.commit(LeafIndex(0)));
    all.push_back(std::move(grove));
  }
  {  // unmerged leaves
    DMLS_TRY(Grove grove, begin(6));
    for (const std::uint32_t i : {2U, 4U}) DMLS_CHECK(grove.commit(LeafIndex(i)));
    DMLS_CHECK(grove.remove(LeafIndex(1)));
    DMLS_CHECK(grove.commit(LeafIndex(3)));
    DMLS_CHECK(grove.add());
    DMLS_CHECK(grove.add());
    all.push_back(std::move(grove));
  }
  return all;
}

}  // namespace dmls::vectors
