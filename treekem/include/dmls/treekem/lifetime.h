#pragma once
// How long a leaf from a KeyPackage is valid. RFC 9420 §7.2, §7.3

#include <dmls/base/result.h>
#include <dmls/treekem/error.h>

#include <cstdint>
#include <optional>
#include <tuple>

namespace dmls::treekem {

// Seconds since 1970-01-01T00:00:00Z; both ends are inside.
struct Lifetime {
  std::uint64_t not_before = 0;  // uint64
  std::uint64_t not_after = 0;   // uint64
  static constexpr auto fields(auto& s) { return std::tie(s.not_before, s.not_after); }
  bool operator==(const Lifetime&) const = default;

  // Whether `time`, in the same seconds, is not_before, not_after or between them.
  [[nodiscard]] bool contains(std::uint64_t time) const { return not_before <= time && time <= not_after; }
  // From an hour before `now` (clocks differ) until `seconds` after it, within 0 and 2^64 - 1.
  static Lifetime from_now(std::uint64_t now, std::uint64_t seconds);
};

// What an application demands of lifetimes.
struct LifetimePolicy {
  std::optional<std::uint64_t> now = {};             // seconds as in Lifetime; absent: the current time is not judged
  std::optional<std::uint64_t> since = {};           // what was valid at some time from `since` to `now` is accepted
  std::optional<std::uint64_t> maximum_length = {};  // of not_after - not_before, in seconds; absent: not judged
};

// kLifetime if the interval is empty, too long, or does not contain `now` (nor any time since `since`).
Result<void> check_lifetime(const Lifetime&, const LifetimePolicy&);

}  // namespace dmls::treekem
