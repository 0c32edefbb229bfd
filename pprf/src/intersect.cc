// What two copies of one state can both derive.

#include <dmls/crypto/tree_kdf.h>

#include <algorithm>

#include "frontier.h"
#include "look.h"

namespace dmls::pprf {
namespace {

using Nodes = std::span<const Node>;

// Is `node` above `other`, or the same?
bool covers(const Node& node, const Node& other, const Shape& shape) {
  return node.depth <= other.depth && common_bits(node.prefix, other.prefix, shape.input_length()) >= node.depth;
}

// Checks nodes below `above` against what it derives. One walk to the deepest of them yields the siblings along that
// path, which are compared, or searched for the nodes below them in turn.
class Checker {
 public:
  Checker(const crypto::CipherSuite& suite, const Shape& shape) : suite_(suite), shape_(shape) {}

  bool agree(const Node& above, Nodes below) const {
    if (below.size() == 1 && below[0].depth == above.depth) return equal(above.secret, below[0].secret);
    const Node& deepest =
        *std::max_element(below.begin(), below.end(), [](const Node& a, const Node& b) { return a.depth < b.depth; });
    const std::size_t levels = deepest.depth - above.depth;
    SecretBytes copath(levels * shape_.nh), end(shape_.nh);
    crypto::walk_tree(suite_, {.node = BytesView(above.secret, shape_.nh),
                               .path = BytesView(deepest.prefix, shape_.input_length()),
                               .from = above.depth,
                               .to = deepest.depth,
                               .copath = copath.expose_mut(),
                               .end = end.expose_mut()});
    // Whatever is not the deepest itself leaves its path at one depth; all of them do so side by side.
    bool same = true;
    for (std::size_t i = 0; i < below.size();) {
      const std::size_t common =
          std::min(common_bits(below[i].prefix, deepest.prefix, shape_.input_length()), deepest.depth);
      if (common == deepest.depth) {
        same = equal(end.expose().data(), below[i].secret) && same;
        ++i;
        continue;
      }
      std::size_t last = i + 1;
      while (last < below.size() && common_bits(below[last].prefix, deepest.prefix, shape_.input_length()) == common)
        ++last;
      const Node sibling{common + 1, below[i].prefix, copath.expose().data() + (common - above.depth) * shape_.nh};
      same = agree(sibling, below.subspan(i, last - i)) && same;
      i = last;
    }
    return same;
  }

 private:
  [[nodiscard]] bool equal(const std::uint8_t* a, const std::uint8_t* b) const {
    return constant_time_equal(BytesView(a, shape_.nh), BytesView(b, shape_.nh));
  }
  const crypto::CipherSuite& suite_;
  const Shape& shape_;
};

}  // namespace

Result<Pprf> Pprf::intersect(const Pprf& a, const Pprf& b) {
  if (a.suite_.id() != b.suite_.id() || a.parameters_.depth != b.parameters_.depth ||
      a.parameters_.finisher != b.parameters_.finisher)
    return fail(errc::kMismatch, "PPRF: only two states of one tree have an intersection");
  const std::uint16_t kept = std::min(a.parameters_.kept_depth, b.parameters_.kept_depth);
  Pprf result(a.suite_, a.parameters_.keeping(kept));
  const Shape shape = shape_of(result);
  const Checker checker(a.suite_, shape);
  const NodeList left = list_nodes(a.frontier_, shape), right = list_nodes(b.frontier_, shape);

  std::vector<Node> common;
  Nodes x = left.nodes, y = right.nodes;
  while (!x.empty() && !y.empty()) {
    if (!covers(x[0], y[0], shape)) std::swap(x, y);
    if (!covers(x[0], y[0], shape)) {
      // Neither stands above the other: the one further to the left has no counterpart.
      const std::size_t at = common_bits(x[0].prefix, y[0].prefix, shape.input_length());
      Nodes& behind = bit_at(x[0].prefix, at) ? y : x;
      behind = behind.subspan(1);
      continue;
    }
    std::size_t n = 1;
    while (n < y.size() && covers(x[0], y[n], shape)) ++n;
    if (!checker.agree(x[0], y.first(n)))
      return fail(errc::kConflict, "PPRF: the two states hold different secrets for one node");
    // A bound of the copath that one of them lacks holds for the result.
    for (const Node& node : y.first(n))
      if (node.depth <= kept) common.push_back(node);
    x = x.subspan(1);
    y = y.subspan(n);
  }
  result.frontier_ = build_frontier(common, shape);
  return result;
}

}  // namespace dmls::pprf
