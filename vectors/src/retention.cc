// When an epoch is no longer needed: the rule all_members_committed over a history. docs/vectors.md: `retention`

#include <dmls/fork/history.h>

#include <algorithm>
#include <set>

#include "families.h"

namespace dmls::vectors {
namespace {

using fork::History;
using fork::NodeId;
using Roster = std::set<std::uint32_t>;

NodeId name_of(std::size_t index) {
  Bytes out(4);
  for (std::size_t i = 0; i < 4; ++i) out[i] = static_cast<std::uint8_t>(index >> (24 - 8 * i));
  return NodeId(std::move(out));
}

group::Member member(std::uint32_t leaf) { return {tree_math::LeafIndex(leaf), {}, {}}; }

// One epoch of a history: what its commit did, and who is in it.
struct Node {
  std::size_t parent = 0;
  std::uint32_t committer = 0;
  bool joiner = false;  // the committer comes from outside
  std::vector<std::uint32_t> added;
  std::vector<std::uint32_t> removed;
  Roster members;
};

fork::Candidate edge_of(std::size_t index, const Node& node) {
  fork::Candidate out{fork::CommitHash(name_of(index).octets()), {}, {}};
  out.changes.committer = member(node.committer);
  if (node.joiner) {
    out.changes.origin = group::CommitOrigin::joiner;
  } else {
    out.changes.committer_before = out.changes.committer;
  }
  for (const auto leaf : node.removed) out.changes.removed.push_back({member(leaf), {}});
  for (const auto leaf : node.added) out.changes.added.push_back({member(leaf), {}});
  return out;
}

History history_of(const std::vector<Node>& nodes) {
  History out;
  out.add_root(name_of(0), std::nullopt, std::nullopt);
  for (std::size_t i = 1; i < nodes.size(); ++i)
    out.add_child(name_of(nodes[i].parent), name_of(i), edge_of(i, nodes[i]));
  return out;
}

std::size_t missing(const History& history, const std::vector<Node>& nodes, std::size_t index) {
  const Roster& members = nodes[index].members;
  return history
      .commits_below(name_of(index), members.size(),
                     [&](tree_math::LeafIndex leaf) { return members.count(leaf.value()) != 0; })
      .missing;
}

Result<std::vector<std::uint32_t>> read_leaves(const Value& each, std::string_view field) {
  std::vector<std::uint32_t> out;
  DMLS_TRY(const auto list, each.list_if_any(field));
  for (const Value& leaf : list) {
    DMLS_TRY(const auto number, leaf.integer<std::uint32_t>());
    DMLS_CHECK(leaf.require(number < std::uint32_t{1} << 31, "", "a leaf index"));
    out.push_back(number);
  }
  return out;
}

// Whether the commit is possible in its parent; computes the roster.
bool apply(Node& node, const Roster& before) {
  node.members = before;
  for (const auto leaf : node.removed)
    if (leaf == node.committer || node.members.erase(leaf) == 0) return false;
  if (!node.joiner && before.count(node.committer) == 0) return false;
  if (node.joiner && !node.members.insert(node.committer).second) return false;
  return std::all_of(node.added.begin(), node.added.end(),
                     [&](std::uint32_t leaf) { return node.members.insert(leaf).second; });
}

Result<Node> read(const Value& each, const std::vector<Node>& before) {
  Node out;
  DMLS_TRY(out.added, read_leaves(each, "added"));
  DMLS_TRY(out.removed, read_leaves(each, "removed"));
  if (before.empty()) {
    DMLS_CHECK(each.require(out.removed.empty() && !out.added.empty(), "added", "the members of the first epoch"));
    out.members = Roster(out.added.begin(), out.added.end());
    return out;
  }
  DMLS_TRY(const auto parent, each.integer<std::uint32_t>("parent"));
  DMLS_CHECK(each.require(parent < before.size(), "parent", "a parent stands before its children"));
  out.parent = parent;
  DMLS_TRY(out.committer, each.integer<std::uint32_t>("committer"));
  DMLS_TRY(const auto origin, each.text("origin"));
  DMLS_CHECK(each.require(origin == "member" || origin == "joiner", "origin", "member or joiner"));
  out.joiner = origin == "joiner";
  DMLS_CHECK(each.require(out.committer < std::uint32_t{1} << 31 && apply(out, before[parent].members), "committer",
                          "the commit is possible in its parent"));
  return out;
}

Result<std::uint32_t> draw(Random& random, std::size_t below) {
  DMLS_TRY(const Bytes drawn, random.bytes(4));
  return (std::uint32_t{drawn[0]} << 16 | std::uint32_t{drawn[1]} << 8 | drawn[2]) % static_cast<std::uint32_t>(below);
}

Result<Node> draw_node(Random& random, const std::vector<Node>& nodes) {
  Node out;
  DMLS_TRY(const auto back, draw(random, std::min<std::size_t>(nodes.size(), 3)));
  out.parent = nodes.size() - 1 - back;
  const Roster& before = nodes[out.parent].members;
  const auto first_free = [&](const Roster& roster) {
    std::uint32_t leaf = 0;
    while (roster.count(leaf) != 0) ++leaf;
    return leaf;
  };
  DMLS_TRY(const auto kind, draw(random, 8));
  if (kind == 0) {
    out.joiner = true;
    out.committer = first_free(before);
  } else {
    DMLS_TRY(const auto who, draw(random, before.size()));
    out.committer = *std::next(before.begin(), who);
    if (kind == 1) out.added = {first_free(before)};
    DMLS_TRY(const auto gone, draw(random, before.size()));
    const auto removed = *std::next(before.begin(), gone);
    if (kind == 2 && removed != out.committer) out.removed = {removed};
  }
  apply(out, before);
  return out;
}

}  // namespace

Result<void> verify_retention(const Value& vector) {
  DMLS_TRY(const auto rule, vector.text("rule"));
  DMLS_CHECK(vector.require(rule == "all_members_committed", "rule", "a rule that is known"));
  DMLS_TRY(const auto list, vector.list("epochs"));
  std::vector<Node> nodes;
  for (const Value& each : list) {
    DMLS_TRY(Node node, read(each, nodes));
    nodes.push_back(std::move(node));
  }
  const History history = history_of(nodes);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    DMLS_CHECK(list[i].expect("members", std::uint64_t{nodes[i].members.size()}));
    DMLS_CHECK(list[i].expect("missing", std::uint64_t{missing(history, nodes, i)}));
    DMLS_TRY(const Value deletable, list[i].at("deletable"));
    DMLS_CHECK(list[i].require(deletable.json() == Json(missing(history, nodes, i) == 0), "deletable",
                               "true exactly if nobody is missing"));
  }
  return {};
}

// Random histories of three to six members that fork.
Result<Json> generate_retention(const Generation& generation) {
  Json out = Json::array();
  for (std::uint32_t size = 3; size <= 6; ++size) {
    Node root;
    for (std::uint32_t leaf = 0; leaf < size; ++leaf) root.added.push_back(leaf);
    root.members = Roster(root.added.begin(), root.added.end());
    std::vector<Node> nodes{root};
    while (nodes.size() < 6 * size) {
      DMLS_TRY(Node node, draw_node(generation.random, nodes));
      nodes.push_back(std::move(node));
    }
    const History history = history_of(nodes);
    Json list = Json::array();
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const std::size_t left = missing(history, nodes, i);
      Json one = {{"added", nodes[i].added},
                  {"removed", nodes[i].removed},
                  {"members", nodes[i].members.size()},
                  {"missing", left},
                  {"deletable", left == 0}};
      if (i > 0) {
        one["parent"] = nodes[i].parent;
        one["committer"] = nodes[i].committer;
        one["origin"] = nodes[i].joiner ? "joiner" : "member";
      }
      list.push_back(std::move(one));
    }
    out.push_back({{"rule", "all_members_committed"}, {"epochs", std::move(list)}});
  }
  return out;
}

}  // namespace dmls::vectors
