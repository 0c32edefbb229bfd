#include "waiting_room.h"

#include <algorithm>

namespace dmls::fork {

std::size_t WaitingRoom::add(ReceivedDmlsMessage message) {
  if (message.inner.size() > limits_.octets || limits_.messages == 0) return 0;
  if (const auto same = by_epoch_.find(message.content.epoch); same != by_epoch_.end()) {
    for (const Arrival arrival : same->second)
      if (by_arrival_.at(arrival).inner == message.inner) return 0;
  }
  std::size_t dropped = 0;
  while (by_arrival_.size() >= limits_.messages || octets_ + message.inner.size() > limits_.octets) {
    drop(by_arrival_.begin()->first);
    ++dropped;
  }
  octets_ += message.inner.size();
  by_epoch_[message.content.epoch].insert(next_);
  by_arrival_.emplace(next_++, std::move(message));
  return dropped;
}

std::vector<ReceivedDmlsMessage> WaitingRoom::take(const NodeId& epoch) {
  std::vector<ReceivedDmlsMessage> out;
  const auto found = by_epoch_.find(epoch);
  if (found == by_epoch_.end()) return out;
  for (const Arrival arrival : found->second) {
    auto node = by_arrival_.extract(arrival);
    octets_ -= node.mapped().inner.size();
    out.push_back(std::move(node.mapped()));
  }
  by_epoch_.erase(found);
  return out;
}

void WaitingRoom::drop(Arrival arrival) {
  const auto found = by_arrival_.find(arrival);
  octets_ -= found->second.inner.size();
  const auto epoch = by_epoch_.find(found->second.content.epoch);
  epoch->second.erase(arrival);
  if (epoch->second.empty()) by_epoch_.erase(epoch);
  by_arrival_.erase(found);
}

}  // namespace dmls::fork
