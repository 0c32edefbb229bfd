// What trees from outside make us allocate.
#include <dmls/treekem/ratchet_tree_view.h>
#include <gtest/gtest.h>

#include "small_group.h"
#include "support/count_allocations.h"

namespace dmls::treekem {
namespace {

TEST(TreeAllocations, LookingAtATreeInPlaceAllocatesNothing) {
  const SmallGroup group(20);
  const Bytes encoded = group.tree.encode();
  const test::Allocations allocations;
  const auto view = RatchetTreeView::parse(encoded);
  std::uint32_t nodes = 0;
  if (view)
    view->for_each_node([&](NodeIndex, const LeafNodeView&) { ++nodes; },
                        [&](NodeIndex, const EncodedParentNode&) { ++nodes; });
  EXPECT_EQ(allocations.octets(), 0u);
  ASSERT_TRUE(succeeds(view));
  EXPECT_EQ(nodes, 20u);
}

TEST(TreeAllocations, NothingIsAllocatedForOctetsThatAreNoTree) {
  const SmallGroup group(20);
  Bytes encoded = group.tree.encode();
  encoded.back() ^= 1;  // still a signature
  ASSERT_TRUE(succeeds(RatchetTree::decode(group.suite, encoded)));
  encoded.pop_back();
  const test::Allocations allocations;
  const auto tree = RatchetTree::decode(group.suite, encoded);
  EXPECT_EQ(allocations.octets(), 0u);
  EXPECT_FALSE(tree);
}

// A blank node is one octet.
TEST(TreeAllocations, BlankNodesCostAConstantTimesTheirOctets) {
  const SmallGroup group(1);
  auto sent = group.naive().nodes;
  const auto last = sent[0];
  sent.assign((1u << 16) + 1, std::nullopt);
  sent.back() = last;
  const Bytes encoded = tls_codec::encode(sent);
  const test::Allocations allocations;
  const auto tree = RatchetTree::decode(group.suite, encoded);
  EXPECT_LE(allocations.octets(), 16 * encoded.size());
  ASSERT_TRUE(succeeds(tree));
}

}  // namespace
}  // namespace dmls::treekem
