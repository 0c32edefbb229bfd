#include "server.h"

namespace dmls::sim {

bool Server::add(const Entry& entry) {
  if (!entries_.insert(entry.id).second) return false;
  if (entry.commit) children_[entry.parent].push_back(log_.size());
  log_.push_back(entry);
  return true;
}

NodeId Server::head() const {
  NodeId at = first_;
  for (auto found = children_.find(at); found != children_.end(); found = children_.find(at)) {
    const Entry* best = nullptr;
    for (const std::size_t index : found->second) {
      const Entry& each = log_[index];
      if (best == nullptr || OctetOrder()(best->confirmation_tag, each.confirmation_tag)) best = &each;
    }
    at = best->child;
  }
  return at;
}

}  // namespace dmls::sim
