#pragma once
// Messages that arrived before the epoch they belong to, as octets. Nothing about them is known to be genuine: bounded.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/sendgroup/config.h>
#include <dmls/sendgroup/exporter_psk.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace dmls::sendgroup {

class Postbox {
 public:
  struct Letter {
    bool is_commit = false;  // by its header
    Bytes message;
  };
  enum class Kept : std::uint8_t { now, before };

  // kLimit when it is full; a second copy changes nothing.
  Result<Kept> keep(const EpochName&, bool is_commit, BytesView message, const Limits&);
  // Takes out the messages of that epoch, commits last, and drops those of earlier ones.
  std::vector<Letter> take(const EpochName&);
  void drop(BytesView group_id);

  // The newest epoch that a message is from; nothing if there is none.
  [[nodiscard]] std::optional<std::uint64_t> newest(BytesView group_id) const;
  // Whether a message that claims to be a commit of that epoch is here.
  [[nodiscard]] const Bytes* commit_of(const EpochName&) const;
  [[nodiscard]] std::vector<Bytes> group_ids() const;
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::size_t octets() const { return octets_; }

 private:
  using Letters = std::map<std::uint64_t, std::vector<Letter>>;
  void discount(const std::vector<Letter>&);
  std::map<Bytes, Letters, OctetOrder> groups_;
  std::size_t count_ = 0;
  std::size_t octets_ = 0;
};

}  // namespace dmls::sendgroup
