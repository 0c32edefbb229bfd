// A detached leaf, from its key to the tree it goes into; and the leaf of a commit, which must not go there.
// draft-xue-distributed-mls (newer text), "COMMIT"; RFC 9420 §7.2, §7.3, §12.1.2
//
//   { "cipher_suite": uint16,
//     // the Send Group of the leaf's owner, and the epoch that its UPDATE starts:
//     "own_group_id": hex, "epoch": uint64,
//     // the Send Group that imports it, and the owner's place there:
//     "group_id": hex, "leaf_index": uint32,
//     "leaf_secret": hex,                       // Nh octets; the HPKE key pair is DeriveKeyPair of it
//     "leaf_node": hex(LeafNode),               // source key_package
//     "leaf_node_tbs": hex(LeafNodeTBS),
//     "published": hex(Proposal),               // 0xfdf1, of the UPDATE: this leaf, for this suite
//     "proposal": hex(Proposal),                // 0xfdf0, of the importing commit
//     "tree_before": hex(ratchet_tree), "tree_hash_before": hex,
//     "tree_after": hex(ratchet_tree), "tree_hash_after": hex,
//     // of the owner's UPDATE: valid at leaf 0 of its own group, to be refused at `leaf_index` of `group_id`:
//     "commit_leaf": hex(LeafNode) }

#include <dmls/base/hex.h>
#include <dmls/group/proposal.h>
#include <dmls/sendgroup/detached_leaf.h>
#include <dmls/sendgroup/exporter_psk.h>
#include <dmls/treekem/leaf_validation.h>

#include "grove.h"

namespace dmls::vectors {
namespace {

using treekem::LeafIndex;
using treekem::LeafNode;
using treekem::LeafPosition;

struct Places {
  sendgroup::EpochName published;
  Bytes group_id;
  LeafIndex at;
};

Bytes published_proposal(const crypto::CipherSuite& suite, const LeafNode& leaf) {
  return tls_codec::encode(group::Proposal(group::CustomProposal{
      sendgroup::kPublishedLeavesProposal, tls_codec::encode(sendgroup::PublishedLeaves{{{suite.id(), leaf}}})}));
}
Bytes importing_proposal(const Places& places, const LeafNode& leaf) {
  return tls_codec::encode(group::Proposal(
      group::CustomProposal{sendgroup::kDetachedLeafProposal,
                            tls_codec::encode(sendgroup::DetachedLeaf{sendgroup::psk_id(places.published), leaf})}));
}

// Fits in that tree of that group, in the place of the leaf that is there.
Result<void> check_leaf(const treekem::RatchetTree& tree, const LeafNode& leaf, const Places& places) {
  const auto present = tree.leaf(places.at);
  if (!present) return fail(errc::kFailed, "nobody is there");
  const auto replaced = present->view();
  treekem::LeafExpectations expectations{.suite = tree.suite()};
  expectations.source = treekem::LeafNodeSource::key_package;
  expectations.replaces = &replaced;
  const Bytes encoded = tls_codec::encode(leaf);
  DMLS_TRY(const auto view, treekem::LeafNodeView::parse(encoded));
  DMLS_CHECK(treekem::check_leaf_node(view, expectations));
  DMLS_CHECK(tree.check_credential_types(view, places.at));
  return treekem::verify_leaf_node_signature(tree.suite(), view, std::nullopt);
}

}  // namespace

Result<void> verify_dimls_leaf(const Value& vector) {
  DMLS_TRY(const auto suite, vector.suite());
  Places places;
  DMLS_TRY(places.published.group_id, vector.octets("own_group_id"));
  DMLS_TRY(places.published.epoch, vector.integer<std::uint64_t>("epoch"));
  DMLS_TRY(places.group_id, vector.octets("group_id"));
  DMLS_TRY(const auto index, vector.integer<std::uint32_t>("leaf_index"));
  const auto at = LeafIndex::from(index);
  DMLS_CHECK(vector.require(at.has_value(), "leaf_index", "it is below 2^31"));
  places.at = *at;
  DMLS_TRY(const Bytes secret, vector.octets("leaf_secret", suite.hash_length()));
  DMLS_TRY(const Bytes encoded, vector.octets("leaf_node"));
  DMLS_TRY(const auto leaf, vector.in("leaf_node", tls_codec::decode<LeafNode>(encoded)));
  DMLS_CHECK(vector.expect("leaf_node", tls_codec::encode(leaf)));

  DMLS_TRY(const auto pair, vector.in("leaf_secret", crypto::derive_hpke_key_pair(suite, secret)));
  DMLS_CHECK(vector.require(pair.public_key == leaf.encryption_key, "leaf_secret", "the leaf has its key"));
  DMLS_TRY(const auto view, vector.in("leaf_node", treekem::LeafNodeView::parse(encoded)));
  DMLS_CHECK(vector.expect("leaf_node_tbs", view.content));
  DMLS_CHECK(vector.expect("published", published_proposal(suite, leaf)));
  DMLS_CHECK(vector.expect("proposal", importing_proposal(places, leaf)));

  DMLS_TRY(const Bytes before, vector.octets("tree_before"));
  DMLS_TRY(auto tree, vector.in("tree_before", treekem::RatchetTree::decode(suite, before)));
  DMLS_CHECK(vector.expect("tree_before", tree.encode()));
  DMLS_CHECK(vector.expect("tree_hash_before", tree.tree_hash()));
  DMLS_CHECK(vector.in("tree_before", tree.verify_leaf_signatures(places.group_id)));
  DMLS_CHECK(vector.in("leaf_node", check_leaf(tree, leaf, places)));
  auto copied = tree;
  DMLS_CHECK(vector.in("leaf_index", tree.update(places.at, leaf)));
  DMLS_CHECK(vector.expect("tree_after", tree.encode()));
  DMLS_CHECK(vector.expect("tree_hash_after", tree.tree_hash()));
  DMLS_CHECK(vector.in("tree_after", tree.verify_leaf_signatures(places.group_id)));

  DMLS_TRY(const Bytes committed, vector.octets("commit_leaf"));
  DMLS_TRY(const auto other, vector.in("commit_leaf", tls_codec::decode<LeafNode>(committed)));
  DMLS_CHECK(vector.require(other.source() == treekem::LeafNodeSource::commit &&
                                other.signature_key == leaf.signature_key && other.credential == leaf.credential,
                            "commit_leaf", "it is a commit's, of the same owner"));
  DMLS_CHECK(vector.in("commit_leaf", treekem::verify_leaf_node_signature(
                                          suite, other, LeafPosition{places.published.group_id, LeafIndex(0)})));
  DMLS_CHECK(vector.in("commit_leaf", copied.update(places.at, other)));
  return vector.require(!copied.verify_leaf_signatures(places.group_id), "commit_leaf",
                        "no member accepts it in the importing group");
}

// A Send Group of four: leaf 0 has committed, the others stand there with the leaves of their key packages.
Result<Json> generate_dimls_leaf(const Generation& generation) {
  const crypto::CipherSuite& suite = *generation.suite;
  Json cases = Json::array();
  for (std::uint32_t index = 1; index < 4; ++index) {
    Places places;
    DMLS_TRY(places.group_id, generation.random.bytes(suite.hash_length()));
    DMLS_TRY(places.published.group_id, generation.random.bytes(suite.hash_length()));
    places.published.epoch = index;
    places.at = LeafIndex(index);
    DMLS_TRY(auto grove, Grove::create(generation, places.group_id));
    for (int i = 0; i < 3; ++i) DMLS_CHECK(grove.add());
    DMLS_CHECK(grove.commit(LeafIndex(0)));
    const crypto::KeyPairSigner signer(suite, grove.members().at(places.at).signature.clone());

    DMLS_TRY(const Bytes secret, generation.random.bytes(suite.hash_length()));
    DMLS_TRY(const auto pair, crypto::derive_hpke_key_pair(suite, secret));
    LeafNode leaf = grove.tree().leaf(places.at)->node();
    leaf.encryption_key = pair.public_key;
    leaf.capabilities = sendgroup::with_detached_leaves(std::move(leaf.capabilities));
    DMLS_CHECK(treekem::sign_leaf_node(leaf, signer, std::nullopt));
    const Bytes encoded = tls_codec::encode(leaf);
    DMLS_TRY(const auto view, treekem::LeafNodeView::parse(encoded));

    LeafNode committed = leaf;
    DMLS_TRY(const auto other, crypto::generate_hpke_key_pair(suite, generation.random));
    committed.encryption_key = other.public_key;
    DMLS_TRY(Bytes parent_hash, generation.random.bytes(suite.hash_length()));
    committed.leaf_node_source = treekem::LeafFromCommit{std::move(parent_hash)};
    DMLS_CHECK(treekem::sign_leaf_node(committed, signer, LeafPosition{places.published.group_id, LeafIndex(0)}));

    const auto& before = grove.tree();
    auto after = before;
    DMLS_CHECK(after.update(places.at, leaf));
    cases.push_back({{"cipher_suite", static_cast<std::uint16_t>(suite.id())},
                     {"own_group_id", to_hex(places.published.group_id)},
                     {"epoch", places.published.epoch},
                     {"group_id", to_hex(places.group_id)},
                     {"leaf_index", index},
                     {"leaf_secret", to_hex(secret)},
                     {"leaf_node", to_hex(encoded)},
                     {"leaf_node_tbs", to_hex(view.content)},
                     {"published", to_hex(published_proposal(suite, leaf))},
                     {"proposal", to_hex(importing_proposal(places, leaf))},
                     {"tree_before", to_hex(before.encode())},
                     {"tree_hash_before", to_hex(before.tree_hash())},
                     {"tree_after", to_hex(after.encode())},
                     {"tree_hash_after", to_hex(after.tree_hash())},
                     {"commit_leaf", to_hex(tls_codec::encode(committed))}});
  }
  return cases;
}

}  // namespace dmls::vectors
