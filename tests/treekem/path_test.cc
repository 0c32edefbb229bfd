// UpdatePaths, made and received; every rule of RFC 9420 §7.5, §7.6 and §12.4.2 broken once.
#include <dmls/crypto/kdf.h>
#include <dmls/treekem/path.h>
#include <gtest/gtest.h>

#include "small_group.h"
#include "support/backwards_executor.h"

namespace dmls::treekem {
namespace {

// Seven members, parents filled, a few of them with unmerged leaves.
SmallGroup story(crypto::CipherSuite suite = suite_of()) {
  SmallGroup group(6, suite);
  for (const std::uint32_t i : {0u, 5u, 3u}) group.commit(i);
  group.commit(2, {1});
  group.add_without_path(2);
  return group;
}

// Makes the leaf of a path right again after its nodes were changed: parent hash and signature.
void sign_again(const SmallGroup& group, const CommitDraft& c, UpdatePath& path) {
  NaiveTree naive = *NaiveTree::decode(group.suite, c.provisional.encode());
  path.leaf_node.leaf_node_source = LeafFromCommit{naive.merge_path(c.committer, path)};
  must(sign_leaf_node(path.leaf_node, *group.signers.at(c.committer), LeafPosition{group.group_id, c.committer}));
}

TEST(Path, CommitterAndReceiversEndWithOneTreeAndOneSecret) {
  for (const auto& suite : all_suites()) {
    SmallGroup group = story(suite);
    const CommitDraft c = group.draft(0);
    const auto received = c.apply(c.path);
    ASSERT_TRUE(succeeds(received));
    EXPECT_EQ(received->tree(), c.draft.tree());
    for (const auto& [index, mine] : group.secrets) {
      if (index == c.committer) continue;
      const auto opened = received->open(mine, c.context);
      ASSERT_TRUE(succeeds(opened)) << suite.name() << index.value();
      EXPECT_EQ(opened->path_secret, c.draft.path_secret());
      EXPECT_EQ(opened->commit_secret, c.draft.commit_secret());
    }
  }
}

TEST(Path, TheLeafIsSignedForItsPlaceWithTheParentHashOfThePath) {
  SmallGroup group = story();
  const CommitDraft c = group.draft(3);
  EXPECT_EQ(c.path.leaf_node.source(), LeafNodeSource::commit);
  EXPECT_TRUE(
      succeeds(verify_leaf_node_signature(group.suite, c.path.leaf_node, LeafPosition{group.group_id, LeafIndex(3)})));
  NaiveTree naive = group.naive();
  EXPECT_EQ(std::get<LeafFromCommit>(c.path.leaf_node.leaf_node_source).parent_hash,
            naive.merge_path(LeafIndex(3), c.path));
  EXPECT_TRUE(succeeds(c.draft.tree().verify_parent_hashes()));
}

TEST(Path, CommitSecretAndPathSecretAreBothDerivedFromTheLastPathSecret) {
  SmallGroup group(1);
  for (const std::uint32_t n : {0u, 3u}) {
    group.add_without_path(n);
    const CommitDraft c = group.draft(0);
    EXPECT_EQ(c.draft.path_secret().size(), group.suite.hash_length());
    const SecretBytes expected = crypto::derive_secret(group.suite, c.draft.path_secret().expose(), "path");
    EXPECT_EQ(c.draft.commit_secret(), CommitSecret(expected.clone()));
  }
}

TEST(Path, TheOnlyMemberMakesAPathWithoutNodesAndWithFreshSecrets) {
  SmallGroup group(1);
  const CommitDraft one = group.draft(0), two = group.draft(0);
  EXPECT_TRUE(one.path.nodes.empty());
  EXPECT_TRUE(std::get<LeafFromCommit>(one.path.leaf_node.leaf_node_source).parent_hash.empty());
  EXPECT_NE(one.draft.commit_secret(), two.draft.commit_secret());
  EXPECT_TRUE(succeeds(one.apply(one.path)));
}

TEST(Path, TheSameSeedMakesTheSamePathWhateverTheExecutor) {
  SmallGroup group = story();
  const CommitDraft c = group.draft(0);
  SeededRandom one(5), two(5);
  test::BackwardsExecutor backwards;
  EXPECT_EQ(must(c.draft.seal(c.context, {}, one)), must(c.draft.seal(c.context, {}, two, &backwards)));
}

TEST(Path, ANewMemberGetsThePathSecretOfTheLowestCommonAncestor) {
  SmallGroup group = story();
  const Newcomer one = group.newcomer(), two = group.newcomer();
  const CommitDraft c = group.draft(0, {5}, {&one.leaf, &two.leaf});
  for (std::size_t i = 0; i < 2; ++i) {
    const auto secret = c.draft.path_secret_for(c.added[i]);
    ASSERT_TRUE(succeeds(secret));
    const auto joined =
        TreeSecrets::join(c.draft.tree(), c.added[i], (i == 0 ? one : two).pair.clone(), c.committer, secret->clone());
    ASSERT_TRUE(succeeds(joined));
    for (const auto step : tree_math::DirectPath(c.added[i], c.draft.tree().leaf_count())) {
      const auto node = c.draft.tree().parent_node(step.node);
      const bool above = node && step.node.level() >= common_ancestor(c.added[i], c.committer).level();
      EXPECT_EQ(joined->find(step.node) != nullptr, above);
    }
  }
  EXPECT_TRUE(fails(c.draft.path_secret_for(c.committer), errc::kNoSuchLeaf, ""));
  EXPECT_TRUE(fails(c.draft.path_secret_for(LeafIndex(8)), errc::kNoSuchLeaf, ""));
}

TEST(Path, NothingIsEncryptedToMembersThatJoinWithTheCommit) {
  SmallGroup group = story();
  const Newcomer one = group.newcomer();
  const CommitDraft c = group.draft(0, {}, {&one.leaf});
  const UpdatePath without = c.path;
  UpdatePath with = must(c.draft.seal(c.context, {}, group.random));
  std::size_t fewer = 0, more = 0;
  for (const auto& node : without.nodes) fewer += node.encrypted_path_secret.size();
  for (const auto& node : with.nodes) more += node.encrypted_path_secret.size();
  EXPECT_EQ(fewer + 1, more);
  // Encrypted to the excluded leaf: refused.
  EXPECT_TRUE(fails(c.apply(with), errc::kBadPath, "one ciphertext"));
  // And the newcomer cannot open what others can.
  const TreeSecrets newcomer(c.added[0], one.pair.clone());
  const auto received = must(c.apply(without));
  EXPECT_FALSE(received.open(newcomer, c.context));
}

// ---- making one ----------------------------------------------------------------------------------------------------

TEST(Path, OnlyMembersAndTheFirstBlankLeafMakePaths) {
  SmallGroup group = story();
  must(group.tree.remove(LeafIndex(3)));
  const auto make = [&](Committer kind, std::uint32_t index) {
    const Newcomer one = group.newcomer();
    return PathDraft::make(group.tree,
                           {.committer = kind,
                            .index = LeafIndex(index),
                            .leaf = one.leaf,
                            .group_id = group.group_id,
                            .signer = one.signer.get()},
                           group.random);
  };
  EXPECT_TRUE(fails(make(Committer::member, 3), errc::kNoSuchLeaf, "member"));
  EXPECT_TRUE(fails(make(Committer::member, 8), errc::kNoSuchLeaf, "member"));
  EXPECT_TRUE(fails(make(Committer::member, 0x7fffffff), errc::kNoSuchLeaf, "member"));
  EXPECT_TRUE(fails(make(Committer::external, 0), errc::kNoSuchLeaf, "leftmost"));
  EXPECT_TRUE(fails(make(Committer::external, 7), errc::kNoSuchLeaf, "leftmost"));
  EXPECT_TRUE(succeeds(make(Committer::external, 3)));
}

TEST(Path, TheSignatureKeyOfAnotherMemberIsRefused) {
  SmallGroup group = story();
  const auto signer = group.signers.at(LeafIndex(2));
  LeafNode leaf = group.tree.leaf(LeafIndex(2))->node();
  EXPECT_TRUE(
      fails(PathDraft::make(group.tree, {.index = LeafIndex(0), .leaf = leaf, .group_id = {}, .signer = signer.get()},
                            group.random),
            errc::kDuplicateKey, "signature keys"));
}

TEST(Path, ASignerOfAnotherKeyOrNoneIsMisuse) {
  SmallGroup group = story();
  const LeafNode leaf = group.tree.leaf(LeafIndex(0))->node();
  const auto other = group.signers.at(LeafIndex(2));
  for (const crypto::Signer* signer :
       {static_cast<const crypto::Signer*>(nullptr), static_cast<const crypto::Signer*>(other.get())})
    EXPECT_TRUE(
        fails(PathDraft::make(group.tree, {.index = LeafIndex(0), .leaf = leaf, .signer = signer}, group.random),
              dmls::errc::kMisuse, ""));
}

TEST(Path, AFailingRandomSourceFailsEveryStep) {
  class Failing final : public Random {
   public:
    explicit Failing(int good) : left(good) {}
    Result<void> fill(std::span<std::uint8_t> out) override {
      if (left-- <= 0) return fail(dmls::errc::kRandomFailed, "no octets");
      std::fill(out.begin(), out.end(), static_cast<std::uint8_t>(left + 1));
      return {};
    }
    int left;
  };
  SmallGroup group = story();
  const PathParameters parameters{.index = LeafIndex(0),
                                  .leaf = group.tree.leaf(LeafIndex(0))->node(),
                                  .group_id = group.group_id,
                                  .signer = group.signers.at(LeafIndex(0)).get()};
  for (const int good : {0, 1}) {
    Failing random(good);
    EXPECT_TRUE(fails(PathDraft::make(group.tree, parameters, random), dmls::errc::kRandomFailed, ""));
  }
  const CommitDraft c = group.draft(0);
  for (const int good : {0, 2}) {
    Failing random(good);
    EXPECT_TRUE(fails(c.draft.seal(c.context, {}, random), dmls::errc::kRandomFailed, ""));
  }
}

// ---- external committers -------------------------------------------------------------------------------------------

TEST(Path, AnExternalCommitterJoinsAtTheFirstBlankLeafAlsoOfAFullTree) {
  for (const std::uint32_t n : {3u, 4u}) {
    SmallGroup group(n);
    group.commit(1);
    const Newcomer one = group.newcomer();
    const LeafIndex index = must(group.tree.first_blank_leaf());
    const auto draft = must(PathDraft::make(group.tree,
                                            {.committer = Committer::external,
                                             .index = index,
                                             .leaf = one.leaf,
                                             .group_id = group.group_id,
                                             .signer = one.signer.get()},
                                            group.random));
    const UpdatePath path = must(draft.seal(draft.tree().tree_hash(), {}, group.random));
    const auto received = ReceivedPath::apply(group.tree, Committer::external, index, path, {});
    ASSERT_TRUE(succeeds(received));
    EXPECT_EQ(received->tree(), draft.tree());
    EXPECT_EQ(received->tree().member_count(), n + 1);
    for (const auto& [who, mine] : group.secrets)
      EXPECT_EQ(must(received->open(mine, draft.tree().tree_hash())).commit_secret, draft.commit_secret());
    EXPECT_TRUE(fails(ReceivedPath::apply(group.tree, Committer::member, index, path, {}), errc::kNoSuchLeaf, ""));
    EXPECT_TRUE(fails(ReceivedPath::apply(group.tree, Committer::external, LeafIndex(0), path, {}), errc::kNoSuchLeaf,
                      "leftmost"));
  }
}

// ---- the public half, forged ---------------------------------------------------------------------------------------

TEST(Path, TheNumberOfNodesIsThatOfTheFilteredDirectPath) {
  SmallGroup group = story();
  const CommitDraft c = group.draft(0);
  UpdatePath path = c.path;
  path.nodes.pop_back();
  EXPECT_TRUE(fails(c.apply(path), errc::kBadPath, "one node"));
  path = c.path;
  path.nodes.push_back({group.newcomer().pair.public_key, {}});
  EXPECT_TRUE(fails(c.apply(path), errc::kBadPath, "one node"));
  path.nodes.clear();
  EXPECT_TRUE(fails(c.apply(path), errc::kBadPath, "one node"));
}

TEST(Path, TheNumberOfCiphertextsIsThatOfTheResolution) {
  SmallGroup group = story();
  const CommitDraft c = group.draft(0);
  for (std::size_t i = 0; i < c.path.nodes.size(); ++i) {
    UpdatePath path = c.path;
    path.nodes[i].encrypted_path_secret.pop_back();
    EXPECT_TRUE(fails(c.apply(path), errc::kBadPath, "one ciphertext")) << i;
    path = c.path;
    path.nodes[i].encrypted_path_secret.push_back(path.nodes[i].encrypted_path_secret[0]);
    EXPECT_TRUE(fails(c.apply(path), errc::kBadPath, "one ciphertext")) << i;
  }
}

TEST(Path, TheLeafIsFromACommit) {
  SmallGroup group = story();
  const CommitDraft c = group.draft(0);
  UpdatePath path = c.path;
  path.leaf_node.leaf_node_source = LeafFromUpdate{};
  EXPECT_TRUE(fails(c.apply(path), errc::kInvalidLeaf, "leaf_node_source"));
  path.leaf_node.leaf_node_source = LeafFromKeyPackage{{0, 1000}};
  EXPECT_TRUE(fails(c.apply(path), errc::kInvalidLeaf, "leaf_node_source"));
}

TEST(Path, NoKeyOfThePathIsInTheTree) {
  SmallGroup group = story();
  const CommitDraft c = group.draft(0);
  std::vector<Bytes> taken;
  for (std::uint32_t x = 0; x < group.tree.leaf_count().node_count(); ++x)
    if (const auto key = group.tree.encryption_key(NodeIndex(x))) taken.push_back(to_bytes(*key));
  ASSERT_GT(taken.size(), 8u);
  for (const Bytes& key : taken) {
    UpdatePath path = c.path;
    path.leaf_node.encryption_key.octets = key;
    sign_again(group, c, path);
    EXPECT_TRUE(fails(c.apply(path), errc::kDuplicateKey, "in the tree"));
    path = c.path;
    path.nodes.back().encryption_key.octets = key;
    sign_again(group, c, path);
    EXPECT_TRUE(fails(c.apply(path), errc::kDuplicateKey, "in the tree"));
  }
}

TEST(Path, NoKeyStandsTwiceInThePath) {
  SmallGroup group = story();
  const CommitDraft c = group.draft(0);
  UpdatePath path = c.path;
  path.nodes[1].encryption_key = path.nodes[0].encryption_key;
  sign_again(group, c, path);
  EXPECT_TRUE(fails(c.apply(path), errc::kBadPath, "distinct"));
  path = c.path;
  path.leaf_node.encryption_key = path.nodes[1].encryption_key;
  sign_again(group, c, path);
  EXPECT_TRUE(fails(c.apply(path), errc::kBadPath, "distinct"));
}

TEST(Path, TheLeafDoesNotTakeTheSignatureKeyOfAnotherMember) {
  SmallGroup group = story();
  const CommitDraft c = group.draft(0);
  UpdatePath path = c.path;
  path.leaf_node.signature_key = group.signers.at(LeafIndex(2))->public_key();
  EXPECT_TRUE(fails(c.apply(path), errc::kDuplicateKey, "signature keys"));
}

TEST(Path, KeysThatTheKemCannotUseAreRefused) {
  SmallGroup group = story(suite_of(2));
  const CommitDraft c = group.draft(0);
  for (std::size_t i = 0; i <= c.path.nodes.size(); ++i) {
    UpdatePath path = c.path;
    auto& key = i == c.path.nodes.size() ? path.leaf_node.encryption_key : path.nodes[i].encryption_key;
    key.octets[40] ^= 1;  // off the curve
    sign_again(group, c, path);
    EXPECT_TRUE(fails(c.apply(path), crypto::errc::kInvalidPublicKey, "")) << i;
  }
}

TEST(Path, TheCredentialTypeFitsAllMembers) {
  SmallGroup group = story();
  LeafNode narrow = group.newcomer().leaf;
  narrow.capabilities.credentials = {CredentialType::basic};
  must(group.tree.update(LeafIndex(4), narrow));
  const CommitDraft c = group.draft(0);
  UpdatePath path = c.path;
  path.leaf_node.credential = X509Credential{{Certificate{{1}}}};
  sign_again(group, c, path);
  EXPECT_TRUE(fails(c.apply(path), errc::kUnsupportedCapability, "all members support"));
}

TEST(Path, TheParentHashIsThatOfTheMergedPath) {
  SmallGroup group = story();
  const CommitDraft c = group.draft(0);
  UpdatePath path = c.path;
  auto& hash = std::get<LeafFromCommit>(path.leaf_node.leaf_node_source).parent_hash;
  hash.back() ^= 1;
  EXPECT_TRUE(fails(c.apply(path), errc::kParentHash, ""));
  hash.back() ^= 1;
  hash.pop_back();
  EXPECT_TRUE(fails(c.apply(path), errc::kParentHash, ""));
  hash.clear();
  EXPECT_TRUE(fails(c.apply(path), errc::kParentHash, ""));
  path = c.path;
  path.nodes[1].encryption_key = group.newcomer().pair.public_key;
  EXPECT_TRUE(fails(c.apply(path), errc::kParentHash, ""));
}

TEST(Path, ARefusedPathChangesNothing) {
  SmallGroup group = story();
  const CommitDraft c = group.draft(0);
  const Bytes before = c.provisional.encode(), hash = to_bytes(c.provisional.tree_hash());
  UpdatePath path = c.path;
  path.nodes[0].encryption_key = group.newcomer().pair.public_key;
  EXPECT_FALSE(c.apply(path));
  EXPECT_EQ(c.provisional.encode(), before);
  EXPECT_EQ(to_bytes(c.provisional.tree_hash()), hash);
  EXPECT_TRUE(succeeds(c.apply(c.path)));
}

// ---- the secret half, forged ---------------------------------------------------------------------------------------

TEST(Path, AnotherGroupContextOpensNothing) {
  SmallGroup group = story();
  const CommitDraft c = group.draft(0);
  const auto received = must(c.apply(c.path));
  Bytes context = c.context;
  context.push_back(0);
  for (const auto& [index, mine] : group.secrets) {
    if (index == c.committer) continue;
    EXPECT_TRUE(fails(received.open(mine, context), crypto::errc::kOpenFailed, ""));
  }
}

TEST(Path, AChangedCiphertextOpensNothing) {
  SmallGroup group = story();
  const CommitDraft c = group.draft(0);
  for (std::size_t cut = 0; cut < 2; ++cut) {
    UpdatePath path = c.path;
    for (auto& node : path.nodes)
      for (auto& sealed : node.encrypted_path_secret) {
        if (cut == 0) sealed.ciphertext[0] ^= 1;
        if (cut == 1) sealed.ciphertext.resize(3);
      }
    const auto received = must(c.apply(path));
    EXPECT_TRUE(fails(received.open(group.secrets.at(LeafIndex(2)), c.context), crypto::errc::kOpenFailed, ""));
  }
}

// A committer that tells one member another secret than the rest.
TEST(Path, APathSecretThatDoesNotGiveThePublicKeysIsRefused) {
  SmallGroup group = story();
  const CommitDraft c = group.draft(0);
  const LeafIndex victim(2);  // its leaf is the only one below the copath child of node 3, apart from unmerged ones
  for (const std::size_t octets : {std::size_t{32}, std::size_t{31}, std::size_t{33}, std::size_t{0}}) {
    UpdatePath path = c.path;
    for (auto& node : path.nodes)
      for (auto& sealed : node.encrypted_path_secret) {
        // To everybody: whoever opens it finds the wrong secret.
        const auto& filtered = must(c.provisional.filtered_direct_path(c.committer));
        const std::size_t i = static_cast<std::size_t>(&node - path.nodes.data());
        const std::size_t k = static_cast<std::size_t>(&sealed - node.encrypted_path_secret.data());
        const NodeIndex recipient = c.provisional.resolution(filtered[i].copath)[k];
        sealed = must(crypto::encrypt_with_label(
            group.suite, crypto::HpkePublicKey{to_bytes(*c.provisional.encryption_key(recipient))}, "UpdatePathNode",
            c.context, Bytes(octets, 7), group.random));
      }
    const auto received = must(c.apply(path));
    EXPECT_TRUE(fails(received.open(group.secrets.at(victim), c.context), errc::kBadPath,
                      octets == 32 ? "derived public keys" : "KDF.Nh octets"));
  }
}

TEST(Path, ACommitterDoesNotOpenItsOwnPath) {
  SmallGroup group = story();
  const CommitDraft c = group.draft(0);
  EXPECT_TRUE(fails(must(c.apply(c.path)).open(group.secrets.at(LeafIndex(0)), c.context), errc::kBadPath, "own path"));
}

TEST(Path, WhoIsNoMemberOpensNothing) {
  SmallGroup group = story();
  const CommitDraft c = group.draft(0);
  const auto received = must(c.apply(c.path));
  for (const std::uint32_t index : {7u, 8u, 0x7fffffffu}) {
    const TreeSecrets stranger(LeafIndex(index), group.newcomer().pair);
    EXPECT_TRUE(fails(received.open(stranger, c.context), errc::kBadPath, ""));
  }
  // The right place, and another key.
  const TreeSecrets impostor(LeafIndex(2), group.newcomer().pair);
  EXPECT_TRUE(fails(received.open(impostor, c.context), errc::kBadPath, "private key"));
}

// ---- tree secrets --------------------------------------------------------------------------------------------------

TEST(TreeSecrets, AJoinerWithoutPathSecretKnowsItsLeafOnly) {
  SmallGroup group = story();
  const Newcomer one = group.newcomer();
  const LeafIndex index = must(group.tree.add(one.leaf));
  const auto joined = TreeSecrets::join(group.tree, index, one.pair.clone(), LeafIndex(0), std::nullopt);
  ASSERT_TRUE(succeeds(joined));
  EXPECT_NE(joined->find(index.node()), nullptr);
  EXPECT_EQ(joined->find(group.tree.leaf_count().root()), nullptr);
}

TEST(TreeSecrets, AJoinerChecksEveryKeyItDerives) {
  SmallGroup group = story();
  const Newcomer one = group.newcomer();
  const CommitDraft c = group.draft(6, {}, {&one.leaf});
  const LeafIndex index = c.added[0];
  const auto join = [&](LeafIndex who, crypto::HpkeKeyPair pair, LeafIndex committer, SecretBytes secret) {
    return TreeSecrets::join(c.draft.tree(), who, std::move(pair), committer, PathSecret(std::move(secret)));
  };
  const PathSecret right = must(c.draft.path_secret_for(index));
  const auto secret = [&] { return right.clone().into_bytes(); };
  EXPECT_TRUE(succeeds(join(index, one.pair.clone(), c.committer, secret())));
  EXPECT_TRUE(fails(join(index, group.newcomer().pair, c.committer, secret()), errc::kBadPath, "public key"));
  EXPECT_TRUE(fails(join(index, one.pair.clone(), c.committer, SecretBytes(32)), errc::kBadPath, "derived keys"));
  EXPECT_TRUE(fails(join(index, one.pair.clone(), c.committer, SecretBytes(31)), errc::kBadPath, "KDF.Nh"));
  EXPECT_TRUE(fails(join(index, one.pair.clone(), c.committer, SecretBytes()), errc::kBadPath, "KDF.Nh"));
  EXPECT_TRUE(fails(join(index, one.pair.clone(), index, secret()), errc::kNoSuchLeaf, "another member"));
  EXPECT_TRUE(fails(join(index, one.pair.clone(), LeafIndex(99), secret()), errc::kNoSuchLeaf, "another member"));
  EXPECT_TRUE(fails(join(LeafIndex(99), one.pair.clone(), c.committer, secret()), errc::kNoSuchLeaf, "has a leaf"));
  // A secret of a node higher up gives the wrong keys below it.
  EXPECT_TRUE(fails(join(index, one.pair.clone(), c.committer, c.draft.path_secret().clone().into_bytes()),
                    errc::kBadPath, "derived keys"));
}

TEST(TreeSecrets, KeysOfNodesThatAreGoneAreDropped) {
  SmallGroup group = story();
  group.commit(0);
  const TreeSecrets& mine = group.secrets.at(LeafIndex(2));
  const NodeIndex root = group.tree.leaf_count().root();
  ASSERT_NE(mine.find(root), nullptr);
  RatchetTree next = group.tree;
  must(next.remove(LeafIndex(4)));
  const auto pruned = mine.pruned(next);
  ASSERT_TRUE(succeeds(pruned));
  EXPECT_EQ(pruned->find(root), nullptr);
  EXPECT_NE(pruned->find(LeafIndex(2).node()), nullptr);
  EXPECT_NE(mine.find(root), nullptr);
  must(next.remove(LeafIndex(2)));
  EXPECT_TRUE(fails(mine.pruned(next), errc::kBadPath, ""));
}

TEST(TreeSecrets, CopiesShareKeyPairs) {
  SmallGroup group = story();
  const TreeSecrets& mine = group.secrets.at(LeafIndex(2));
  const TreeSecrets copy = mine;
  EXPECT_EQ(copy.find(LeafIndex(2).node()), mine.find(LeafIndex(2).node()));
  const TreeSecrets other = mine.with_leaf(group.newcomer().pair);
  EXPECT_NE(other.find(LeafIndex(2).node()), mine.find(LeafIndex(2).node()));
}

TEST(TreeSecrets, StoredSecretsComeBackForEverySuite) {
  for (const auto& suite : all_suites()) {
    SmallGroup group = story(suite);
    for (const auto& [index, mine] : group.secrets) {
      const SecretBytes stored = mine.encode();
      const auto back = TreeSecrets::decode(suite, stored.expose());
      ASSERT_TRUE(succeeds(back));
      EXPECT_EQ(back->leaf_index(), index);
      EXPECT_EQ(back->encode(), stored);
      EXPECT_TRUE(succeeds(back->pruned(group.tree)));
    }
  }
}

struct Pair {
  std::uint32_t node = 0;
  Bytes key;
  static constexpr auto fields(auto& s) { return std::tie(s.node, s.key); }
};

TEST(TreeSecrets, StoredSecretsThatCannotBeAreRefused) {
  const auto decode = [](std::uint32_t leaf, std::vector<Pair> pairs) {
    Bytes encoded = tls_codec::encode(leaf);
    const Bytes rest = tls_codec::encode(pairs);
    encoded.insert(encoded.end(), rest.begin(), rest.end());
    return TreeSecrets::decode(suite_of(), encoded);
  };
  const Bytes key(32, 1);
  EXPECT_TRUE(succeeds(decode(2, {{4, key}, {5, key}, {3, key}})));
  EXPECT_TRUE(fails(decode(2, {}), errc::kBadPath, ""));
  EXPECT_TRUE(fails(decode(2, {{5, key}}), errc::kBadPath, ""));
  EXPECT_TRUE(fails(decode(2, {{4, key}, {4, key}}), errc::kBadPath, ""));
  EXPECT_TRUE(fails(decode(2, {{4, key}, {5, key}, {5, key}}), errc::kBadPath, ""));
  EXPECT_TRUE(fails(decode(2, {{4, key}, {1, key}}), errc::kBadPath, ""));
  EXPECT_TRUE(fails(decode(2, {{4, key}, {0xffffffff, key}}), errc::kBadPath, ""));
  EXPECT_TRUE(fails(decode(0x80000000, {{4, key}}), errc::kBadPath, ""));
  EXPECT_TRUE(fails(decode(2, {{4, Bytes(31)}}), crypto::errc::kInvalidPrivateKey, ""));
}

}  // namespace
}  // namespace dmls::treekem
