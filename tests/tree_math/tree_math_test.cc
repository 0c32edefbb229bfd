#include <dmls/tree_math/tree_math.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "support/vectors.h"

namespace dmls::tree_math {
namespace {

// The figure of RFC 9420 Appendix C: eight leaves, fifteen nodes.
static_assert(LeafCount(8).root() == NodeIndex(7));
static_assert(LeafCount(8).node_count() == 15);
static_assert(left(NodeIndex(7)) == NodeIndex(3) && right(NodeIndex(7)) == NodeIndex(11));
static_assert(parent(NodeIndex(2)) == NodeIndex(1) && sibling(NodeIndex(2)) == NodeIndex(0));
static_assert(common_ancestor(LeafIndex(0), LeafIndex(3)) == NodeIndex(3));
static_assert(LeafCount::enough_for(5) == LeafCount(8));

TEST(TreeMath, TheLargestTreeHasAnIndexForEveryNode) {
  const LeafCount largest(kMaxLeaves);
  EXPECT_EQ(largest.node_count(), 0xffffffffu);
  EXPECT_EQ(largest.root().value(), 0x7fffffffu);
  EXPECT_EQ(largest.root().level(), 31u);
  const LeafIndex last(kMaxLeaves - 1);
  EXPECT_EQ(last.node().value(), 0xfffffffeu);
  EXPECT_EQ(first_leaf(largest.root()), LeafIndex(0));
  EXPECT_EQ(last_leaf(largest.root()), last);
  EXPECT_EQ(DirectPath(last, largest).size(), 31u);
  NodeIndex top;
  for (const auto step : DirectPath(last, largest)) top = step.node;
  EXPECT_EQ(top, largest.root());
  EXPECT_EQ(common_ancestor(LeafIndex(0), last), largest.root());
}

TEST(TreeMath, NumbersFromOutsideAreChecked) {
  EXPECT_FALSE(LeafIndex::from(std::uint64_t{kMaxLeaves}));
  EXPECT_FALSE(LeafIndex::from(std::uint64_t{1} << 32));
  EXPECT_EQ(LeafIndex::from(std::uint64_t{kMaxLeaves - 1})->value(), kMaxLeaves - 1);
  EXPECT_FALSE(LeafIndex::from(NodeIndex(3)));
  EXPECT_EQ(LeafIndex::from(NodeIndex(4)), LeafIndex(2));
  EXPECT_FALSE(NodeIndex::from(0xffffffffu));
  EXPECT_FALSE(LeafCount::from(0));
  EXPECT_FALSE(LeafCount::from(3));
  EXPECT_FALSE(LeafCount::from(std::uint64_t{1} << 32));
  EXPECT_FALSE(LeafCount::enough_for(0));
  EXPECT_FALSE(LeafCount::enough_for(std::uint64_t{kMaxLeaves} + 1));
  EXPECT_EQ(LeafCount::enough_for(kMaxLeaves), LeafCount(kMaxLeaves));
  EXPECT_FALSE(LeafCount::from_node_count(0));
  EXPECT_FALSE(LeafCount::from_node_count(2));
  EXPECT_FALSE(LeafCount::from_node_count(5));
  EXPECT_EQ(LeafCount::from_node_count(7), LeafCount(4));
  EXPECT_EQ(LeafCount::from_node_count(0xffffffffu), LeafCount(kMaxLeaves));
}

TEST(TreeMathDeathTest, AnIndexThatDoesNotFitCannotBeMade) {
  EXPECT_DEATH((void)LeafIndex(kMaxLeaves), "");
  EXPECT_DEATH((void)NodeIndex(0xffffffffu), "");
  EXPECT_DEATH((void)LeafCount(6), "");
  EXPECT_DEATH((void)parent(LeafCount(kMaxLeaves).root()), "");
  EXPECT_DEATH((void)left(NodeIndex(4)), "");
  EXPECT_DEATH((void)DirectPath(LeafIndex(4), LeafCount(4)), "");
}

// A tree of pointers, as in RFC 9420 Appendix D, against which the arithmetic is compared.
struct Linked {
  std::optional<std::uint32_t> parent, left, right;
};
void build(std::vector<Linked>& nodes, std::uint32_t from, std::uint32_t to, std::optional<std::uint32_t> above) {
  const std::uint32_t middle = (from + to) / 2;
  nodes[middle].parent = above;
  if (from == to) return;
  nodes[middle].left = (from + middle - 1) / 2;
  nodes[middle].right = (middle + 1 + to) / 2;
  build(nodes, from, middle - 1, middle);
  build(nodes, middle + 1, to, middle);
}

TEST(TreeMath, AgreesWithATreeOfPointers) {
  for (unsigned depth = 0; depth <= 6; ++depth) {
    const LeafCount size(1u << depth);
    std::vector<Linked> nodes(size.node_count());
    build(nodes, 0, size.node_count() - 1, std::nullopt);
    const auto above = [&](std::uint32_t x) {
      std::vector<std::uint32_t> path{x};
      while (nodes[path.back()].parent) path.push_back(*nodes[path.back()].parent);
      return path;
    };
    for (std::uint32_t x = 0; x < nodes.size(); ++x) {
      const NodeIndex node(x);
      const auto p = parent(node, size);
      EXPECT_EQ(p.has_value(), nodes[x].parent.has_value());
      if (p) {
        EXPECT_EQ(p->value(), *nodes[x].parent);
        const Linked& up = nodes[p->value()];
        EXPECT_EQ(sibling(node).value(), up.left == x ? *up.right : *up.left);
      }
      EXPECT_EQ(node.is_leaf(), !nodes[x].left.has_value());
      if (node.is_parent()) {
        EXPECT_EQ(left(node).value(), *nodes[x].left);
        EXPECT_EQ(right(node).value(), *nodes[x].right);
      }
      const auto chain = above(x);
      ASSERT_EQ(DirectPath(node, size).size() + 1, chain.size());
      std::size_t i = 1;
      for (const auto step : DirectPath(node, size)) {
        EXPECT_EQ(step.node.value(), chain[i]);
        EXPECT_EQ(step.below.value(), chain[i - 1]);
        EXPECT_EQ(step.copath, sibling(step.below));
        EXPECT_EQ(ancestor(node, step.node.level()), step.node);
        ++i;
      }
      std::vector<LeafIndex> leaves;
      for (std::uint32_t y = 0; y < nodes.size(); ++y) {
        const auto other = above(y);
        const bool below = std::find(other.begin(), other.end(), x) != other.end();
        EXPECT_EQ(in_subtree(NodeIndex(y), node), below);
        if (below && NodeIndex(y).is_leaf()) leaves.push_back(*LeafIndex::from(NodeIndex(y)));
        const auto common = std::find_first_of(chain.begin(), chain.end(), other.begin(), other.end());
        EXPECT_EQ(common_ancestor(node, NodeIndex(y)).value(), *common);
      }
      EXPECT_EQ(first_leaf(node), leaves.front());
      EXPECT_EQ(last_leaf(node), leaves.back());
    }
  }
}

TEST(TreeMath, OfficialVectors) {
  DMLS_VECTORS_OR_SKIP(folder, "MLS_VECTORS");
  const auto cases = test::load_json(folder / "tree-math.json");
  ASSERT_FALSE(cases.empty());
  for (const auto& c : cases) {
    const auto size = LeafCount::from(c["n_leaves"].get<std::uint64_t>());
    ASSERT_TRUE(size);
    EXPECT_EQ(size->node_count(), c["n_nodes"].get<std::uint32_t>());
    EXPECT_EQ(size->root().value(), c["root"].get<std::uint32_t>());
    const auto expect = [](const std::optional<NodeIndex>& got, const nlohmann::json& want) {
      EXPECT_EQ(got.has_value(), !want.is_null());
      if (got && !want.is_null()) {
        EXPECT_EQ(got->value(), want.get<std::uint32_t>());
      }
    };
    for (std::uint32_t i = 0; i < size->node_count(); ++i) {
      const NodeIndex x(i);
      expect(x.is_leaf() ? std::optional<NodeIndex>() : left(x), c["left"][i]);
      expect(x.is_leaf() ? std::optional<NodeIndex>() : right(x), c["right"][i]);
      expect(parent(x, *size), c["parent"][i]);
      expect(sibling(x, *size), c["sibling"][i]);
    }
  }
}

}  // namespace
}  // namespace dmls::tree_math
