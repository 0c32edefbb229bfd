#include "waiting_room.h"

#include <algorithm>

namespace dmls::fork {

WaitingRoom::Admission WaitingRoom::admission(const ReceivedDmlsMessage& message) const {
  if (message.inner.size() > limits_.octets || limits_.messages == 0) return {};
  if (const auto same = by_epoch_.find(message.content.epoch); same != by_epoch_.end()) {
    for (const std::uint64_t number : same->second)
      if (by_arrival_.at(number).inner == message.inner) return {};
  }
  Admission out{next_};
  std::size_t left = by_arrival_.size(), octets = octets_;
  for (auto oldest = by_arrival_.begin(); left >= limits_.messages || octets + message.inner.size() > limits_.octets;
       ++oldest, --left) {
    octets -= oldest->second.inner.size();
    out.dropped.push_back(oldest->first);
  }
  return out;
}

void WaitingRoom::admit(const Admission& admission, ReceivedDmlsMessage message) {
  for (const std::uint64_t number : admission.dropped) drop(number);
  if (admission.number != 0) restore({std::move(message), admission.number});
}

void WaitingRoom::restore(NumberedMessage entry) {
  next_ = std::max(next_, entry.number + 1);
  octets_ += entry.message.inner.size();
  by_epoch_[entry.message.content.epoch].insert(entry.number);
  by_arrival_.emplace(entry.number, std::move(entry.message));
}

std::vector<NumberedMessage> WaitingRoom::take(const NodeId& epoch) {
  std::vector<NumberedMessage> out;
  const auto found = by_epoch_.find(epoch);
  if (found == by_epoch_.end()) return out;
  for (const std::uint64_t number : found->second) {
    auto node = by_arrival_.extract(number);
    octets_ -= node.mapped().inner.size();
    out.push_back({std::move(node.mapped()), number});
  }
  by_epoch_.erase(found);
  return out;
}

void WaitingRoom::drop(std::uint64_t number) {
  const auto found = by_arrival_.find(number);
  octets_ -= found->second.inner.size();
  const auto epoch = by_epoch_.find(found->second.content.epoch);
  epoch->second.erase(number);
  if (epoch->second.empty()) by_epoch_.erase(epoch);
  by_arrival_.erase(found);
}

}  // namespace dmls::fork
