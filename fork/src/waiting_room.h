#pragma once
// Messages of epochs that are not known yet: bounded, the oldest go first. Whoever can send octets can fill it, so what
// falls out has to be fetched again.

#include <dmls/fork/dmls_message.h>
#include <dmls/fork/retention.h>

#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace dmls::fork {

class WaitingRoom {
 public:
  explicit WaitingRoom(const WaitingLimits& limits) : limits_(limits) {}

  // How many older messages made room; nothing happens for octets that wait already.
  std::size_t add(ReceivedDmlsMessage message);
  // Whatever waited for this epoch, in order of arrival.
  std::vector<ReceivedDmlsMessage> take(const NodeId& epoch);

  [[nodiscard]] std::size_t messages() const { return by_arrival_.size(); }
  [[nodiscard]] std::size_t octets() const { return octets_; }

 private:
  using Arrival = std::uint64_t;
  void drop(Arrival);

  WaitingLimits limits_;
  Arrival next_ = 0;
  std::size_t octets_ = 0;
  std::map<Arrival, ReceivedDmlsMessage> by_arrival_;
  std::map<NodeId, std::set<Arrival>> by_epoch_;
};

}  // namespace dmls::fork
