// Trees from outside: every rule of RFC 9420 §12.4.3.1 and §12.4.3.3 broken once.
#include <dmls/crypto_testing/cheap_provider.h>
#include <dmls/treekem/tree_import.h>
#include <gtest/gtest.h>

#include <random>

#include "small_group.h"
#include "support/backwards_executor.h"

namespace dmls::treekem {
namespace {

struct Import {
  explicit Import(const SmallGroup& g) : group(g) {}
  Result<RatchetTree> operator()(const NaiveTree& tree) const {
    const Bytes hash = tree.tree_hash(tree.root());
    return with_hash(tree.encode(), hash);
  }
  Result<RatchetTree> with_hash(BytesView encoded, BytesView hash) const {
    TreeExpectations expected = base;
    expected.group_id = group.group_id;
    expected.tree_hash = hash;
    return import_ratchet_tree(group.suite, encoded, expected, validator);
  }
  const SmallGroup& group;
  TreeExpectations base;
  AcceptAnyCredential validator;
};

ParentNode& parent(NaiveTree& tree, std::uint32_t x) { return *tree.parent_at(NodeIndex(x)); }
LeafNode& leaf(NaiveTree& tree, std::uint32_t i) { return std::get<NaiveLeaf>(*tree.nodes[2 * i]).node; }

// Signs a leaf again where it stands, with the key it had.
void sign(const SmallGroup& group, LeafNode& node, std::uint32_t i) {
  must(sign_leaf_node(node, *group.signers.at(LeafIndex(i)), LeafPosition{group.group_id, LeafIndex(i)}));
}

TEST(TreeImport, AValidTreeIsAcceptedAndKeepsItsOctets) {
  const SmallGroup group = eventful_group();
  const auto tree = Import(group)(group.naive());
  ASSERT_TRUE(succeeds(tree));
  EXPECT_EQ(tree->encode(), group.tree.encode());
  EXPECT_EQ(*tree, group.tree);
}

// ---- the octets ----------------------------------------------------------------------------------------------------

TEST(TreeImport, EveryPrefixIsRefused) {
  const SmallGroup group(5);
  const Bytes encoded = group.tree.encode();
  for (std::size_t n = 0; n < encoded.size(); ++n)
    EXPECT_FALSE(RatchetTree::decode(group.suite, BytesView(encoded).first(n))) << n;
}

TEST(TreeImport, TrailingOctetsAreRefused) {
  const SmallGroup group(5);
  Bytes encoded = group.tree.encode();
  encoded.push_back(0);
  EXPECT_TRUE(fails(RatchetTree::decode(group.suite, encoded), tls_codec::errc::kTrailingOctets, ""));
}

TEST(TreeImport, AnEmptyVectorIsRefused) {
  EXPECT_TRUE(fails(RatchetTree::decode(suite_of(), Bytes{0}), errc::kInvalidTree, "last node"));
}

TEST(TreeImport, TrailingBlanksAreRefused) {
  const SmallGroup group(5);
  auto sent = group.naive().nodes;
  EXPECT_TRUE(fails(RatchetTree::decode(group.suite, tls_codec::encode(sent)), errc::kInvalidTree, "last node"));
  sent.resize(10);
  EXPECT_TRUE(fails(RatchetTree::decode(group.suite, tls_codec::encode(sent)), errc::kInvalidTree, "last node"));
  sent.resize(9);
  EXPECT_TRUE(succeeds(RatchetTree::decode(group.suite, tls_codec::encode(sent))));
}

TEST(TreeImport, AnEvenNumberOfNodesIsRefused) {
  SmallGroup group(4);
  group.commit(0);
  auto sent = group.naive().nodes;
  sent.resize(4);  // leaf, parent, leaf, root
  EXPECT_TRUE(fails(RatchetTree::decode(group.suite, tls_codec::encode(sent)), errc::kInvalidTree, "odd number"));
}

TEST(TreeImport, NodesAtPlacesOfTheOtherKindAreRefused) {
  SmallGroup group(4);
  group.commit(0);
  auto sent = group.naive().nodes;
  std::swap(sent[0], sent[1]);
  EXPECT_TRUE(fails(RatchetTree::decode(group.suite, tls_codec::encode(sent)), errc::kInvalidTree, "even places"));
  std::swap(sent[0], sent[1]);
  sent[2] = sent[3];
  EXPECT_TRUE(fails(RatchetTree::decode(group.suite, tls_codec::encode(sent)), errc::kInvalidTree, "even places"));
}

TEST(TreeImport, UnknownNodeTypesAndPresenceOctetsAreRefused) {
  const SmallGroup group(1);
  Bytes encoded = group.tree.encode();
  const std::size_t presence = encoded[0] >> 6 == 0 ? 1 : 2;
  ASSERT_EQ(encoded[presence], 1);
  ASSERT_EQ(encoded[presence + 1], 1);
  Bytes other = encoded;
  other[presence] = 2;
  EXPECT_TRUE(fails(RatchetTree::decode(group.suite, other), tls_codec::errc::kInvalidValue, "presence"));
  for (const int type : {0, 3, 255}) {
    other = encoded;
    other[presence + 1] = static_cast<std::uint8_t>(type);
    EXPECT_FALSE(RatchetTree::decode(group.suite, other));
  }
}

TEST(TreeImport, MillionsOfBlanksCostNoMoreThanTheirOctets) {
  const SmallGroup group(1);
  auto sent = group.naive().nodes;
  const auto last = sent[0];
  sent.assign((1u << 21) + 1, std::nullopt);
  sent.back() = last;
  const auto tree = RatchetTree::decode(group.suite, tls_codec::encode(sent));
  ASSERT_TRUE(succeeds(tree));
  EXPECT_EQ(tree->leaf_count(), LeafCount(1u << 21));
  EXPECT_EQ(tree->member_count(), 1u);
  EXPECT_EQ(must(tree->first_blank_leaf()), LeafIndex(0));
}

// ---- unmerged leaves -----------------------------------------------------------------------------------------------

TEST(TreeImport, UnmergedLeavesHaveToBeSorted) {
  const SmallGroup group = eventful_group();
  NaiveTree tree = group.naive();
  auto& list = parent(tree, 15).unmerged_leaves;
  ASSERT_GE(list.size(), 2u);
  std::swap(list[0], list[1]);
  EXPECT_TRUE(fails(Import(group)(tree), errc::kInvalidTree, "increasing order"));
}

TEST(TreeImport, AnUnmergedLeafIsListedOnce) {
  const SmallGroup group = eventful_group();
  NaiveTree tree = group.naive();
  auto& list = parent(tree, 15).unmerged_leaves;
  list.insert(list.begin(), list[0]);
  EXPECT_TRUE(fails(Import(group)(tree), errc::kInvalidTree, "increasing order"));
}

TEST(TreeImport, AnUnmergedLeafIsNotBlank) {
  SmallGroup group = eventful_group();
  group.commit(10, {1});
  NaiveTree tree = group.naive();
  auto& list = parent(tree, 15).unmerged_leaves;
  list.insert(list.begin(), 1);
  EXPECT_TRUE(fails(Import(group)(tree), errc::kInvalidTree, "is not blank"));
}

TEST(TreeImport, AnUnmergedLeafIsInsideTheTree) {
  const SmallGroup group = eventful_group();
  for (const std::uint32_t beyond : {16u, 31u, 0x7fffffffu, 0x80000000u, 0xffffffffu}) {
    NaiveTree tree = group.naive();
    parent(tree, 15).unmerged_leaves.push_back(beyond);
    EXPECT_TRUE(fails(Import(group).with_hash(tree.encode(), {}), errc::kInvalidTree, "descendant"));
  }
}

TEST(TreeImport, AnUnmergedLeafIsBelowItsNode) {
  const SmallGroup group = eventful_group();
  NaiveTree tree = group.naive();
  auto& list = parent(tree, 1).unmerged_leaves;  // above leaves 0 and 1
  ASSERT_TRUE(list.empty());
  list.push_back(2);
  EXPECT_TRUE(fails(Import(group)(tree), errc::kInvalidTree, "descendant"));
}

TEST(TreeImport, NodesBetweenAnUnmergedLeafAndItsNodeListItToo) {
  const SmallGroup group = eventful_group();
  NaiveTree tree = group.naive();
  ASSERT_TRUE(tree.parent_at(NodeIndex(7)));
  auto& list = parent(tree, 7).unmerged_leaves;  // below the root, above leaves 0 to 7
  ASSERT_FALSE(list.empty());
  list.erase(list.begin());
  EXPECT_TRUE(fails(Import(group)(tree), errc::kInvalidTree, "list it too"));
}

TEST(TreeImport, AParentNodeAboveBlankLeavesOnlyIsRefused) {
  SmallGroup group(8);
  group.commit(0);
  group.commit(4, {2, 3});
  NaiveTree tree = group.naive();
  tree.nodes[5] =
      NaiveParent{{must(crypto::generate_hpke_key_pair(group.suite, group.random)).public_key, Bytes(32), {}}};
  EXPECT_TRUE(fails(Import(group)(tree), errc::kInvalidTree, "blank leaves only"));
}

// ---- keys ----------------------------------------------------------------------------------------------------------

TEST(TreeImport, AnEncryptionKeyOccursInOneNodeOnly) {
  const SmallGroup group = eventful_group();
  NaiveTree tree = group.naive();
  parent(tree, 1).encryption_key = parent(tree, 15).encryption_key;
  EXPECT_TRUE(fails(Import(group)(tree), errc::kDuplicateKey, "one node only"));
  tree = group.naive();
  parent(tree, 1).encryption_key = leaf(tree, 7).encryption_key;
  EXPECT_TRUE(fails(Import(group)(tree), errc::kDuplicateKey, "one node only"));
  tree = group.naive();
  leaf(tree, 2).encryption_key = leaf(tree, 7).encryption_key;
  sign(group, leaf(tree, 2), 2);
  EXPECT_TRUE(fails(Import(group)(tree), errc::kDuplicateKey, "one node only"));
}

TEST(TreeImport, ASignatureKeyBelongsToOneMember) {
  const SmallGroup group = eventful_group();
  NaiveTree tree = group.naive();
  leaf(tree, 2).signature_key = leaf(tree, 7).signature_key;
  EXPECT_TRUE(fails(Import(group)(tree), errc::kDuplicateKey, "signature keys"));
}

TEST(TreeImport, AParentKeyThatTheKemCannotUseIsRefused) {
  SmallGroup group(2);
  NaiveTree tree = group.naive();
  // A tree of two whose root key is an octet short, its parent hash right.
  tree.nodes[1] = NaiveParent{{crypto::HpkePublicKey{Bytes(31, 9)}, {}, {}}};
  leaf(tree, 0).leaf_node_source = LeafFromCommit{tree.parent_hash(NodeIndex(1), NodeIndex(2))};
  sign(group, leaf(tree, 0), 0);
  EXPECT_TRUE(fails(Import(group)(tree), crypto::errc::kInvalidPublicKey, ""));
}

TEST(TreeImport, ALeafKeyThatTheKemCannotUseIsRefused) {
  SmallGroup group(2);
  NaiveTree tree = group.naive();
  leaf(tree, 1).encryption_key.octets.pop_back();
  sign(group, leaf(tree, 1), 1);
  EXPECT_TRUE(fails(Import(group)(tree), crypto::errc::kInvalidPublicKey, ""));
}

// ---- hashes --------------------------------------------------------------------------------------------------------

TEST(TreeImport, AnotherTreeHashIsRefused) {
  const SmallGroup group = eventful_group();
  const NaiveTree tree = group.naive();
  Bytes hash = tree.tree_hash(tree.root());
  for (const std::size_t cut : {std::size_t{0}, hash.size() - 1})
    EXPECT_TRUE(
        fails(Import(group).with_hash(tree.encode(), BytesView(hash).first(cut)), errc::kInvalidTree, "tree_hash"));
  hash.back() ^= 1;
  EXPECT_TRUE(fails(Import(group).with_hash(tree.encode(), hash), errc::kInvalidTree, "tree_hash"));
}

TEST(TreeImport, EveryParentNodeNeedsAChainNotOnlyTheFirst) {
  const SmallGroup group = eventful_group();
  for (const NodeIndex x : group.naive().all()) {
    NaiveTree tree = group.naive();
    ParentNode* node = tree.parent_at(x);
    if (node == nullptr) continue;
    node->encryption_key.octets[0] ^= 1;
    EXPECT_TRUE(fails(Import(group)(tree), errc::kParentHash, "parent-hash valid")) << x.value();
    tree = group.naive();
    if (x == tree.root()) continue;
    tree.parent_at(x)->parent_hash.assign(32, 0xaa);
    EXPECT_TRUE(fails(Import(group)(tree), errc::kParentHash, "")) << x.value();
  }
}

TEST(TreeImport, AnEmptyParentHashChainsToNothing) {
  SmallGroup group(4);
  group.commit(0);
  NaiveTree tree = group.naive();
  parent(tree, 1).parent_hash.clear();
  EXPECT_TRUE(fails(Import(group)(tree), errc::kParentHash, "parent-hash valid"));
  tree = group.naive();
  leaf(tree, 0).leaf_node_source = LeafFromCommit{};
  sign(group, leaf(tree, 0), 0);
  EXPECT_TRUE(fails(Import(group)(tree), errc::kParentHash, "parent-hash valid"));
}

TEST(TreeImport, ALeafThatDidNotCommitEndsNoChain) {
  SmallGroup group(4);
  group.commit(0);
  NaiveTree tree = group.naive();
  leaf(tree, 0).leaf_node_source = LeafFromUpdate{};
  sign(group, leaf(tree, 0), 0);
  EXPECT_TRUE(fails(Import(group)(tree), errc::kParentHash, "parent-hash valid"));
}

TEST(TreeImport, TheRootHasNoParentHash) {
  SmallGroup group(2);
  NaiveTree tree = group.naive();
  tree.nodes[1] =
      NaiveParent{{must(crypto::generate_hpke_key_pair(group.suite, group.random)).public_key, Bytes(32, 1), {}}};
  leaf(tree, 0).leaf_node_source = LeafFromCommit{tree.parent_hash(NodeIndex(1), NodeIndex(2))};
  sign(group, leaf(tree, 0), 0);
  EXPECT_TRUE(fails(Import(group)(tree), errc::kParentHash, "root"));
}

TEST(TreeImport, AChainRunsOverBlankNodes) {
  SmallGroup group(8);
  group.commit(0, {1, 2, 3});  // nodes 1 and 3 have nobody to talk to: leaf 0 chains to the root
  ASSERT_FALSE(group.tree.parent_node(NodeIndex(1)) || group.tree.parent_node(NodeIndex(3)));
  ASSERT_TRUE(group.tree.parent_node(NodeIndex(7)));
  EXPECT_TRUE(succeeds(Import(group)(group.naive())));
  NaiveTree tree = group.naive();
  auto& source = std::get<LeafFromCommit>(leaf(tree, 0).leaf_node_source);
  source.parent_hash[5] ^= 1;
  sign(group, leaf(tree, 0), 0);
  EXPECT_TRUE(fails(Import(group)(tree), errc::kParentHash, "parent-hash valid"));
}

// The third criterion of §7.9.2: between D and P lies a leaf that P does not list as unmerged.
TEST(TreeImport, ALeafBesideTheChainHasToBeUnmerged) {
  SmallGroup group(4);
  group.commit(0, {1});
  group.add_without_path(1);  // leaf 1 again; unmerged at the root, node 1 blank
  ASSERT_EQ(group.tree.parent_node(NodeIndex(3))->unmerged_leaves.size(), 1u);
  EXPECT_TRUE(succeeds(Import(group)(group.naive())));
  NaiveTree tree = group.naive();
  parent(tree, 3).unmerged_leaves.clear();
  EXPECT_TRUE(fails(Import(group)(tree), errc::kParentHash, "parent-hash valid"));
}

TEST(TreeImport, AParentNodeIsTheEndOfOneChainNotOfTwo) {
  SmallGroup group(2);
  group.commit(0);
  NaiveTree tree = group.naive();
  EXPECT_TRUE(succeeds(Import(group)(tree)));
  // Leaf 1 claims to have set the root as well. Its hash covers leaf 0, and that of leaf 0 covers leaf 1: both claims
  // cannot hold at once, unless one lists the other as unmerged, and then only one of them is a candidate.
  parent(tree, 1).unmerged_leaves = {0};
  leaf(tree, 1).leaf_node_source = LeafFromCommit{tree.parent_hash(NodeIndex(1), NodeIndex(0))};
  sign(group, leaf(tree, 1), 1);
  // Now leaf 1 chains to the root, and leaf 0, unmerged, does not any more.
  EXPECT_TRUE(succeeds(Import(group)(tree)));
  parent(tree, 1).unmerged_leaves = {0, 1};
  EXPECT_TRUE(fails(Import(group)(tree), errc::kParentHash, "parent-hash valid"));
}

// ---- leaves --------------------------------------------------------------------------------------------------------

TEST(TreeImport, EveryLeafSignatureIsVerified) {
  const SmallGroup group = eventful_group();
  for (const LeafIndex i : group.naive().members()) {
    NaiveTree tree = group.naive();
    if (leaf(tree, i.value()).source() == LeafNodeSource::commit) continue;  // also in a parent hash: tested below
    leaf(tree, i.value()).signature.back() ^= 1;
    const auto imported = Import(group)(tree);
    // A changed leaf may stand in a sibling's tree hash, and then be noticed there.
    ASSERT_FALSE(imported);
    EXPECT_TRUE(imported.error().code == crypto::errc::kBadSignature || imported.error().code == errc::kParentHash);
  }
  SmallGroup small(1);
  NaiveTree tree = small.naive();
  leaf(tree, 0).signature.back() ^= 1;
  EXPECT_TRUE(fails(Import(small)(tree), crypto::errc::kBadSignature, ""));
}

TEST(TreeImport, ALeafSignedForAnotherGroupIsRefused) {
  SmallGroup group = eventful_group();
  group.group_id.push_back(1);
  EXPECT_TRUE(fails(Import(group)(group.naive()), crypto::errc::kBadSignature, ""));
}

TEST(TreeImport, ALeafSignedForAnotherPlaceIsRefused) {
  SmallGroup group(2);
  NaiveTree tree = group.naive();
  LeafNode& node = leaf(tree, 1);
  node.leaf_node_source = LeafFromUpdate{};
  must(sign_leaf_node(node, *group.signers.at(LeafIndex(1)), LeafPosition{group.group_id, LeafIndex(0)}));
  EXPECT_TRUE(fails(Import(group)(tree), crypto::errc::kBadSignature, ""));
}

TEST(TreeImport, CredentialTypesOfAllAreSupportedByAll) {
  SmallGroup group(3);
  NaiveTree tree = group.naive();
  leaf(tree, 1).credential = X509Credential{{Certificate{{1}}}};
  sign(group, leaf(tree, 1), 1);
  EXPECT_TRUE(succeeds(Import(group)(tree)));
  leaf(tree, 2).capabilities.credentials = {CredentialType::basic};
  sign(group, leaf(tree, 2), 2);
  EXPECT_TRUE(fails(Import(group)(tree), errc::kUnsupportedCapability, "every credential type"));
}

TEST(TreeImport, RequiredCapabilitiesAndGroupExtensionsAreJudgedForEveryLeaf) {
  SmallGroup group(3);
  Import import(group);
  const RequiredCapabilities required{{kUnknownExtension}, {}, {}};
  import.base.required = &required;
  EXPECT_TRUE(fails(import(group.naive()), errc::kUnsupportedCapability, ""));
  Import with_extension(group);
  const ExtensionType types[] = {kUnknownExtension};
  with_extension.base.group_extensions = types;
  EXPECT_TRUE(fails(with_extension(group.naive()), errc::kUnsupportedCapability, ""));
}

TEST(TreeImport, LifetimesAreJudgedIfTheCallerGivesTheTime) {
  SmallGroup group(3);
  Import import(group);
  import.base.lifetime.now = 1000;
  EXPECT_TRUE(succeeds(import(group.naive())));
  import.base.lifetime.now = 1001;
  EXPECT_TRUE(fails(import(group.naive()), errc::kLifetime, ""));
}

TEST(TreeImport, TheApplicationIsAskedAboutEveryCredential) {
  class Nobody final : public CredentialValidator {
    Result<void> validate(const CredentialView&, BytesView) const override {
      return fail(errc::kInvalidCredential, "nobody is known here");
    }
    Result<void> valid_successor(const CredentialView&, const CredentialView&) const override { return {}; }
  };
  const SmallGroup group(3);
  const Bytes hash = to_bytes(group.tree.tree_hash());
  EXPECT_TRUE(fails(
      import_ratchet_tree(group.suite, group.tree.encode(), {.group_id = group.group_id, .tree_hash = hash}, Nobody()),
      errc::kInvalidCredential, "nobody"));
}

TEST(TreeImport, AnExecutorReportsTheLeftmostBadLeaf) {
  SmallGroup group(40);
  NaiveTree tree = group.naive();
  leaf(tree, 39).signature.clear();
  leaf(tree, 20).encryption_key.octets.pop_back();
  sign(group, leaf(tree, 20), 20);
  test::BackwardsExecutor backwards;
  const Bytes hash = tree.tree_hash(tree.root());
  EXPECT_TRUE(fails(import_ratchet_tree(group.suite, tree.encode(), {.group_id = group.group_id, .tree_hash = hash},
                                        AcceptAnyCredential(), &backwards),
                    crypto::errc::kInvalidPublicKey, ""));
}

// Subtrees of 256 leaves are a task each; 600 members have three, and two levels above them.
TEST(TreeImport, WhichParentNodeIsReportedDoesNotDependOnTheExecutor) {
  const auto suite = *crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
                                                crypto_testing::cheap_provider());
  const test::PopulatedTree group(suite, 600, Bytes{7});
  test::BackwardsExecutor backwards;
  EXPECT_TRUE(succeeds(group.tree().verify_parent_hashes(&backwards)));
  EXPECT_TRUE(succeeds(group.tree().check_parent_keys(&backwards)));
  EXPECT_EQ(backwards.tasks, 6u);

  const NaiveTree valid = *NaiveTree::decode(suite, group.tree().encode());
  for (const std::vector<std::uint32_t>& altered :
       {std::vector<std::uint32_t>{1}, {3, 1025}, {1025}, {511}, {1023}, {511, 1023, 1}}) {
    NaiveTree tree = valid;
    for (const std::uint32_t x : altered) parent(tree, x).parent_hash = Bytes(x == 1 ? 31 : 32, 9);
    const auto read = must(RatchetTree::decode(suite, tree.encode()));
    const auto alone = read.verify_parent_hashes(), spread = read.verify_parent_hashes(&backwards);
    ASSERT_FALSE(alone);
    ASSERT_FALSE(spread);
    EXPECT_EQ(alone.error().code, errc::kParentHash);
    EXPECT_STREQ(alone.error().rule, spread.error().rule);
  }
  NaiveTree tree = valid;
  parent(tree, 1025).encryption_key.octets.pop_back();
  const auto read = must(RatchetTree::decode(suite, tree.encode()));
  EXPECT_TRUE(fails(read.check_parent_keys(&backwards), crypto::errc::kInvalidPublicKey, ""));
}

// ---- at random -----------------------------------------------------------------------------------------------------

// Trees with one change, judged by the real rules and by the naive ones.
TEST(TreeImport, ChangedTreesAreJudgedAsTheNaiveTreeJudgesThem) {
  const SmallGroup group = eventful_group();
  std::mt19937_64 dice(7);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(dice() % n); };
  int accepted = 0, refused = 0;
  const int runs = test::property_runs(20'000, 300);
  for (int run = 0; run < runs; ++run) {
    NaiveTree tree = group.naive();
    const std::size_t x = below(tree.nodes.size());
    ParentNode* node = tree.parent_at(NodeIndex(static_cast<std::uint32_t>(x)));
    if (node == nullptr || below(4) == 0) {
      tree.nodes[x] = below(2) == 0 ? std::nullopt : tree.nodes[(x + 2 * below(8)) % tree.nodes.size()];
    } else {
      auto& list = node->unmerged_leaves;
      switch (below(4)) {
        case 0: list.push_back(static_cast<std::uint32_t>(below(17))); break;
        case 1:
          if (!list.empty()) list.erase(list.begin() + static_cast<std::ptrdiff_t>(below(list.size())));
          break;
        case 2: node->parent_hash = below(2) == 0 ? Bytes() : Bytes(32, 1); break;
        default: std::sort(list.begin(), list.end(), std::greater<>()); break;
      }
    }
    const Bytes encoded = tree.encode();
    const auto read = RatchetTree::decode(group.suite, encoded);
    const bool valid = read && read->verify_parent_hashes();
    const auto naive = NaiveTree::decode(group.suite, encoded);
    ASSERT_EQ(valid, naive && naive->well_formed() && naive->parent_hashes_valid()) << run << " at node " << x;
    (valid ? accepted : refused)++;
  }
  EXPECT_GT(accepted, runs / 20);
  EXPECT_GT(refused, runs / 20);
}

}  // namespace
}  // namespace dmls::treekem
