#include <dmls/base/hex.h>
#include <dmls/treekem/error.h>
#include <dmls/treekem/tree_counters.h>
#include <dmls/treekem/tree_record.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "small_group.h"
#include "support/vectors.h"

namespace dmls::treekem {
namespace {

// The records of some trees, kept as a store would.
class Records {
 public:
  // Adds what `tree` has beyond `stored`; how many records that are.
  std::size_t put(const RatchetTree& tree, std::span<const RatchetTree> stored = {}) {
    std::size_t count = 0;
    for_each_node_beyond(tree, stored, [&](const TreeNodeHandle& node) {
      ++count;
      by_name[to_bytes(node.tree_hash())] = node.encode();
    });
    return count;
  }
  void erase(const RatchetTree& tree, std::span<const RatchetTree> living) {
    for_each_node_beyond(tree, living,
                         [&](const TreeNodeHandle& node) { EXPECT_EQ(by_name.erase(to_bytes(node.tree_hash())), 1u); });
  }
  [[nodiscard]] TreeLoader loader(const crypto::CipherSuite& suite) const {
    return {suite, [this](BytesView name) -> Result<std::optional<Bytes>> {
              const auto found = by_name.find(to_bytes(name));
              if (found == by_name.end()) return std::optional<Bytes>();
              return std::optional<Bytes>(found->second);
            }};
  }
  std::map<Bytes, Bytes> by_name;
};

// Everything that can be asked of two trees is the same.
void expect_same(const RatchetTree& a, const RatchetTree& b) {
  EXPECT_EQ(to_hex(a.tree_hash()), to_hex(b.tree_hash()));
  EXPECT_EQ(a.encode(), b.encode());
  EXPECT_EQ(a.leaf_count(), b.leaf_count());
  EXPECT_EQ(a.member_count(), b.member_count());
  EXPECT_EQ(a.credential_types_in_use(), b.credential_types_in_use());
  a.for_each_leaf([&](const TreeLeaf& leaf) {
    EXPECT_EQ(b.find_signature_key(leaf.signature_key().octets), leaf.index());
    EXPECT_EQ(b.find_encryption_key(leaf.encryption_key()), leaf.index().node());
  });
  for (std::uint32_t i = 1; i < a.leaf_count().node_count(); i += 2) {
    const auto node = a.parent_node(NodeIndex(i));
    if (node) {
      EXPECT_EQ(b.find_encryption_key(node->encryption_key), NodeIndex(i));
    }
  }
}

// A history with unmerged leaves, blanks, growth and truncation. `each` is called after every step.
void history(SmallGroup& group, unsigned seed, int steps, const std::function<void()>& each) {
  std::mt19937 dice(seed);
  for (int i = 0; i < steps; ++i) {
    std::vector<std::uint32_t> members;
    for (const auto& [index, signer] : group.signers) members.push_back(index.value());
    const std::uint32_t committer = members[dice() % members.size()];
    const std::uint32_t other = members[dice() % members.size()];
    switch (dice() % 5) {
      case 0: group.add_without_path(1); break;
      case 1:
      case 2:
        if (other != committer) {
          group.commit(committer, {other}, dice() % 4 == 0 ? 1 : 0);
          break;
        }
        [[fallthrough]];
      case 3: group.commit(committer); break;
      default: group.commit(committer, {}, 1 + static_cast<std::uint32_t>(dice() % 2));
    }
    each();
  }
}

TEST(TreeRecords, ATreeComesBackFromItsRecords) {
  SmallGroup group(1);
  history(group, 1, 40, [&] {
    Records records;
    records.put(group.tree);
    auto loader = records.loader(group.suite);
    const auto loaded = loader.load(group.tree.leaf_count(), group.tree.tree_hash());
    ASSERT_TRUE(loaded) << loaded.error().rule;
    expect_same(group.tree, *loaded);
  });
}

TEST(TreeRecords, OnlyWhatIsNewIsAdded) {
  SmallGroup group(100);
  group.commit(3);
  const std::size_t depth = group.tree.leaf_count().depth();
  Records records;
  EXPECT_GT(records.put(group.tree), 100u);
  const RatchetTree before = group.tree;
  EXPECT_EQ(records.put(group.tree, {&before, 1}), 0u);
  group.commit(50);
  EXPECT_EQ(records.put(group.tree, {&before, 1}), depth + 1);
}

TEST(TreeRecords, VersionsShareRecordsAndEachComesBack) {
  SmallGroup group(5);
  Records records;
  std::vector<RatchetTree> living;
  for (unsigned seed = 0; seed < static_cast<unsigned>(test::property_runs(400, 4)); ++seed) {
    std::mt19937 dice(seed);
    history(group, seed, 12, [&] {
      records.put(group.tree, living);
      living.push_back(group.tree);
      // Epochs die in any order; what the others need stays, what nobody needs goes.
      while (living.size() > 4) {
        std::swap(living[dice() % (living.size() - 1)], living.back());
        const RatchetTree dead = living.back();
        living.pop_back();
        records.erase(dead, living);
      }
      Records fresh;
      for (const auto& tree : living) fresh.put(tree);
      ASSERT_EQ(fresh.by_name, records.by_name);
      auto loader = records.loader(group.suite);
      for (const auto& tree : living) {
        const auto loaded = loader.load(tree.leaf_count(), tree.tree_hash());
        ASSERT_TRUE(loaded) << loaded.error().rule;
        expect_same(tree, *loaded);
      }
    });
  }
}

TEST(TreeRecords, TreesOfOneLoaderShareMemory) {
  SmallGroup group(200);
  group.commit(3);
  const RatchetTree before = group.tree;
  group.commit(4);
  Records records;
  records.put(before);
  records.put(group.tree, {&before, 1});
  auto loader = records.loader(group.suite);
  const auto first = loader.load(before.leaf_count(), before.tree_hash());
  const auto live = tree_counters().live_octets;
  const auto second = loader.load(group.tree.leaf_count(), group.tree.tree_hash());
  ASSERT_TRUE(first && second);
  EXPECT_LT(tree_counters().live_octets - live, 20'000);
  expect_same(group.tree, *second);
  RatchetTree changed = *second;
  ASSERT_TRUE(changed.remove(LeafIndex(7)));
  expect_same(before, *first);
}

TEST(TreeRecords, AChangedOrMissingRecordIsNoticed) {
  SmallGroup group(1);
  history(group, 8, 25, [] {});
  Records records;
  records.put(group.tree);
  const auto load = [&] {
    auto loader = records.loader(group.suite);
    return loader.load(group.tree.leaf_count(), group.tree.tree_hash());
  };
  ASSERT_TRUE(load());
  std::mt19937 dice(2);
  for (const auto& [name, value] : std::map(records.by_name)) {
    records.by_name.erase(name);
    EXPECT_FALSE(load());
    for (int i = 0; i < 40; ++i) {
      Bytes changed = value;
      changed[dice() % changed.size()] ^= static_cast<std::uint8_t>(1u << dice() % 8);
      if (i % 4 == 0) changed.resize(dice() % changed.size());
      records.by_name[name] = changed;
      EXPECT_FALSE(load());
    }
    for (const auto& [other, content] : std::map(records.by_name)) {
      if (other == name) continue;
      records.by_name[name] = content;
      EXPECT_FALSE(load());
    }
    records.by_name[name] = value;
  }
  auto loader = records.loader(group.suite);
  EXPECT_FALSE(loader.load(LeafCount(64), group.tree.tree_hash()));
  EXPECT_FALSE(loader.load(LeafCount(1), group.tree.tree_hash()));
}

}  // namespace
}  // namespace dmls::treekem
