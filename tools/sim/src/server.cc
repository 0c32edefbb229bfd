#include "server.h"

#include <algorithm>

namespace dmls::sim {

bool Server::add(const Entry& entry) {
  if (!entries_.insert(entry.id).second) return false;
  if (!entry.rejects.empty()) rejected_.insert(entry.rejects);
  if (!entry.enters.empty()) entered_.insert(entry.enters);
  if (entry.commit) children_[entry.parent].push_back(log_.size());
  log_.push_back(entry);
  return true;
}

bool Server::decided(const NodeId& parent) const {
  const auto found = children_.find(parent);
  return found != children_.end() && std::any_of(found->second.begin(), found->second.end(),
                                                 [&](std::size_t index) { return !given_up(log_[index].child); });
}

NodeId Server::head() const {
  NodeId at = first_;
  for (auto found = children_.find(at); found != children_.end(); found = children_.find(at)) {
    const Entry* best = nullptr;
    for (const std::size_t index : found->second) {
      const Entry& each = log_[index];
      if (given_up(each.child)) continue;
      if (best == nullptr || OctetOrder()(best->confirmation_tag, each.confirmation_tag)) best = &each;
    }
    if (best == nullptr) break;
    at = best->child;
  }
  return at;
}

}  // namespace dmls::sim
