// Arithmetic of array-based trees. RFC 9420 Appendix C

#include <dmls/tree_math/tree_math.h>

#include <optional>

#include "families.h"

namespace dmls::vectors {
namespace {

using tree_math::LeafCount;
using tree_math::NodeIndex;
using Neighbour = std::optional<NodeIndex>;

struct Column {
  const char* name;
  Neighbour (*of)(NodeIndex, LeafCount);
};
constexpr Column kColumns[] = {
    {"left", [](NodeIndex x, LeafCount) { return x.is_leaf() ? Neighbour() : Neighbour(tree_math::left(x)); }},
    {"right", [](NodeIndex x, LeafCount) { return x.is_leaf() ? Neighbour() : Neighbour(tree_math::right(x)); }},
    {"parent", [](NodeIndex x, LeafCount size) { return tree_math::parent(x, size); }},
    {"sibling", [](NodeIndex x, LeafCount size) { return tree_math::sibling(x, size); }},
};

}  // namespace

Result<void> verify_tree_math(const Value& vector) {
  DMLS_TRY(const auto leaves, vector.integer<std::uint32_t>("n_leaves"));
  const auto size = LeafCount::from(std::uint64_t{leaves});
  DMLS_CHECK(vector.require(size.has_value(), "n_leaves", "a power of two"));
  DMLS_CHECK(vector.expect("n_nodes", size->node_count()));
  DMLS_CHECK(vector.expect("root", size->root().value()));
  for (const Column& column : kColumns) {
    DMLS_TRY(const auto entries, vector.list(column.name));
    DMLS_CHECK(vector.require(entries.size() == size->node_count(), column.name, "one entry for each node"));
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
      const Neighbour computed = column.of(NodeIndex(i), *size);
      DMLS_CHECK(entries[i].require(computed.has_value() != entries[i].is_null(), "", "null exactly where none is"));
      if (computed) DMLS_CHECK(entries[i].expect(computed->value()));
    }
  }
  return {};
}

Result<Json> generate_tree_math(const Generation&) {
  Json cases = Json::array();
  for (unsigned depth = 0; depth < 10; ++depth) {
    const LeafCount size(1u << depth);
    Json one{{"n_leaves", size.value()}, {"n_nodes", size.node_count()}, {"root", size.root().value()}};
    for (const Column& column : kColumns) {
      Json entries = Json::array();
      for (std::uint32_t i = 0; i < size.node_count(); ++i) {
        const Neighbour x = column.of(NodeIndex(i), size);
        entries.push_back(x ? Json(x->value()) : Json());
      }
      one[column.name] = std::move(entries);
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace dmls::vectors
