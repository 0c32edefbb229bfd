#pragma once
// The history graph: which epoch follows which, by what commit, as one client knows it. No secrets here.

#include <dmls/fork/fork_choice.h>
#include <dmls/fork/node_id.h>
#include <dmls/tree_math/tree_math.h>

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace dmls::fork {

using tree_math::LeafIndex;

// HistoryNode is one epoch: how it was reached, and what follows it. `held` says whether the client has its secrets; a
// node that lost them stays in the graph while it connects others.
struct HistoryNode {
  NodeId id;                      // the dmls_epoch
  std::optional<NodeId> parent;   // named even if the graph does not have it: somebody who joined knows no ancestors
  std::optional<Candidate> edge;  // the commit that leads here; nothing at a root
  std::vector<NodeId> children;   // in order of arrival
  bool held = true;               // its secrets are here
};

// Who still has to commit below an epoch before nobody needs it. draft-kohbrok-mls-dmls, "Security Considerations"
struct CommitCount {
  std::size_t missing = 0;           // members that neither committed nor were removed, on the branch where fewest are
  std::vector<LeafIndex> accounted;  // members that did or were, on that branch; ascending
};

class History {
 public:
  // A root becomes the preferred one: it is where a client founded, joined, or joined again.
  void add_root(NodeId id, std::optional<NodeId> parent, std::optional<Candidate> edge);
  // The parent is in the graph.
  void add_child(const NodeId& parent, NodeId id, Candidate edge);
  // Takes add_child() back.
  void remove_child(const NodeId& id) { remove(id); }
  // A node out of a store; parents first. `root`: even if its parent is there.
  void restore(HistoryNode node, bool root);
  // The secrets of the node are gone. Drops whatever no longer connects two nodes that are held.
  void release(const NodeId& id);

  // nullptr if the graph does not have it.
  [[nodiscard]] const HistoryNode* find(const NodeId&) const;
  // All nodes, in the order of their names.
  [[nodiscard]] const std::map<NodeId, HistoryNode>& nodes() const { return nodes_; }
  // The preferred one last.
  [[nodiscard]] const std::vector<NodeId>& roots() const { return roots_; }

  // Where the preferred branch ends: from the preferred root, always the child that `choice` prefers.
  [[nodiscard]] NodeId winner(const ForkChoice& choice, const crypto::CipherSuite&) const;
  // Held nodes without children.
  [[nodiscard]] std::vector<NodeId> tips() const;
  // From the root down, both ends included.
  [[nodiscard]] std::vector<NodeId> path_to(const NodeId&) const;
  [[nodiscard]] bool is_ancestor(const NodeId& above, const NodeId& below) const;  // a node is its own ancestor
  // The last node that both paths share; nothing if they share none.
  [[nodiscard]] std::optional<NodeId> common_ancestor(const NodeId&, const NodeId&) const;
  // The node and everything below it, parents first.
  [[nodiscard]] std::vector<NodeId> subtree(const NodeId&) const;

  // The rule all_members_committed: a node may be deleted when on some branch below it every member of its roster that
  // is still there has committed, the commit that leaves it included. One branch for all; a member that was removed and
  // added again is another one. `members`: the size of the node's roster; `is_member` asks about a leaf of it.
  [[nodiscard]] CommitCount commits_below(const NodeId&, std::size_t members,
                                          const std::function<bool(LeafIndex)>& is_member) const;

 private:
  [[nodiscard]] bool leads_to_held(const HistoryNode&) const;
  [[nodiscard]] const NodeId* preferred_child(const HistoryNode&, const ForkChoice&, const crypto::CipherSuite&) const;
  void remove(const NodeId&);

  std::map<NodeId, HistoryNode> nodes_;
  std::vector<NodeId> roots_;  // the preferred one last
};

}  // namespace dmls::fork
