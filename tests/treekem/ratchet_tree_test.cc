#include <dmls/treekem/ratchet_tree.h>
#include <gtest/gtest.h>

#include <thread>

#include "small_group.h"

namespace dmls::treekem {
namespace {

std::vector<NodeIndex> nodes(std::initializer_list<std::uint32_t> values) {
  std::vector<NodeIndex> list;
  for (const auto v : values) list.emplace_back(v);
  return list;
}

std::vector<NodeIndex> filtered(const RatchetTree& tree, std::uint32_t leaf) {
  std::vector<NodeIndex> path;
  for (const auto& step : must(tree.filtered_direct_path(LeafIndex(leaf)))) path.push_back(step.node);
  return path;
}

TEST(RatchetTree, ANewTreeIsOneBlankLeaf) {
  const RatchetTree tree(suite_of());
  EXPECT_EQ(tree.leaf_count(), LeafCount(1));
  EXPECT_EQ(tree.member_count(), 0u);
  EXPECT_EQ(must(tree.first_blank_leaf()), LeafIndex(0));
  EXPECT_FALSE(tree.leaf(LeafIndex(0)));
  EXPECT_EQ(to_bytes(tree.tree_hash()), (NaiveTree{suite_of(), {std::nullopt}}.tree_hash(NodeIndex(0))));
}

// RFC 9420 §4.1.1, the tree with blanks and unmerged leaves: A B _ D | E F _ H, X above A B D with B unmerged, Y.
TEST(RatchetTree, ResolutionsAreThoseOfTheFigure) {
  SmallGroup group(8);
  group.commit(5, {2, 6});  // leaves 2 and 6 leave; every parent above 5 has a key
  group.commit(0);          // and above 0
  ASSERT_TRUE(group.tree.parent_node(NodeIndex(3)));
  must(group.tree.remove(LeafIndex(1)));  // blanks the nodes above leaf 1
  auto naive = group.naive();
  for (const NodeIndex x : naive.all()) EXPECT_EQ(group.tree.resolution(x), naive.resolution(x));
  EXPECT_EQ(group.tree.resolution(NodeIndex(4)), nodes({}));
  EXPECT_EQ(group.tree.resolution(NodeIndex(3)), nodes({0, 6}));
  EXPECT_EQ(group.tree.resolution(NodeIndex(7)), nodes({0, 6, 11}));
}

TEST(RatchetTree, ANonBlankNodeResolvesToItselfAndItsUnmergedLeaves) {
  SmallGroup group(4);
  group.commit(0, {1});
  group.add_without_path(1);
  EXPECT_EQ(group.tree.resolution(NodeIndex(3)), nodes({3, 2}));
  EXPECT_EQ(group.tree.resolution(NodeIndex(1)), nodes({0, 2}));
}

// RFC 9420 §4.1.2: five members A B _ _ E F G _.
TEST(RatchetTree, FilteredDirectPathsAreThoseOfTheTable) {
  SmallGroup group(7);
  must(group.tree.remove(LeafIndex(2)));
  must(group.tree.remove(LeafIndex(3)));
  EXPECT_EQ(filtered(group.tree, 0), nodes({1, 7}));
  EXPECT_EQ(filtered(group.tree, 1), nodes({1, 7}));
  EXPECT_EQ(filtered(group.tree, 4), nodes({9, 11, 7}));
  EXPECT_EQ(filtered(group.tree, 5), nodes({9, 11, 7}));
  EXPECT_EQ(filtered(group.tree, 6), nodes({11, 7}));
}

TEST(RatchetTree, AddsTakeTheLeftmostBlankLeaf) {
  SmallGroup group(6);
  must(group.tree.remove(LeafIndex(4)));
  must(group.tree.remove(LeafIndex(1)));
  EXPECT_EQ(must(group.tree.first_blank_leaf()), LeafIndex(1));
  EXPECT_EQ(must(group.tree.add(group.newcomer().leaf)), LeafIndex(1));
  EXPECT_EQ(must(group.tree.add(group.newcomer().leaf)), LeafIndex(4));
  EXPECT_EQ(must(group.tree.add(group.newcomer().leaf)), LeafIndex(6));
}

TEST(RatchetTree, AFullTreeDoublesForTheNextMember) {
  SmallGroup group(4);
  EXPECT_EQ(group.tree.leaf_count(), LeafCount(4));
  EXPECT_EQ(must(group.tree.first_blank_leaf()), LeafIndex(4));
  group.add_without_path(1);
  EXPECT_EQ(group.tree.leaf_count(), LeafCount(8));
}

TEST(RatchetTree, TheTreeHalvesUntilItsRightHalfHasAMember) {
  SmallGroup group(9);
  must(group.tree.remove(LeafIndex(4)));
  must(group.tree.remove(LeafIndex(5)));
  must(group.tree.remove(LeafIndex(6)));
  must(group.tree.remove(LeafIndex(7)));
  EXPECT_EQ(group.tree.leaf_count(), LeafCount(16));
  must(group.tree.remove(LeafIndex(8)));
  EXPECT_EQ(group.tree.leaf_count(), LeafCount(4));
}

TEST(RatchetTree, TheLastMemberLeavesOneBlankLeaf) {
  SmallGroup group(3);
  for (const std::uint32_t i : {1u, 0u, 2u}) must(group.tree.remove(LeafIndex(i)));
  EXPECT_EQ(group.tree, RatchetTree(suite_of()));
}

TEST(RatchetTree, AnUpdateBlanksTheNodesAboveItsLeaf) {
  SmallGroup group(4);
  group.commit(0);
  ASSERT_TRUE(group.tree.parent_node(NodeIndex(1)) && group.tree.parent_node(NodeIndex(3)));
  must(group.tree.update(LeafIndex(1), group.newcomer().leaf));
  EXPECT_FALSE(group.tree.parent_node(NodeIndex(1)) || group.tree.parent_node(NodeIndex(3)));
}

TEST(RatchetTree, AnAddedLeafIsUnmergedInEveryNodeAboveIt) {
  SmallGroup group(8);
  group.commit(0);
  group.commit(7, {3});
  group.add_without_path(1);
  for (const std::uint32_t x : {5u, 3u, 7u}) {
    const auto parent = group.tree.parent_node(NodeIndex(x));
    if (x == 7) {
      ASSERT_TRUE(parent);
      ASSERT_EQ(parent->unmerged_leaves.size(), 1u);
      EXPECT_EQ(parent->unmerged_leaves[0], 3u);
    } else {
      EXPECT_FALSE(parent);
    }
  }
}

TEST(RatchetTree, EveryVersionStaysWhatItWas) {
  SmallGroup group(5);
  group.commit(2);
  const RatchetTree before = group.tree;
  const Bytes encoded = before.encode(), hash = to_bytes(before.tree_hash());
  group.commit(1, {4}, 3);
  must(group.tree.remove(LeafIndex(0)));
  EXPECT_NE(group.tree, before);
  EXPECT_EQ(before.encode(), encoded);
  EXPECT_EQ(to_bytes(before.tree_hash()), hash);
  EXPECT_EQ(before.find_signature_key(before.leaf(LeafIndex(4))->signature_key().octets), LeafIndex(4));
}

TEST(RatchetTree, ALeafOutlivesItsTree) {
  std::optional<TreeLeaf> leaf;
  Bytes encoded;
  {
    const SmallGroup group(3);
    leaf = group.tree.leaf(LeafIndex(1));
    encoded = tls_codec::encode(leaf->node());
  }
  EXPECT_EQ(to_bytes(leaf->encoded()), encoded);
  EXPECT_EQ(leaf->index(), LeafIndex(1));
}

TEST(RatchetTree, ForEachLeafSkipsBlanks) {
  SmallGroup group(5);
  must(group.tree.remove(LeafIndex(2)));
  std::vector<std::uint32_t> seen;
  group.tree.for_each_leaf([&](const TreeLeaf& leaf) { seen.push_back(leaf.index().value()); });
  EXPECT_EQ(seen, (std::vector<std::uint32_t>{0, 1, 3, 4}));
}

// ---- uniqueness ----------------------------------------------------------------------------------------------------

TEST(RatchetTree, AnAddWithAKeyOfAMemberIsRefusedAndChangesNothing) {
  SmallGroup group(4);
  group.commit(0);
  const Bytes before = group.tree.encode();
  LeafNode leaf = group.newcomer().leaf;
  leaf.encryption_key = group.tree.leaf(LeafIndex(2))->node().encryption_key;
  EXPECT_TRUE(fails(group.tree.add(leaf), errc::kDuplicateKey, "encryption keys"));
  leaf = group.newcomer().leaf;
  leaf.signature_key = group.tree.leaf(LeafIndex(2))->signature_key();
  EXPECT_TRUE(fails(group.tree.add(leaf), errc::kDuplicateKey, "signature keys"));
  EXPECT_EQ(group.tree.encode(), before);
}

TEST(RatchetTree, AnAddWithTheKeyOfAParentNodeIsRefused) {
  SmallGroup group(4);
  group.commit(0);
  LeafNode leaf = group.newcomer().leaf;
  leaf.encryption_key.octets = to_bytes(group.tree.parent_node(NodeIndex(3))->encryption_key);
  EXPECT_TRUE(fails(group.tree.add(leaf), errc::kDuplicateKey, "encryption keys"));
}

TEST(RatchetTree, AnUpdateMayKeepItsOwnSignatureKeyButNotTakeAnothers) {
  SmallGroup group(4);
  LeafNode leaf = group.newcomer().leaf;
  leaf.signature_key = group.tree.leaf(LeafIndex(2))->signature_key();
  EXPECT_TRUE(fails(group.tree.update(LeafIndex(1), leaf), errc::kDuplicateKey, "signature keys"));
  EXPECT_TRUE(succeeds(group.tree.update(LeafIndex(2), leaf)));
}

TEST(RatchetTree, AnAddMayTakeAKeyThatARemoveOfTheSameCommitFrees) {
  SmallGroup group(4);
  const LeafNode leaf = group.tree.leaf(LeafIndex(3))->node();
  EXPECT_TRUE(fails(group.tree.add(leaf), errc::kDuplicateKey, ""));
  const auto added = group.tree.apply({.removes = {LeafIndex(3)}, .adds = {&leaf}});
  ASSERT_TRUE(succeeds(added));
  EXPECT_EQ(*added, std::vector{LeafIndex(3)});
}

TEST(RatchetTree, TwoAddsOfOneLeafAreRefusedAndChangeNothing) {
  SmallGroup group(4);
  const LeafNode leaf = group.newcomer().leaf;
  const Bytes before = group.tree.encode();
  EXPECT_TRUE(fails(group.tree.apply({.removes = {LeafIndex(1)}, .adds = {&leaf, &leaf}}), errc::kDuplicateKey, ""));
  EXPECT_EQ(group.tree.encode(), before);
  EXPECT_EQ(group.tree.member_count(), 4u);
}

TEST(RatchetTree, TwoUpdatesMaySwapKeysWhateverTheirOrder) {
  SmallGroup group(4);
  const LeafNode one = group.tree.leaf(LeafIndex(1))->node(), two = group.tree.leaf(LeafIndex(2))->node();
  EXPECT_TRUE(succeeds(group.tree.apply({.updates = {{LeafIndex(1), &two}, {LeafIndex(2), &one}}})));
  EXPECT_EQ(group.tree.find_signature_key(one.signature_key.octets), LeafIndex(2));
}

TEST(RatchetTree, KeysOfRemovedMembersAndBlankedNodesAreForgotten) {
  SmallGroup group(4);
  group.commit(0);
  const LeafNode leaf = group.tree.leaf(LeafIndex(3))->node();
  const Bytes root_key = to_bytes(group.tree.parent_node(NodeIndex(3))->encryption_key);
  must(group.tree.remove(LeafIndex(3)));
  EXPECT_FALSE(group.tree.find_signature_key(leaf.signature_key.octets));
  EXPECT_FALSE(group.tree.find_encryption_key(leaf.encryption_key.octets));
  EXPECT_FALSE(group.tree.find_encryption_key(root_key));
}

// ---- misuse --------------------------------------------------------------------------------------------------------

TEST(RatchetTree, BlankAndOutsideLeavesAreNoMembers) {
  SmallGroup group(5);
  must(group.tree.remove(LeafIndex(1)));
  const LeafNode leaf = group.newcomer().leaf;
  for (const std::uint32_t i : {1u, 5u, 8u, 0x7fffffffu}) {
    const LeafIndex index(i);
    EXPECT_FALSE(group.tree.is_member(index));
    EXPECT_FALSE(group.tree.leaf(index));
    EXPECT_TRUE(fails(group.tree.remove(index), errc::kNoSuchLeaf, ""));
    EXPECT_TRUE(fails(group.tree.update(index, leaf), errc::kNoSuchLeaf, ""));
    EXPECT_TRUE(fails(group.tree.apply({.removes = {index}}), errc::kNoSuchLeaf, ""));
  }
  EXPECT_TRUE(fails(group.tree.filtered_direct_path(LeafIndex(8)), errc::kNoSuchLeaf, ""));
  EXPECT_TRUE(group.tree.resolution(NodeIndex(15)).empty());
}

TEST(RatchetTree, OneLeafIsNotUpdatedOrRemovedTwiceInOneCommit) {
  SmallGroup group(4);
  const LeafNode leaf = group.newcomer().leaf, other = group.newcomer().leaf;
  const LeafIndex one(1);
  EXPECT_TRUE(fails(group.tree.apply({.removes = {one, one}}), errc::kNoSuchLeaf, "at most once"));
  EXPECT_TRUE(
      fails(group.tree.apply({.updates = {{one, &leaf}}, .removes = {one}}), errc::kNoSuchLeaf, "at most once"));
  EXPECT_TRUE(fails(group.tree.apply({.updates = {{one, &leaf}, {one, &other}}}), errc::kNoSuchLeaf, "at most once"));
}

// ---- capabilities --------------------------------------------------------------------------------------------------

TEST(RatchetTree, ACredentialTypeThatOneMemberLacksIsRefused) {
  SmallGroup group(3);
  LeafNode odd = group.newcomer().leaf;
  odd.capabilities.credentials = {CredentialType::basic};
  must(group.tree.update(LeafIndex(1), odd));
  LeafNode leaf = group.newcomer().leaf;
  leaf.credential = X509Credential{{Certificate{{1}}}};
  const Bytes encoded = tls_codec::encode(leaf);
  const auto view = *LeafNodeView::parse(encoded);
  EXPECT_TRUE(fails(group.tree.check_credential_types(view), errc::kUnsupportedCapability, "all members support"));
  // The member that lacks it may replace itself, and then all have it.
  EXPECT_TRUE(succeeds(group.tree.check_credential_types(view, LeafIndex(1))));
}

TEST(RatchetTree, ALeafThatLacksAMembersCredentialTypeIsRefused) {
  SmallGroup group(3);
  LeafNode x509 = group.newcomer().leaf;
  x509.credential = X509Credential{{Certificate{{1}}}};
  must(group.tree.update(LeafIndex(1), x509));
  LeafNode leaf = group.newcomer().leaf;
  leaf.capabilities.credentials = {CredentialType::basic};
  const Bytes encoded = tls_codec::encode(leaf);
  const auto view = *LeafNodeView::parse(encoded);
  EXPECT_TRUE(fails(group.tree.check_credential_types(view), errc::kUnsupportedCapability, "the leaf supports"));
  EXPECT_TRUE(succeeds(group.tree.check_credential_types(view, LeafIndex(1))));
  EXPECT_TRUE(succeeds(group.tree.check_credential_types()));
  must(group.tree.add(leaf));
  EXPECT_TRUE(fails(group.tree.check_credential_types(), errc::kUnsupportedCapability, "every credential type"));
}

TEST(RatchetTree, ATypeListedTwiceByOneMemberCountsOnce) {
  SmallGroup group(2);
  for (const std::size_t times : {2u, 40u}) {
    LeafNode leaf = group.newcomer().leaf;
    leaf.capabilities.extensions.assign(times, kUnknownExtension);
    leaf.capabilities.proposals.assign(times, kUnknownProposal);
    RatchetTree tree = group.tree;
    const LeafIndex index = must(tree.add(leaf));
    EXPECT_EQ(tree.members_supporting(kUnknownExtension), 1u);
    EXPECT_EQ(tree.members_supporting(kUnknownProposal), 1u);
    EXPECT_FALSE(tree.supported_by_all(kUnknownExtension));
    must(tree.remove(index));
    EXPECT_EQ(tree.members_supporting(kUnknownExtension), 0u);
  }
  EXPECT_TRUE(group.tree.supported_by_all(ExtensionType::external_senders));
  EXPECT_TRUE(group.tree.supported_by_all(ProposalType::reinit));
}

TEST(RatchetTree, AMemberMayListEveryTypeThereIs) {
  SmallGroup group(2);
  LeafNode leaf = group.newcomer().leaf;
  leaf.capabilities.extensions.clear();
  for (std::uint32_t t = 0; t <= 0xffff; ++t) leaf.capabilities.extensions.push_back(static_cast<ExtensionType>(t));
  const LeafIndex index = must(group.tree.add(leaf));
  for (std::uint32_t t = 6; t <= 0xffff; ++t)
    ASSERT_GE(group.tree.members_supporting(static_cast<ExtensionType>(t)), 1u) << t;
  must(group.tree.remove(index));
  EXPECT_EQ(group.tree.members_supporting(kUnknownExtension), 0u);
}

// ---- threads -------------------------------------------------------------------------------------------------------

TEST(RatchetTree, CopiesMayBeHashedAndChangedByDifferentThreads) {
  SmallGroup group(33);
  std::vector<LeafNode> leaves;
  for (int i = 0; i < 4; ++i) leaves.push_back(group.newcomer().leaf);
  std::vector<Bytes> hashes(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t)
    threads.emplace_back([&, copy = group.tree, t]() mutable {
      const Bytes before = to_bytes(copy.tree_hash());
      must(copy.update(LeafIndex(7), leaves[t]));
      (void)copy.tree_hash();
      must(copy.remove(LeafIndex(20)));
      hashes[t] = before;
    });
  for (auto& thread : threads) thread.join();
  for (const Bytes& hash : hashes) EXPECT_EQ(hash, group.naive().tree_hash(group.naive().root()));
}

}  // namespace
}  // namespace dmls::treekem
