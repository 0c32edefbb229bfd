#pragma once
// Array-based trees in types. RFC 9420 §4.1, Appendix C
//
// A tree has 2^d leaves, d = 0 ... 31. Leaf i is node 2i; a parent has an odd index. The largest tree has 2^31 leaves
// and 2^32 - 1 nodes, all of which a uint32 can name (RFC 9420 §7.7 allows no more than 2^32 - 1 nodes in a vector
// either). An index that does not fit cannot be made: the constructors end the program (or the compilation), and from()
// is for numbers that come from outside. Depends on nothing but the standard library.

#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <optional>

namespace dmls::tree_math {

// The most leaves a tree can have.
inline constexpr std::uint32_t kMaxLeaves = std::uint32_t{1} << 31;

// NodeIndex names a node: 0 ... 2^32 - 2.
class NodeIndex {
 public:
  // Node 0, the first leaf.
  constexpr NodeIndex() = default;
  // Ends the program for 2^32 - 1.
  explicit constexpr NodeIndex(std::uint32_t value) : value_(value) {
    if (value == ~std::uint32_t{0}) std::abort();
  }
  // For numbers from outside: nothing for 2^32 - 1 and more.
  static constexpr std::optional<NodeIndex> from(std::uint64_t value) {
    if (value >= ~std::uint32_t{0}) return std::nullopt;
    return NodeIndex(static_cast<std::uint32_t>(value));
  }

  // The place among all nodes, from left to right.
  [[nodiscard]] constexpr std::uint32_t value() const { return value_; }
  // 0 for a leaf, 1 for a parent of leaves, ... 31 for the root of the largest tree.
  [[nodiscard]] constexpr unsigned level() const { return static_cast<unsigned>(std::countr_one(value_)); }
  // Leaves have even indices.
  [[nodiscard]] constexpr bool is_leaf() const { return (value_ & 1) == 0; }
  // Parents have odd ones.
  [[nodiscard]] constexpr bool is_parent() const { return (value_ & 1) != 0; }

  constexpr auto operator<=>(const NodeIndex&) const = default;

 private:
  std::uint32_t value_ = 0;
};

// LeafIndex names a leaf, counted from the left: 0 ... 2^31 - 1.
class LeafIndex {
 public:
  // Leaf 0.
  constexpr LeafIndex() = default;
  // Ends the program for 2^31 and more.
  explicit constexpr LeafIndex(std::uint32_t value) : value_(value) {
    if (value >= kMaxLeaves) std::abort();
  }
  // For numbers from outside: nothing for 2^31 and more.
  static constexpr std::optional<LeafIndex> from(std::uint64_t value) {
    if (value >= kMaxLeaves) return std::nullopt;
    return LeafIndex(static_cast<std::uint32_t>(value));
  }
  // The leaf that a node is, if it is one.
  static constexpr std::optional<LeafIndex> from(NodeIndex node) {
    if (node.is_parent()) return std::nullopt;
    return LeafIndex(node.value() / 2);
  }

  // The place among the leaves: the leaf_index of RFC 9420.
  [[nodiscard]] constexpr std::uint32_t value() const { return value_; }
  // The place among all nodes: twice that.
  [[nodiscard]] constexpr NodeIndex node() const { return NodeIndex(value_ * 2); }

  constexpr auto operator<=>(const LeafIndex&) const = default;

 private:
  std::uint32_t value_ = 0;
};

// LeafCount is the size of a tree: a power of two, 1 ... 2^31.
class LeafCount {
 public:
  // One leaf.
  constexpr LeafCount() = default;
  // Ends the program unless `value` is a power of two.
  explicit constexpr LeafCount(std::uint32_t value) : value_(value) {
    if (!std::has_single_bit(value)) std::abort();
  }
  // For numbers from outside: nothing unless `value` is a power of two, and at most 2^31.
  static constexpr std::optional<LeafCount> from(std::uint64_t value) {
    if (!std::has_single_bit(value) || value > kMaxLeaves) return std::nullopt;
    return LeafCount(static_cast<std::uint32_t>(value));
  }
  // The smallest tree with at least `leaves` leaves; nothing if there is none (0 leaves, or more than 2^31).
  static constexpr std::optional<LeafCount> enough_for(std::uint64_t leaves) {
    if (leaves == 0 || leaves > kMaxLeaves) return std::nullopt;
    return LeafCount(static_cast<std::uint32_t>(std::bit_ceil(leaves)));
  }
  // The tree with exactly `nodes` nodes, if there is one.
  static constexpr std::optional<LeafCount> from_node_count(std::uint64_t nodes) {
    if (nodes % 2 == 0) return std::nullopt;
    return from((nodes + 1) / 2);
  }

  // Blank leaves are counted too.
  [[nodiscard]] constexpr std::uint32_t value() const { return value_; }
  // Leaves and parents: 2 * value() - 1.
  [[nodiscard]] constexpr std::uint32_t node_count() const {
    return static_cast<std::uint32_t>(2 * std::uint64_t{value_} - 1);
  }
  // The level of the root: log2 of the number of leaves.
  [[nodiscard]] constexpr unsigned depth() const { return static_cast<unsigned>(std::countr_zero(value_)); }
  // The node in the middle. It is a leaf if there is one leaf.
  [[nodiscard]] constexpr NodeIndex root() const { return NodeIndex(value_ - 1); }
  // Whether a tree of this size has the leaf, blank or not.
  [[nodiscard]] constexpr bool contains(LeafIndex leaf) const { return leaf.value() < value_; }
  // Whether it has the node.
  [[nodiscard]] constexpr bool contains(NodeIndex node) const { return node.value() < node_count(); }

  constexpr auto operator<=>(const LeafCount&) const = default;

 private:
  std::uint32_t value_ = 1;
};

// ---- neighbours --------------------------------------------------------------------------------------------------

// The left child of a parent node. Ends the program for a leaf.
constexpr NodeIndex left(NodeIndex x) {
  if (x.is_leaf()) std::abort();
  return NodeIndex(x.value() ^ (std::uint32_t{1} << (x.level() - 1)));
}
// The right child of a parent node. Ends the program for a leaf.
constexpr NodeIndex right(NodeIndex x) {
  if (x.is_leaf()) std::abort();
  return NodeIndex(x.value() ^ (std::uint32_t{3} << (x.level() - 1)));
}
// The parent in an endless tree: ask only for nodes that are not the root. Ends the program at level 31.
constexpr NodeIndex parent(NodeIndex x) {
  const unsigned level = x.level();
  if (level >= 31) std::abort();
  return NodeIndex((x.value() | (std::uint32_t{1} << level)) & ~(std::uint32_t{2} << level));
}
// The other child of the parent, in an endless tree too. Ends the program at level 31.
constexpr NodeIndex sibling(NodeIndex x) {
  const NodeIndex above = parent(x);
  return x < above ? right(above) : left(above);
}
// The parent within a tree: nothing for the root, and for a node outside the tree.
constexpr std::optional<NodeIndex> parent(NodeIndex x, LeafCount size) {
  if (x == size.root() || !size.contains(x)) return std::nullopt;
  return parent(x);
}
// The sibling within a tree: nothing for the root, and for a node outside the tree.
constexpr std::optional<NodeIndex> sibling(NodeIndex x, LeafCount size) {
  if (x == size.root() || !size.contains(x)) return std::nullopt;
  return sibling(x);
}

// ---- subtrees ----------------------------------------------------------------------------------------------------

// The leftmost leaf below `x`; a leaf is its own.
constexpr LeafIndex first_leaf(NodeIndex x) {
  return LeafIndex(static_cast<std::uint32_t>((std::uint64_t{x.value()} + 1 - (std::uint64_t{1} << x.level())) / 2));
}
// The rightmost leaf below `x`; a leaf is its own.
constexpr LeafIndex last_leaf(NodeIndex x) {
  return LeafIndex(static_cast<std::uint32_t>((std::uint64_t{x.value()} + (std::uint64_t{1} << x.level()) - 1) / 2));
}
// Whether `x` is `top` or lies below it.
constexpr bool in_subtree(NodeIndex x, NodeIndex top) {
  const unsigned level = top.level();
  return x.level() <= level && (std::uint64_t{x.value()} >> (level + 1)) == (std::uint64_t{top.value()} >> (level + 1));
}
// The same of a leaf.
constexpr bool in_subtree(LeafIndex leaf, NodeIndex top) { return in_subtree(leaf.node(), top); }
// The node at `level` that is `x` or lies above it. Ends the program unless `level` is at least x.level(), at most 31.
constexpr NodeIndex ancestor(NodeIndex x, unsigned level) {
  if (level < x.level() || level > 31) std::abort();
  const std::uint64_t high = std::uint64_t{x.value()} >> (level + 1) << (level + 1);
  return NodeIndex(static_cast<std::uint32_t>(high | ((std::uint64_t{1} << level) - 1)));
}
// The lowest node that has both in its subtree; it may be one of them.
constexpr NodeIndex common_ancestor(NodeIndex x, NodeIndex y) {
  const unsigned low = x.level() > y.level() ? x.level() : y.level();
  const unsigned differ = static_cast<unsigned>(std::bit_width(x.value() ^ y.value()));
  // A node at level k is fixed by the bits above k: the lowest k at which both agree.
  const unsigned level = differ == 0 || differ <= low + 1 ? low : differ - 1;
  return ancestor(x, level);
}
// The same of two leaves: a leaf only if they are one.
constexpr NodeIndex common_ancestor(LeafIndex x, LeafIndex y) { return common_ancestor(x.node(), y.node()); }

// ---- paths -------------------------------------------------------------------------------------------------------

// The direct path of a node, from its parent up to the root, each with the copath child beneath it. Empty for the root.
//
//   for (const auto [node, copath] : DirectPath(leaf, size)) ...
class DirectPath {
 public:
  // A node of the path, and its children.
  struct Step {
    NodeIndex node;    // on the direct path
    NodeIndex copath;  // the child of `node` that is not on it
    NodeIndex below;   // the child of `node` that is on it, or the start itself
  };

  // Goes up from node to node; keeps nothing of the DirectPath.
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;  // a Step is made on the way
    using value_type = Step;                            // by value
    using difference_type = std::ptrdiff_t;             // required, and not used
    using reference = Step;                             // there is no object to refer to
    using pointer = void;                               // nor to point to
    // Stands at the parent of `below`.
    constexpr explicit iterator(NodeIndex below) : below_(below) {}
    constexpr Step operator*() const { return {parent(below_), sibling(below_), below_}; }
    constexpr iterator& operator++() {
      below_ = parent(below_);
      return *this;
    }
    constexpr iterator operator++(int) {
      const iterator before = *this;
      ++*this;
      return before;
    }
    constexpr bool operator==(const iterator&) const = default;

   private:
    NodeIndex below_;
  };

  // From the parent of `from` up. A node outside the tree ends the program.
  constexpr DirectPath(NodeIndex from, LeafCount size) : from_(from), root_(size.root()) {
    if (!size.contains(from)) std::abort();
  }
  // The same from a leaf.
  constexpr DirectPath(LeafIndex from, LeafCount size) : DirectPath(from.node(), size) {}

  // The lowest node; end() for the root.
  [[nodiscard]] constexpr iterator begin() const { return iterator(from_); }
  // Behind the root; not to be dereferenced.
  [[nodiscard]] constexpr iterator end() const { return iterator(root_); }
  // How many nodes.
  [[nodiscard]] constexpr unsigned size() const { return root_.level() - from_.level(); }

 private:
  NodeIndex from_, root_;
};

}  // namespace dmls::tree_math
