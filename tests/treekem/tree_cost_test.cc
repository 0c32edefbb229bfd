// What trees cost, in nodes, hashes and octets: numbers that do not depend on the machine.
#include <dmls/crypto_testing/cheap_provider.h>
#include <dmls/treekem/path.h>
#include <dmls/treekem/tree_counters.h>
#include <dmls/treekem/tree_import.h>
#include <gtest/gtest.h>

#include <cstdio>

#include "support/populated_tree.h"
#include "support/vectors.h"

namespace dmls::treekem {
namespace {

using test::must;
using test::PopulatedTree;

crypto::CipherSuite suite() {
  return *crypto::CipherSuite::find(crypto::CipherSuiteId::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
                                    crypto_testing::cheap_provider());
}

TreeCounters since(const TreeCounters& before) {
  const TreeCounters now = tree_counters();
  return {now.tree_nodes - before.tree_nodes, now.index_nodes - before.index_nodes,
          now.tree_hashes - before.tree_hashes, now.parent_hashes - before.parent_hashes,
          now.live_octets - before.live_octets};
}

struct Cost {
  TreeCounters create, process;
  std::int64_t first_version;   // octets of the tree before
  std::int64_t second_version;  // octets that holding the next version costs on top
};

Cost cost_of_commit(std::uint32_t n) {
  const TreeCounters before = tree_counters();
  const PopulatedTree group(suite(), n, Bytes{7});
  const RatchetTree& tree = group.tree();
  (void)tree.tree_hash();
  Cost cost{};
  cost.first_version = since(before).live_octets;

  const LeafIndex committer(n / 2), other(n / 3);
  const auto signer = group.signer(committer);
  SeededRandom random(1);
  TreeCounters start = tree_counters();
  const auto draft = must(PathDraft::make(
      tree, {.index = committer, .leaf = tree.leaf(committer)->node(), .group_id = group.group_id(), .signer = &signer},
      random));
  (void)draft.tree().tree_hash();
  cost.create = since(start);
  const UpdatePath path = must(draft.seal(draft.tree().tree_hash(), {}, random));

  const TreeSecrets secrets = group.secrets(other);
  start = tree_counters();
  const auto received = must(ReceivedPath::apply(tree, Committer::member, committer, path, {}));
  const auto opened = must(received.open(secrets, received.tree().tree_hash()));
  cost.process = since(start);
  cost.second_version = cost.process.live_octets;
  EXPECT_EQ(opened.commit_secret, draft.commit_secret());
  EXPECT_EQ(received.tree(), draft.tree());
  return cost;
}

TEST(TreeCost, ACommitTouchesOneNodeForEachLevelHoweverManyMembersThereAre) {
  std::printf("populated tree, one commit with path: nodes allocated (tree, index) and hashed (tree, parent)\n");
  for (const std::uint32_t n : {100u, 1'000u, 10'000u, 100'000u}) {
    if (n > 10'000 && test::property_runs(100) < 100) continue;
    const Cost cost = cost_of_commit(n);
    const std::uint64_t levels = LeafCount::enough_for(n)->depth();
    for (const TreeCounters& c : {cost.create, cost.process}) {
      EXPECT_LE(c.tree_nodes, levels + 1) << n;
      EXPECT_LE(c.tree_hashes, levels + 1) << n;
      EXPECT_LE(c.parent_hashes, levels) << n;
      // Each of the levels + 1 new keys and old ones touches one path of the index.
      EXPECT_LE(c.index_nodes, 2 * (levels + 1) * 6) << n;
    }
    const double share = 100.0 * static_cast<double>(cost.second_version) / static_cast<double>(cost.first_version);
    if (n >= 10'000) {
      EXPECT_LE(share, 1.0) << n;
    }
    std::printf(
        "  n = %6u: create %2u + %3u, %2u + %2u; process %2u + %3u, %2u + %2u; %4.0f octets a member, "
        "second version %5.2f %%\n",
        n, static_cast<unsigned>(cost.create.tree_nodes), static_cast<unsigned>(cost.create.index_nodes),
        static_cast<unsigned>(cost.create.tree_hashes), static_cast<unsigned>(cost.create.parent_hashes),
        static_cast<unsigned>(cost.process.tree_nodes), static_cast<unsigned>(cost.process.index_nodes),
        static_cast<unsigned>(cost.process.tree_hashes), static_cast<unsigned>(cost.process.parent_hashes),
        static_cast<double>(cost.first_version) / n, share);
  }
}

TEST(TreeCost, AMemberOfALargePopulatedTreeTakesAtMost700Octets) {
  const TreeCounters before = tree_counters();
  const PopulatedTree group(suite(), 10'000, Bytes{7});
  EXPECT_LE(since(before).live_octets, 10'000 * 700);
}

TEST(TreeCost, ACopyAllocatesNoNode) {
  const PopulatedTree group(suite(), 50, Bytes{7});
  const TreeCounters before = tree_counters();
  const RatchetTree copy = group.tree();
  const TreeCounters cost = since(before);
  EXPECT_EQ(cost.tree_nodes + cost.index_nodes, 0u);
  EXPECT_EQ(copy, group.tree());
}

TEST(TreeCost, EverythingThatWasAllocatedIsFreedWithTheLastTree) {
  const TreeCounters before = tree_counters();
  {
    const PopulatedTree group(suite(), 37, Bytes{7});
    RatchetTree copy = group.tree();
    for (std::uint32_t i = 0; i < 40; ++i) must(copy.add(group.newcomer(i)));
    for (std::uint32_t i = 5; i < 70; ++i) must(copy.remove(LeafIndex(i)));
    (void)copy.tree_hash();
    EXPECT_GT(since(before).live_octets, 0);
  }
  EXPECT_EQ(since(before).live_octets, 0);
}

TEST(TreeCost, ManyAddsInARowCopyNoPathTwice) {
  const PopulatedTree group(suite(), 1, Bytes{7});
  std::vector<LeafNode> leaves;
  for (std::uint32_t i = 0; i < 1023; ++i) leaves.push_back(group.newcomer(i));
  RatchetTree tree = group.tree();
  const TreeCounters before = tree_counters();
  for (const LeafNode& leaf : leaves) must(tree.add(leaf));
  (void)tree.tree_hash();
  const TreeCounters cost = since(before);
  EXPECT_EQ(tree.leaf_count(), LeafCount(1024));
  EXPECT_LE(cost.tree_nodes, 4 * 1024u);  // the leaf, its parent, and blank nodes on the way
  EXPECT_LE(cost.tree_hashes, 2 * 1024u);
}

}  // namespace
}  // namespace dmls::treekem
