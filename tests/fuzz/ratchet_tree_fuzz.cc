// The ratchet_tree extension, RFC 9420 §12.4.3.3, and what is done with a tree that was accepted. The first octet
// chooses the cipher suite.
#include <dmls/crypto/suite.h>
#include <dmls/treekem/ratchet_tree.h>
#include <dmls/treekem/ratchet_tree_view.h>

#include "support/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using dmls::test::must;
  using dmls::treekem::LeafIndex;
  using dmls::treekem::RatchetTree;
  if (size == 0) return 0;
  const auto suites = dmls::crypto::registered_suites();
  const auto suite = dmls::crypto::CipherSuite::find(suites[data[0] % suites.size()].id);
  if (!suite) return 0;
  const dmls::BytesView input(data + 1, size - 1);
  const auto view = dmls::treekem::RatchetTreeView::parse(input);
  auto tree = RatchetTree::decode(*suite, input);
  must(view.has_value() || !tree.has_value(), "a tree is accepted whose syntax is refused");
  if (!tree) return 0;
  must(view->member_count() == tree->member_count(), "the view counts other members");
  must(std::ranges::equal(tree->encode(), input), "a tree is accepted, but encodes to other octets");
  (void)tree->tree_hash();
  (void)tree->verify_parent_hashes();
  (void)tree->check_parent_keys();
  (void)tree->check_credential_types();

  // Whatever was accepted stays a valid tree when a member leaves.
  for (std::uint32_t i = 0; i < tree->leaf_count().value(); ++i) {
    const LeafIndex leaf(i);
    (void)tree->resolution(leaf.node());
    (void)tree->filtered_direct_path(leaf);
    if (!tree->is_member(leaf)) continue;
    RatchetTree smaller = *tree;
    must(smaller.remove(leaf).has_value(), "a member cannot be removed");
    must(smaller.member_count() + 1 == tree->member_count(), "not one member was removed");
    if (smaller.member_count() == 0) continue;
    const auto again = RatchetTree::decode(*suite, smaller.encode());
    must(again.has_value(), "after a removal the tree is refused");
    must(std::ranges::equal(again->tree_hash(), smaller.tree_hash()), "the tree hash depends on the history");
  }
  return 0;
}
