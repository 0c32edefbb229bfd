// LeafNode, RFC 9420 §7.2, owned and looked at in place.
#include <dmls/treekem/leaf_node_view.h>

#include "support/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using dmls::treekem::LeafNode;
  using dmls::treekem::LeafNodeView;
  const dmls::BytesView input(data, size);
  dmls::test::accepted_is_canonical<LeafNode>(input);
  const auto owned = dmls::tls_codec::decode<LeafNode>(input);
  const auto view = LeafNodeView::parse(input);
  dmls::test::must(owned.has_value() == view.has_value(), "the view accepts something else");
  if (view) dmls::test::must(view->decode() == *owned, "the view shows something else");
  return 0;
}
