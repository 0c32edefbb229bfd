#pragma once
// Messages that arrived before the epoch they belong to, as octets. Nothing about them is known to be genuine: bounded.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/sendgroup/config.h>
#include <dmls/sendgroup/exporter_psk.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace dmls::sendgroup {

class Postbox {
 public:
  struct Letter {
    EpochName name;          // the epoch it is of
    bool is_commit = false;  // by its header
    Bytes message;
    std::uint64_t number = 0;  // in order of arrival
  };
  using SharedLetter = std::shared_ptr<const Letter>;
  enum class Kept : std::uint8_t { now, before };

  // kLimit when it is full; a second copy changes nothing.
  Result<Kept> keep(const EpochName&, bool is_commit, BytesView message, const Limits&);
  // Takes out the messages of that epoch, commits last, and drops those of earlier ones.
  std::vector<SharedLetter> take(const EpochName&);
  void drop(BytesView group_id);

  // The newest epoch that a message is from; nothing if there is none.
  [[nodiscard]] std::optional<std::uint64_t> newest(BytesView group_id) const;
  // Whether a message that claims to be a commit of that epoch is here.
  [[nodiscard]] const Bytes* commit_of(const EpochName&) const;
  [[nodiscard]] std::vector<Bytes> group_ids() const;
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::size_t octets() const { return octets_; }

  // A letter that was kept before, in order of the numbers.
  void restore(Letter);
  // What arrived since the last call, and (nullptr) what of earlier ones went, by number.
  std::map<std::uint64_t, SharedLetter> take_changes() { return std::exchange(changed_, {}); }

 private:
  using Letters = std::map<std::uint64_t, std::vector<SharedLetter>>;
  void discount(const std::vector<SharedLetter>&);
  std::map<Bytes, Letters, OctetOrder> groups_;
  std::size_t count_ = 0;
  std::size_t octets_ = 0;
  std::uint64_t next_number_ = 1;
  std::map<std::uint64_t, SharedLetter> changed_;
};

}  // namespace dmls::sendgroup
