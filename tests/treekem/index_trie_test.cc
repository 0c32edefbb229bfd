#include "../../treekem/src/index_trie.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "support/vectors.h"

namespace dmls::treekem::detail {
namespace {

using Pairs = std::multiset<std::pair<std::uint32_t, std::uint32_t>>;

std::vector<std::uint32_t> values(const IndexTrie& trie, std::uint32_t key) {
  std::vector<std::uint32_t> found;
  trie.find(key, [&found](std::uint32_t value) { return found.push_back(value), false; });
  std::sort(found.begin(), found.end());
  return found;
}
std::vector<std::uint32_t> values(const Pairs& pairs, std::uint32_t key) {
  std::vector<std::uint32_t> found;
  for (const auto& [k, v] : pairs)
    if (k == key) found.push_back(v);
  return found;
}

TEST(IndexTrie, AnEmptyOneFindsAndErasesNothing) {
  IndexTrie trie;
  EXPECT_TRUE(values(trie, 5).empty());
  EXPECT_FALSE(trie.erase(5, 5));
}

TEST(IndexTrie, ManyValuesOfOneKeyFitIntoOneBucket) {
  IndexTrie trie;
  for (std::uint32_t i = 0; i < 5000; ++i) trie.insert(0xabcdef01, i);
  trie.insert(0xabcdef02, 7);
  EXPECT_EQ(values(trie, 0xabcdef01).size(), 5000u);
  EXPECT_EQ(values(trie, 0xabcdef02), std::vector<std::uint32_t>{7});
  for (std::uint32_t i = 0; i < 5000; ++i) ASSERT_TRUE(trie.erase(0xabcdef01, i));
  EXPECT_FALSE(trie.erase(0xabcdef01, 0));
  EXPECT_EQ(values(trie, 0xabcdef02), std::vector<std::uint32_t>{7});
}

// Keys that are spread, and keys that share all but a few bits; copies that go their own ways.
TEST(IndexTrie, AgreesWithAMultisetOnEveryCopy) {
  std::mt19937_64 dice(3);
  struct Version {
    IndexTrie trie;
    Pairs pairs;
  };
  std::vector<Version> versions(1);
  const int runs = test::property_runs(1'000'000, 20'000);
  for (int i = 0; i < runs; ++i) {
    Version& now = versions[dice() % versions.size()];
    const std::uint32_t key = dice() % 2 == 0 ? static_cast<std::uint32_t>(dice() % 64) * 0x04000001u
                                              : 0x55550000u + static_cast<std::uint32_t>(dice() % 40);
    const auto value = static_cast<std::uint32_t>(dice() % 3);
    const auto at = now.pairs.find({key, value});
    if (dice() % 100 < (i / 2000 % 2 == 0 ? 60u : 40u)) {
      now.trie.insert(key, value);
      now.pairs.emplace(key, value);
    } else {
      ASSERT_EQ(now.trie.erase(key, value), at != now.pairs.end());
      if (at != now.pairs.end()) now.pairs.erase(at);
    }
    ASSERT_EQ(values(now.trie, key), values(now.pairs, key));
    if (dice() % 200 == 0) {
      if (versions.size() == 6) versions.erase(versions.begin() + static_cast<std::ptrdiff_t>(dice() % 6));
      versions.push_back(versions[dice() % versions.size()]);
    }
  }
  for (const Version& version : versions)
    for (const auto& [key, value] : version.pairs) ASSERT_EQ(values(version.trie, key), values(version.pairs, key));
}

TEST(IndexTrie, FillingAtOnceIsInsertingOneByOne) {
  std::mt19937 random(5);
  const auto differ = [](std::uint32_t, std::uint32_t) { return false; };
  for (const std::uint32_t count : {0u, 1u, 16u, 17u, 300u, 5000u}) {
    for (const std::uint32_t mask : {0xffffffffu, 0xfffff000u, 0x0000000fu}) {  // spread, crowded, very crowded
      std::vector<IndexTrie::Pair> pairs;
      IndexTrie one_by_one, at_once;
      for (std::uint32_t i = 0; i < count; ++i) pairs.push_back({static_cast<std::uint32_t>(random()) & mask, i});
      const auto given = pairs;
      for (const auto& pair : given) one_by_one.insert(pair.key, pair.value);
      ASSERT_TRUE(at_once.fill(pairs, differ));
      for (const auto& pair : given) ASSERT_EQ(values(at_once, pair.key), values(one_by_one, pair.key));
      for (const auto& pair : given) ASSERT_TRUE(at_once.erase(pair.key, pair.value));
      for (const auto& pair : given) ASSERT_TRUE(values(at_once, pair.key).empty());
    }
  }
}

TEST(IndexTrie, FillingAsksOnlyAboutEqualKeysAndStopsAtTheSame) {
  std::vector<IndexTrie::Pair> pairs;
  for (std::uint32_t i = 0; i < 1000; ++i) pairs.push_back({i * 0x9e3779b1u, i});
  pairs.push_back({500 * 0x9e3779b1u, 1000});
  std::vector<std::pair<std::uint32_t, std::uint32_t>> asked;
  IndexTrie trie;
  EXPECT_FALSE(trie.fill(pairs, [&asked](std::uint32_t a, std::uint32_t b) {
    asked.emplace_back(std::min(a, b), std::max(a, b));
    return true;
  }));
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0], std::pair(500u, 1000u));
  EXPECT_TRUE(values(trie, 500 * 0x9e3779b1u).empty());
}

}  // namespace
}  // namespace dmls::treekem::detail
