#include <dmls/fork/history.h>

#include <algorithm>
#include <set>

namespace dmls::fork {

void History::add_root(NodeId id, std::optional<NodeId> parent, std::optional<Candidate> edge) {
  roots_.push_back(id);
  HistoryNode node;
  node.id = id;
  node.parent = std::move(parent);
  node.edge = std::move(edge);
  nodes_.emplace(std::move(id), std::move(node));
}

void History::add_child(const NodeId& parent, NodeId id, Candidate edge) {
  nodes_.at(parent).children.push_back(id);
  HistoryNode node;
  node.id = id;
  node.parent = parent;
  node.edge = std::move(edge);
  nodes_.emplace(std::move(id), std::move(node));
}

void History::restore(HistoryNode node, bool root) {
  if (root) {
    roots_.push_back(node.id);
  } else if (node.parent) {
    nodes_.at(*node.parent).children.push_back(node.id);
  }
  NodeId id = node.id;
  nodes_.emplace(std::move(id), std::move(node));
}

const HistoryNode* History::find(const NodeId& id) const {
  const auto found = nodes_.find(id);
  return found == nodes_.end() ? nullptr : &found->second;
}

void History::remove(const NodeId& id) {
  const HistoryNode& node = nodes_.at(id);
  if (node.parent) {
    if (const auto above = nodes_.find(*node.parent); above != nodes_.end()) std::erase(above->second.children, id);
  }
  std::erase(roots_, id);
  nodes_.erase(id);
}

void History::release(const NodeId& id) {
  nodes_.at(id).held = false;
  // Upwards: what is not held and leads nowhere.
  NodeId at = id;
  for (auto found = nodes_.find(at); found != nodes_.end(); found = nodes_.find(at)) {
    const HistoryNode& node = found->second;
    if (node.held || !node.children.empty()) break;
    const auto parent = node.parent;
    remove(NodeId(at));
    if (!parent) break;
    at = *parent;
  }
  // Downwards from the roots: what is not held and has a single child decides nothing.
  for (std::size_t i = 0; i < roots_.size();) {
    const HistoryNode& root = nodes_.at(roots_[i]);
    if (root.held || root.children.size() != 1) {
      ++i;
      continue;
    }
    const NodeId child = root.children.front();
    nodes_.erase(roots_[i]);
    roots_[i] = child;
  }
}

bool History::leads_to_held(const HistoryNode& node) const {
  return node.held || std::any_of(node.children.begin(), node.children.end(),
                                  [&](const NodeId& child) { return leads_to_held(nodes_.at(child)); });
}

const NodeId* History::preferred_child(const HistoryNode& node, const ForkChoice& choice,
                                       const crypto::CipherSuite& suite) const {
  const NodeId* best = nullptr;
  for (const NodeId& child : node.children) {
    if (!leads_to_held(nodes_.at(child))) continue;
    if (best == nullptr || choice.prefers(suite, node.id, *nodes_.at(child).edge, *nodes_.at(*best).edge))
      best = &child;
  }
  return best;
}

NodeId History::winner(const ForkChoice& choice, const crypto::CipherSuite& suite) const {
  const HistoryNode* at = &nodes_.at(roots_.back());
  while (const NodeId* next = preferred_child(*at, choice, suite)) at = &nodes_.at(*next);
  return at->id;
}

std::vector<NodeId> History::tips() const {
  std::vector<NodeId> out;
  for (const auto& entry : nodes_)
    if (entry.second.held && entry.second.children.empty()) out.push_back(entry.first);
  return out;
}

std::vector<NodeId> History::path_to(const NodeId& id) const {
  std::vector<NodeId> out;
  for (auto found = nodes_.find(id); found != nodes_.end(); found = nodes_.find(*found->second.parent)) {
    out.push_back(found->first);
    if (!found->second.parent) break;
  }
  std::reverse(out.begin(), out.end());
  return out;
}

bool History::is_ancestor(const NodeId& above, const NodeId& below) const {
  const auto path = path_to(below);
  return std::find(path.begin(), path.end(), above) != path.end();
}

std::optional<NodeId> History::common_ancestor(const NodeId& a, const NodeId& b) const {
  const auto path_a = path_to(a), path_b = path_to(b);
  std::optional<NodeId> out;
  for (std::size_t i = 0; i < path_a.size() && i < path_b.size() && path_a[i] == path_b[i]; ++i) out = path_a[i];
  return out;
}

std::vector<NodeId> History::subtree(const NodeId& id) const {
  std::vector<NodeId> out{id};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto& children = nodes_.at(NodeId(out[i])).children;
    out.insert(out.end(), children.begin(), children.end());
  }
  return out;
}

CommitCount History::commits_below(const NodeId& id, std::size_t members,
                                   const std::function<bool(LeafIndex)>& is_member) const {
  CommitCount best{members, {}};
  // Every branch below, with the members of `id` that committed or were removed on the way.
  struct Branch {
    const HistoryNode* end;
    std::set<std::uint32_t> accounted;
  };
  std::vector<Branch> open{{&nodes_.at(id), {}}};
  while (!open.empty()) {
    const Branch branch = std::move(open.back());
    open.pop_back();
    if (members - branch.accounted.size() < best.missing) {
      best = {members - branch.accounted.size(), {}};
      for (const std::uint32_t leaf : branch.accounted) best.accounted.push_back(LeafIndex(leaf));
    }
    for (const NodeId& child : branch.end->children) {
      Branch longer{&nodes_.at(child), branch.accounted};
      const auto account = [&](LeafIndex leaf) {
        if (is_member(leaf)) longer.accounted.insert(leaf.value());
      };
      const group::Changes& changes = longer.end->edge->changes;
      for (const auto& removed : changes.removed) account(removed.member.leaf);
      // Whoever commits from outside was no member of this epoch, whatever leaf it takes; but may have been, on the
      // leaf that it gave up.
      if (changes.committer_before) account(changes.committer_before->leaf);
      open.push_back(std::move(longer));
    }
  }
  return best;
}

}  // namespace dmls::fork
