#pragma once
// A commit in one message with the commits whose PSKs it imports, for receivers who lack them.
// UpdatePolicy::staple_commits

#include <dmls/base/bytes.h>

#include <cstdint>
#include <tuple>
#include <vector>

namespace dmls::sendgroup {

// Stands where an MLSMessage has its ProtocolVersion, and is none. RFC 9420 §6
inline constexpr std::uint16_t kStapleMark = 0xfdf2;

// All are encoded MLSMessages, signed and sealed by their owners: whoever passes them on can drop some, not alter them.
struct StapledCommit {
  std::uint16_t mark = kStapleMark;  // tells it from an MLSMessage
  std::vector<Bytes> stapled;        // of opaque<V>: commits, each after the proposals that it refers to
  Bytes commit;                      // opaque<V>: what all this is about
  static constexpr auto fields(auto& s) { return std::tie(s.mark, s.stapled, s.commit); }
  bool operator==(const StapledCommit&) const = default;
};

// Whether octets begin like a StapledCommit; no MLSMessage does.
[[nodiscard]] constexpr bool is_stapled(BytesView message) {
  return message.size() >= 2 && message[0] == kStapleMark >> 8 && message[1] == (kStapleMark & 0xff);
}

}  // namespace dmls::sendgroup
