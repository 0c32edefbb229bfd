#pragma once
// How long old epochs are kept. draft-kohbrok-mls-dmls, "State management", "Security Considerations"
//
// Whatever is chosen, the head is never deleted. What is kept too long endangers what was said and what will be said;
// what is deleted too early cannot be followed any more.

#include <dmls/fork/journal.h>
#include <dmls/fork/node_id.h>
#include <dmls/group/changes.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace dmls::fork {

enum class DeletionRule : std::uint8_t {
  all_members_committed,  // once no member is left that could still commit on it: History::commits_below()
  at_once,                // as soon as a commit leaves it, unless Session::set_retain() asks to keep it
  never,                  // the caps alone
};
enum class LosingForks : std::uint8_t {
  keep,            // until the deletion rule or a cap takes them
  delete_at_once,  // the draft's example
};

struct RetentionPolicy {
  static constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();

  DeletionRule rule = DeletionRule::all_members_committed;
  LosingForks losing_forks = LosingForks::keep;
  // Caps: members that stay silent would keep epochs alive for ever. The oldest go first.
  std::size_t max_epochs = 64;                     // held, the head included
  std::uint64_t max_age = 30 * 24 * 3600;          // seconds since the epoch was left
  std::size_t max_octets = std::size_t{64} << 20;  // of secret state, as estimated by Session::secret_octets()
  std::size_t resumption_psks = 16;                // of ancestors that are not held any more. RFC 9420 §8.6
};

// Bounds of what waits for something that may never come.
struct WaitingLimits {
  std::size_t messages = 1024;  // of unknown epochs
  std::size_t octets = std::size_t{4} << 20;
  std::size_t blocked_commits = 64;  // of one epoch, each waiting for a proposal or a pre-shared key
};

enum class KeptBecause : std::uint8_t {
  head,     // messages are sent here
  rule,     // the deletion rule wants it: see `blocking`
  retain,   // Session::set_retain() asks for it
  no_rule,  // the rule is `never`
};

// Why an epoch is still held, and what would end that.
struct RetentionReport {
  KeptBecause because = KeptBecause::rule;
  // all_members_committed: who still has to commit, on the branch where fewest have to.
  std::vector<group::Member> blocking;
  // Caps that apply: how many more epochs until max_epochs takes this one; when max_age does (seconds since 1970;
  // nothing while it has not been left). Nothing for the head, which no cap takes.
  std::optional<std::size_t> epochs_until_cap;
  std::optional<std::uint64_t> expires_at;
  std::size_t octets = 0;  // of this epoch, estimated
};

}  // namespace dmls::fork
