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

// When an epoch that is not the head is no longer needed.
enum class DeletionRule : std::uint8_t {
  all_members_committed,  // once no member is left that could still commit on it: History::commits_below()
  at_once,                // as soon as a commit leaves it, unless Session::set_retain() asks to keep it
  never,                  // the caps alone
};
// What becomes of epochs from which the head does not descend.
enum class LosingForks : std::uint8_t {
  keep,            // until the deletion rule or a cap takes them
  delete_at_once,  // the draft's example
};

// What a session keeps of the epochs behind and beside its head.
struct RetentionPolicy {
  static constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();  // no cap: max_epochs, max_octets

  DeletionRule rule = DeletionRule::all_members_committed;  // the caps below apply as well
  LosingForks losing_forks = LosingForks::keep;             // looked at before the rule
  // Caps: members that stay silent would keep epochs alive for ever. The oldest go first.
  std::size_t max_epochs = 64;                     // held, the head included
  std::uint64_t max_age = 30 * 24 * 3600;          // seconds since it was left, or entered if it never was
  std::size_t max_octets = std::size_t{64} << 20;  // of secret state, as estimated by Session::inventory()
  std::size_t resumption_psks = 16;                // of ancestors that are not held any more. RFC 9420 §8.6
};

// Bounds of what waits for something that may never come.
struct WaitingLimits {
  std::size_t messages = 1024;                // of unknown epochs; the oldest make room
  std::size_t octets = std::size_t{4} << 20;  // of those messages, all together
  std::size_t blocked_commits = 64;           // of one epoch, each waiting for a proposal or a pre-shared key
};

// What keeps an epoch, caps apart.
enum class KeptBecause : std::uint8_t {
  head,      // messages are sent here
  rule,      // the deletion rule wants it: see `blocking`
  retain,    // the rule is `at_once`, and Session::set_retain() asks for it
  no_rule,   // the rule is `never`
  not_left,  // the rule is `at_once`, and no commit has left it: the end of a branch that was never preferred
  due,       // nothing: Session::tick() deletes it
};

// Why an epoch is still held, and what would end that.
struct RetentionReport {
  KeptBecause because = KeptBecause::rule;  // `head` before all others
  // all_members_committed, or the head: who still has to commit, on the branch where fewest have to.
  std::vector<group::Member> blocking;
  // How many more epochs until max_epochs takes this one; nothing for the head, which no cap takes; kUnbounded if
  // max_epochs is.
  std::optional<std::size_t> epochs_until_cap;
  // When max_age takes it, in seconds since 1970; nothing for the head; the largest number if there is no such time.
  std::optional<std::uint64_t> expires_at;
  std::size_t octets = 0;  // of this epoch, estimated
};

}  // namespace dmls::fork
