// The syntax of a ratchet_tree alone, against the codec of the structs as RFC 9420 §12.4.3.3 writes them down, and
// against what the decoder of trees accepts.
#include <dmls/treekem/error.h>
#include <dmls/treekem/ratchet_tree_view.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "small_group.h"
#include "support/vectors.h"

namespace dmls::treekem {
namespace {

// The same question, asked of the structs.
bool is_well_formed(BytesView encoded) {
  const auto nodes = tls_codec::decode<std::vector<std::optional<NaiveNode>>>(encoded);
  if (!nodes || nodes->size() % 2 == 0 || !nodes->back()) return false;
  for (std::size_t i = 0; i < nodes->size(); ++i) {
    if (!(*nodes)[i]) continue;
    if (std::holds_alternative<NaiveLeaf>(*(*nodes)[i]) != (i % 2 == 0)) return false;
    if (i % 2 == 0) continue;
    const ParentNode& parent = std::get<NaiveParent>(*(*nodes)[i]).node;
    if (parent.encryption_key.octets.size() > 0xffff || parent.parent_hash.size() > 0xffff) return false;
  }
  return true;
}

// Rules about several nodes, which take a tree.
bool takes_a_tree(const Error& error) {
  const std::string_view rule = error.rule;
  return error.code == errc::kDuplicateKey || rule.find("unmerged") != rule.npos ||
         rule.find("above blank leaves only") != rule.npos;
}

TEST(RatchetTreeView, CountsAndShowsEveryNode) {
  const SmallGroup group = eventful_group();
  const Bytes encoded = group.tree.encode();
  const auto view = must(RatchetTreeView::parse(encoded));
  EXPECT_EQ(view.leaf_count(), group.tree.leaf_count());
  EXPECT_EQ(view.member_count(), group.tree.member_count());
  std::uint32_t leaves = 0, parents = 0;
  view.for_each_node(
      [&](NodeIndex at, const LeafNodeView& leaf) {
        ++leaves;
        const auto expected = group.tree.leaf(*LeafIndex::from(at));
        ASSERT_TRUE(expected);
        EXPECT_TRUE(std::ranges::equal(leaf.encoded, expected->encoded()));
      },
      [&](NodeIndex at, const EncodedParentNode& parent) {
        ++parents;
        const auto expected = group.tree.parent_node(at);
        ASSERT_TRUE(expected);
        EXPECT_TRUE(std::ranges::equal(parent.encryption_key, expected->encryption_key));
        EXPECT_TRUE(std::ranges::equal(parent.parent_hash, expected->parent_hash));
        EXPECT_EQ(parent.unmerged_leaves.size(), 4 * expected->unmerged_leaves.size());
      });
  EXPECT_EQ(leaves, view.member_count());
  EXPECT_EQ(parents, view.parent_count());
  EXPECT_GT(parents, 0u);
}

TEST(RatchetTreeView, BorrowsFromTheInput) {
  const SmallGroup group(3);
  const Bytes encoded = group.tree.encode();
  const auto view = must(RatchetTreeView::parse(encoded));
  EXPECT_EQ(view.nodes().data() + view.nodes().size(), encoded.data() + encoded.size());
}

TEST(RatchetTreeView, EveryPrefixIsRefused) {
  const SmallGroup group(5);
  const Bytes encoded = group.tree.encode();
  for (std::size_t n = 0; n < encoded.size(); ++n)
    EXPECT_FALSE(RatchetTreeView::parse(BytesView(encoded).first(n))) << n;
}

TEST(RatchetTreeView, EachRuleOfTheSyntaxHasItsName) {
  EXPECT_TRUE(fails(RatchetTreeView::parse({}), tls_codec::errc::kTruncated, ""));
  EXPECT_TRUE(fails(RatchetTreeView::parse(Bytes{0}), errc::kInvalidTree, "last node"));
  EXPECT_TRUE(fails(RatchetTreeView::parse(Bytes{1, 0}), errc::kInvalidTree, "last node"));
  EXPECT_TRUE(fails(RatchetTreeView::parse(Bytes{1, 2}), tls_codec::errc::kInvalidValue, "presence"));
  EXPECT_TRUE(fails(RatchetTreeView::parse(Bytes{2, 1, 2}), errc::kInvalidTree, "even places"));
  EXPECT_TRUE(fails(RatchetTreeView::parse(Bytes{3, 0, 1, 1}), errc::kInvalidTree, "even places"));
  EXPECT_TRUE(fails(RatchetTreeView::parse(Bytes{6, 0, 1, 2, 0, 0, 0}), errc::kInvalidTree, "odd number"));
  EXPECT_TRUE(fails(RatchetTreeView::parse(Bytes{7, 0, 1, 2, 0, 0, 1, 9}), tls_codec::errc::kTruncated, ""));
  EXPECT_TRUE(
      fails(RatchetTreeView::parse(Bytes{7 + 2, 0, 1, 2, 0, 0, 3, 9, 9, 9}), tls_codec::errc::kTruncated, "unmerged"));
}

// The view accepts what the structs accept; the tree accepts nothing beyond, and refuses of that only what concerns
// several nodes.
void compare(const crypto::CipherSuite& suite, BytesView octets, std::size_t& accepted) {
  const auto view = RatchetTreeView::parse(octets);
  ASSERT_EQ(view.has_value(), is_well_formed(octets));
  const auto tree = RatchetTree::decode(suite, octets);
  if (!view) {
    ASSERT_FALSE(tree);
    ASSERT_EQ(tree.error().code, view.error().code);
    ASSERT_STREQ(tree.error().rule, view.error().rule);
    return;
  }
  ++accepted;
  if (tree) {
    ASSERT_TRUE(std::ranges::equal(tree->encode(), octets));
    ASSERT_EQ(view->leaf_count(), tree->leaf_count());
    ASSERT_EQ(view->member_count(), tree->member_count());
  } else {
    ASSERT_TRUE(takes_a_tree(tree.error())) << tree.error().rule;
  }
}

TEST(RatchetTreeView, AgreesWithTheStructsAndTheTreeOnMutatedOctets) {
  const SmallGroup group = eventful_group();
  const Bytes encoded = group.tree.encode();
  std::mt19937 random(7);
  const auto below = [&random](std::size_t n) { return random() % n; };
  std::size_t accepted = 0;
  const int runs = test::property_runs(200'000);
  for (int run = 0; run < runs; ++run) {
    Bytes octets = encoded;
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
      const auto at = static_cast<std::ptrdiff_t>(below(octets.size()));
      switch (below(4)) {
        case 0: octets[static_cast<std::size_t>(at)] ^= static_cast<std::uint8_t>(1u << below(8)); break;
        case 1: octets[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(below(4)); break;
        case 2: octets.erase(octets.begin() + at); break;
        case 3: octets.insert(octets.begin() + at, static_cast<std::uint8_t>(below(4))); break;
      }
    }
    ASSERT_NO_FATAL_FAILURE(compare(group.suite, octets, accepted)) << run;
  }
  EXPECT_GT(accepted, 0u);
}

TEST(RatchetTreeView, AgreesWithTheStructsAndTheTreeOnNodesLeftOutAndSwapped) {
  const SmallGroup group = eventful_group();
  const auto nodes = group.naive().nodes;
  std::mt19937 random(8);
  std::size_t accepted = 0;
  const int runs = test::property_runs(20'000);
  for (int run = 0; run < runs; ++run) {
    auto sent = nodes;
    for (std::size_t changes = 1 + random() % 3; changes > 0; --changes) {
      auto& one = sent[random() % sent.size()];
      if (random() % 2 == 0) {
        one.reset();
      } else {
        std::swap(one, sent[random() % sent.size()]);
      }
    }
    sent.resize(1 + random() % sent.size());
    while (random() % 4 != 0 && sent.size() > 1 && !sent.back()) sent.pop_back();
    ASSERT_NO_FATAL_FAILURE(compare(group.suite, tls_codec::encode(sent), accepted)) << run;
  }
  EXPECT_GT(accepted, 0u);
}

}  // namespace
}  // namespace dmls::treekem
