#pragma once
// Finding, adding and listing the nodes of a frontier.

#include <dmls/base/result.h>
#include <dmls/pprf/pprf.h>

#include <functional>
#include <span>
#include <vector>

#include "chain.h"

namespace dmls::pprf {

// Where a node is held: a place of a chain, or the root (no chain).
struct Place {
  Chain* chain = nullptr;
  std::size_t place = 0;
  std::size_t depth = 0;
  const std::uint8_t* secret = nullptr;
};

// The node that stands above `input`, or why there is none: kPunctured, kNotKept.
Result<Place> find_node(const Frontier& frontier, const Shape& shape, BytesView input);

// Spends the node at `place`; `chain`, which may be null, takes over.
void replace_node(Frontier& frontier, const Place& place, ChainPtr chain);

// A node by value of its parts: everything is borrowed.
struct Node {
  std::size_t depth;
  const std::uint8_t* prefix;  // the leftmost input below it
  const std::uint8_t* secret;
};

// Nodes from left to right, with the memory their prefixes live in.
struct NodeList {
  SecretBytes prefixes;
  std::vector<Node> nodes;
};
NodeList list_nodes(const Frontier& frontier, const Shape& shape);

// A frontier of exactly these nodes, which stand from left to right, none above another. Copies the secrets.
Frontier build_frontier(std::span<const Node> nodes, const Shape& shape);

// Visits every chain, each before those it leads to, with the place that leads to it (chain null: the root).
void for_each_chain(const Frontier& frontier, const std::function<void(const Chain& chain, const Place& from)>& visit);

}  // namespace dmls::pprf
