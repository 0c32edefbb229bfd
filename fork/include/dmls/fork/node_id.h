#pragma once
// Names of epochs and of commits. An epoch number does not name an epoch once histories fork.

#include <dmls/base/bytes.h>

#include <compare>
#include <utility>

namespace dmls::fork {

// Octets that name one kind of thing, ordered so that they can be keys.
template <class Role>
class OctetName {
 public:
  OctetName() = default;
  // Any number of octets: whoever reads a name from outside checks it.
  explicit OctetName(Bytes octets) : octets_(std::move(octets)) {}

  // As they travel, without a length.
  [[nodiscard]] const Bytes& octets() const { return octets_; }
  // It names nothing.
  [[nodiscard]] bool empty() const { return octets_.empty(); }
  bool operator==(const OctetName&) const = default;
  bool operator<(const OctetName& other) const { return OctetOrder()(octets_, other.octets_); }

 private:
  Bytes octets_;
};

// NodeId names an epoch in the history graph: its dmls_epoch, Nh octets. draft-kohbrok-mls-dmls, "Epoch identifiers"
using NodeId = OctetName<struct NodeRole>;
// CommitHash names a commit: the confirmed_transcript_hash of the epoch that it starts, Nh octets. RFC 9420 §8.2. It
// stays the same when the content is encrypted again.
using CommitHash = OctetName<struct CommitRole>;

}  // namespace dmls::fork
