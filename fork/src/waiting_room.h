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

// A message, and its number in the waiting room; 0 if it was never there.
struct NumberedMessage {
  ReceivedDmlsMessage message;
  std::uint64_t number = 0;
};

class WaitingRoom {
 public:
  explicit WaitingRoom(const WaitingLimits& limits) : limits_(limits) {}

  // What letting a message in would mean; nothing changes yet. `number` is 0 if it stays outside: it waits already, or
  // is larger than the room.
  struct Admission {
    std::uint64_t number = 0;
    std::vector<std::uint64_t> dropped = {};  // who makes room
  };
  [[nodiscard]] Admission admission(const ReceivedDmlsMessage&) const;
  void admit(const Admission&, ReceivedDmlsMessage);
  // One that waited when it was stored.
  void restore(NumberedMessage);

  [[nodiscard]] bool has(const NodeId& epoch) const { return by_epoch_.count(epoch) != 0; }
  // Whatever waited for this epoch, in order of arrival.
  std::vector<NumberedMessage> take(const NodeId& epoch);

  [[nodiscard]] const std::map<std::uint64_t, ReceivedDmlsMessage>& by_arrival() const { return by_arrival_; }
  [[nodiscard]] std::size_t messages() const { return by_arrival_.size(); }
  [[nodiscard]] std::size_t octets() const { return octets_; }

 private:
  void drop(std::uint64_t number);

  WaitingLimits limits_;
  std::uint64_t next_ = 1;
  std::size_t octets_ = 0;
  std::map<std::uint64_t, ReceivedDmlsMessage> by_arrival_;
  std::map<NodeId, std::set<std::uint64_t>> by_epoch_;
};

}  // namespace dmls::fork
