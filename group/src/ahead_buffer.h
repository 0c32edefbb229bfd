#pragma once
#include <dmls/base/bytes.h>
#include <dmls/group/client_config.h>

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace dmls::group {

// AheadBuffer keeps messages of epochs to come, as they came: nothing in them can be verified yet. Anyone can fill it,
// up to its bounds; nearer epochs then push out farther ones. Each has the number of its record, 0 without a store.
class AheadBuffer {
 public:
  struct Admission {
    bool known = false;               // the same octets are kept already
    std::size_t drops = 0;            // how many make room
    std::vector<std::uint64_t> gone;  // their numbers
  };
  // What it would take to keep a message; nothing if it cannot be kept. Changes nothing.
  [[nodiscard]] std::optional<Admission> admit(BytesView message, std::uint64_t epoch, const MessageWindow&) const;
  void keep(const Admission&, std::uint64_t number, BytesView message, std::uint64_t epoch);
  // Those of `epoch`, in the order of their arrival; those of earlier ones are forgotten. Their records stay until that
  // epoch is left: they are read again if the process ends before it has read them.
  std::vector<Bytes> take(std::uint64_t epoch);
  // The numbers of all records of epochs below `epoch`; and that they are gone.
  [[nodiscard]] std::vector<std::uint64_t> numbers_below(std::uint64_t epoch) const;
  void erased_below(std::uint64_t epoch);

 private:
  struct Kept {
    std::uint64_t number;
    Bytes message;
  };
  void drop_farthest();
  std::map<std::uint64_t, std::vector<Kept>> by_epoch_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> taken_;  // epoch and number, whose records are still there
  std::size_t messages_ = 0;
  std::size_t octets_ = 0;
};

}  // namespace dmls::group
