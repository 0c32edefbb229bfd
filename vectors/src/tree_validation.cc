// Resolutions, tree hashes, parent hashes and leaf signatures of given trees. RFC 9420 §4.1.1, §7.8, §7.9, §12.4.3.3

#include <dmls/base/hex.h>
#include <dmls/treekem/ratchet_tree.h>

#include "grove.h"

namespace dmls::vectors {

Result<void> verify_tree_validation(const Value& vector) {
  DMLS_TRY(const auto suite, vector.suite());
  DMLS_TRY(const Bytes encoded, vector.octets("tree"));
  DMLS_TRY(const Bytes group_id, vector.octets("group_id"));
  DMLS_TRY(const auto tree, vector.in("tree", treekem::RatchetTree::decode(suite, encoded)));
  DMLS_CHECK(vector.expect("tree", tree.encode()));

  DMLS_TRY(const auto resolutions, vector.list("resolutions"));
  DMLS_TRY(const auto hashes, vector.list("tree_hashes"));
  const std::uint32_t nodes = tree.leaf_count().node_count();
  DMLS_CHECK(vector.require(resolutions.size() == nodes, "resolutions", "one for each node"));
  DMLS_CHECK(vector.require(hashes.size() == nodes, "tree_hashes", "one for each node"));
  for (std::uint32_t i = 0; i < nodes; ++i) {
    const tree_math::NodeIndex node(i);
    DMLS_CHECK(hashes[i].expect(tree.tree_hash(node)));
    DMLS_TRY(const auto entries, resolutions[i].list_if_any());
    const auto computed = tree.resolution(node);
    DMLS_CHECK(resolutions[i].require(entries.size() == computed.size(), "", "as many nodes as computed"));
    for (std::size_t k = 0; k < entries.size(); ++k) DMLS_CHECK(entries[k].expect(computed[k].value()));
  }
  DMLS_CHECK(vector.in("tree", tree.verify_parent_hashes()));
  return vector.in("tree", tree.verify_leaf_signatures(group_id));
}

Result<Json> generate_tree_validation(const Generation& generation) {
  DMLS_TRY(const auto all, groves(generation));
  Json cases = Json::array();
  for (const Grove& grove : all) {
    const auto& tree = grove.tree();
    Json hashes = Json::array(), resolutions = Json::array();
    for (std::uint32_t i = 0; i < tree.leaf_count().node_count(); ++i) {
      hashes.push_back(to_hex(tree.tree_hash(tree_math::NodeIndex(i))));
      Json nodes = Json::array();
      for (const auto node : tree.resolution(tree_math::NodeIndex(i))) nodes.push_back(node.value());
      resolutions.push_back(std::move(nodes));
    }
    cases.push_back({{"cipher_suite", static_cast<std::uint16_t>(generation.suite->id())},
                     {"tree", to_hex(tree.encode())},
                     {"group_id", to_hex(grove.group_id())},
                     {"tree_hashes", std::move(hashes)},
                     {"resolutions", std::move(resolutions)}});
  }
  return cases;
}

}  // namespace dmls::vectors
