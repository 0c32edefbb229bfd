// UpdatePaths: received, and made anew. RFC 9420 §7.4, §7.5, §7.6

#include <dmls/base/hex.h>
#include <dmls/base/random.h>
#include <dmls/crypto/kdf.h>
#include <dmls/keyschedule/group_context.h>
#include <dmls/treekem/path.h>

#include <map>
#include <optional>

#include "grove.h"

namespace dmls::vectors {
namespace {

using treekem::LeafIndex;
using treekem::NodeIndex;
using treekem::RatchetTree;
using treekem::TreeSecrets;

// The format in which TreeSecrets is stored: the vectors give path secrets of single nodes.
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

struct Member {
  TreeSecrets secrets;
  crypto::SignatureKeyPair signature;
};
using Members = std::map<LeafIndex, Member>;

Result<Member> read_member(const crypto::CipherSuite& suite, const RatchetTree& tree, const Value& entry) {
  DMLS_TRY(const auto index, entry.integer<std::uint32_t>("index"));
  DMLS_TRY(const Bytes encryption_priv, entry.octets("encryption_priv"));
  DMLS_TRY(const Bytes signature_priv, entry.octets("signature_priv"));
  DMLS_TRY(const auto path_secrets, entry.list_if_any("path_secrets"));
  const auto leaf = LeafIndex::from(std::uint64_t{index});
  DMLS_CHECK(entry.require(leaf && tree.is_member(*leaf), "index", "a member of the tree"));
  StoredSecrets stored{index, {}};
  stored.pairs.push_back({leaf->node().value(), crypto::HpkePrivateKey(SecretBytes(encryption_priv))});
  for (const Value& one : path_secrets) {
    DMLS_TRY(const auto node, one.integer<std::uint32_t>("node"));
    DMLS_TRY(const Bytes path_secret, one.octets("path_secret", suite.hash_length()));
    const SecretBytes node_secret = crypto::derive_secret(suite, path_secret, "node");
    DMLS_TRY(auto pair, one.in("path_secret", crypto::derive_hpke_key_pair(suite, node_secret.expose())));
    stored.pairs.push_back({node, std::move(pair.private_key)});
  }
  const SecretBytes encoded = tls_codec::encode_secret(stored);
  DMLS_TRY(auto secrets, entry.in("path_secrets", TreeSecrets::decode(suite, encoded.expose())));
  // Every private key fits the public key in the tree.
  DMLS_TRY(const auto pruned, entry.in("encryption_priv", secrets.pruned(tree)));
  for (const StoredPair& pair : stored.pairs)
    DMLS_CHECK(entry.require(pruned.find(NodeIndex(pair.node)) != nullptr, "path_secrets", "keys of the tree"));
  DMLS_TRY(auto signature,
           entry.in("signature_priv", crypto::signature_key_pair_from_private(
                                          suite, crypto::SignaturePrivateKey(SecretBytes(signature_priv)))));
  DMLS_CHECK(entry.require(signature.public_key == tree.leaf(*leaf)->signature_key(), "signature_priv",
                           "the key of the public key in the tree"));
  return Member{std::move(secrets), std::move(signature)};
}

struct Case {
  crypto::CipherSuite suite;
  RatchetTree tree;
  keyschedule::GroupContext context;
  Members members;

  [[nodiscard]] Bytes context_for(const RatchetTree& next) const {
    keyschedule::GroupContext provisional = context;
    provisional.tree_hash = to_bytes(next.tree_hash());
    return tls_codec::encode(provisional);
  }
};

// path_secret[n], from the path secret of the lowest common ancestor.
SecretBytes last_secret(const Case& c, LeafIndex sender, LeafIndex receiver, BytesView path_secret) {
  SecretBytes secret(path_secret);
  const NodeIndex common = common_ancestor(sender, receiver);
  const auto path = c.tree.filtered_direct_path(sender);
  for (const auto& step : *path)
    if (step.node.level() > common.level()) secret = crypto::derive_secret(c.suite, secret.expose(), "path");
  return secret;
}

Result<void> verify_received(const Case& c, LeafIndex sender, const treekem::UpdatePath& path, const Value& entry) {
  DMLS_CHECK(entry.in("update_path", treekem::verify_leaf_node_signature(
                                         c.suite, path.leaf_node, treekem::LeafPosition{c.context.group_id, sender})));
  DMLS_TRY(const auto received,
           entry.in("update_path", treekem::ReceivedPath::apply(c.tree, treekem::Committer::member, sender, path, {})));
  DMLS_CHECK(entry.expect("tree_hash_after", received.tree().tree_hash()));
  DMLS_TRY(const auto path_secrets, entry.list("path_secrets"));
  const Bytes context = c.context_for(received.tree());
  for (const auto& [index, member] : c.members) {
    if (index == sender) continue;
    DMLS_CHECK(entry.require(index.value() < path_secrets.size(), "path_secrets", "one for each member"));
    DMLS_TRY(const Bytes secret, path_secrets[index.value()].octets(c.suite.hash_length()));
    DMLS_TRY(const auto opened, entry.in("update_path", received.open(member.secrets, context)));
    DMLS_CHECK(path_secrets[index.value()].require(
        last_secret(c, sender, index, secret) == SecretBytes(opened.path_secret.expose()), "", "what was decrypted"));
    DMLS_CHECK(entry.expect("commit_secret", opened.commit_secret));
  }
  return {};
}

Result<void> verify_made(const Case& c, LeafIndex sender, const Value& entry) {
  const auto at = c.members.find(sender);
  DMLS_CHECK(entry.require(at != c.members.end(), "sender", "one of leaves_private"));
  SystemRandom random;
  const crypto::KeyPairSigner signer(c.suite, at->second.signature.clone());
  const treekem::PathParameters parameters{
      .index = sender, .leaf = c.tree.leaf(sender)->node(), .group_id = c.context.group_id, .signer = &signer};
  DMLS_TRY(const auto draft, entry.in("sender", treekem::PathDraft::make(c.tree, parameters, random)));
  const Bytes context = c.context_for(draft.tree());
  DMLS_TRY(const auto path, entry.in("sender", draft.seal(context, {}, random)));
  DMLS_TRY(const auto received,
           entry.in("sender", treekem::ReceivedPath::apply(c.tree, treekem::Committer::member, sender, path, {})));
  DMLS_CHECK(entry.require(received.tree() == draft.tree(), "sender", "both sides have one tree"));
  for (const auto& [index, member] : c.members) {
    if (index == sender) continue;
    DMLS_TRY(const auto opened, entry.in("sender", received.open(member.secrets, context)));
    DMLS_CHECK(entry.require(opened.commit_secret == draft.commit_secret(), "sender", "both sides have one secret"));
  }
  return {};
}

}  // namespace

Result<void> verify_treekem(const Value& vector) {
  DMLS_TRY(const auto suite, vector.suite());
  DMLS_TRY(const Bytes encoded, vector.octets("ratchet_tree"));
  DMLS_TRY(const auto tree, vector.in("ratchet_tree", RatchetTree::decode(suite, encoded)));
  Case c{suite, tree, {}, {}};
  c.context.cipher_suite = suite.id();
  DMLS_TRY(c.context.group_id, vector.octets("group_id"));
  DMLS_TRY(c.context.epoch, vector.integer<std::uint64_t>("epoch"));
  DMLS_TRY(c.context.confirmed_transcript_hash, vector.octets("confirmed_transcript_hash"));
  DMLS_TRY(const auto leaves, vector.list("leaves_private"));
  for (const Value& leaf : leaves) {
    DMLS_TRY(Member member, read_member(suite, tree, leaf));
    const LeafIndex index = member.secrets.leaf_index();
    c.members.emplace(index, std::move(member));
  }
  DMLS_CHECK(vector.require(c.members.size() == tree.member_count(), "leaves_private", "one for each member"));
  DMLS_TRY(const auto paths, vector.list("update_paths"));
  for (const Value& entry : paths) {
    DMLS_TRY(const auto sender, entry.integer<std::uint32_t>("sender"));
    const auto index = LeafIndex::from(std::uint64_t{sender});
    DMLS_CHECK(entry.require(index.has_value(), "sender", "a leaf index"));
    DMLS_TRY(const Bytes octets, entry.octets("update_path"));
    DMLS_TRY(const auto path, entry.in("update_path", tls_codec::decode<treekem::UpdatePath>(octets)));
    DMLS_CHECK(verify_received(c, *index, path, entry));
    DMLS_CHECK(verify_made(c, *index, entry));
  }
  return {};
}

namespace {

Json private_of(LeafIndex index, const Grove::Member& member) {
  Json secrets = Json::array();
  for (const auto& [node, secret] : member.path_secrets)
    secrets.push_back({{"node", node.value()}, {"path_secret", to_hex(secret.expose())}});
  return {{"index", index.value()},
          {"encryption_priv", to_hex(member.leaf.expose())},
          {"signature_priv", to_hex(member.signature.private_key.expose())},
          {"path_secrets", std::move(secrets)}};
}

Result<Json> path_of(const Generation& generation, Grove& grove, keyschedule::GroupContext context, LeafIndex sender) {
  DMLS_TRY(const auto draft, grove.draft(sender));
  context.tree_hash = to_bytes(draft.tree().tree_hash());
  DMLS_TRY(const auto path, draft.seal(tls_codec::encode(context), {}, generation.random));
  Json secrets = Json::array();
  for (std::uint32_t i = 0; i < grove.tree().leaf_count().value(); ++i) {
    const LeafIndex receiver(i);
    if (receiver == sender || !grove.tree().is_member(receiver)) {
      secrets.push_back(nullptr);
      continue;
    }
    DMLS_TRY(const auto secret, draft.path_secret_for(receiver));
    secrets.push_back(to_hex(secret.expose()));
  }
  return Json({{"sender", sender.value()},
               {"update_path", to_hex(tls_codec::encode(path))},
               {"path_secrets", std::move(secrets)},
               {"commit_secret", to_hex(draft.commit_secret().expose())},
               {"tree_hash_after", to_hex(draft.tree().tree_hash())}});
}

}  // namespace

// A path of every member, in trees of several shapes.
Result<Json> generate_treekem(const Generation& generation) {
  DMLS_TRY(auto all, groves(generation));
  Json cases = Json::array();
  for (Grove& grove : all) {
    keyschedule::GroupContext context;
    context.cipher_suite = generation.suite->id();
    context.group_id = grove.group_id();
    context.epoch = 28061;
    DMLS_TRY(context.confirmed_transcript_hash, generation.random.bytes(generation.suite->hash_length()));
    Json leaves = Json::array(), paths = Json::array();
    for (const auto& [index, member] : grove.members()) leaves.push_back(private_of(index, member));
    for (const auto& [index, member] : grove.members()) {
      DMLS_TRY(Json path, path_of(generation, grove, context, index));
      paths.push_back(std::move(path));
    }
    cases.push_back({{"cipher_suite", static_cast<std::uint16_t>(generation.suite->id())},
                     {"group_id", to_hex(grove.group_id())},
                     {"epoch", context.epoch},
                     {"confirmed_transcript_hash", to_hex(context.confirmed_transcript_hash)},
                     {"ratchet_tree", to_hex(grove.tree().encode())},
                     {"leaves_private", std::move(leaves)},
                     {"update_paths", std::move(paths)}});
  }
  return cases;
}

}  // namespace dmls::vectors
