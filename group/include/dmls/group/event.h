#pragma once
// What comes of a message that a group processes.

#include <dmls/base/bytes.h>
#include <dmls/group/changes.h>
#include <dmls/group/proposal_store.h>
#include <dmls/group/staged_transition.h>
#include <dmls/group/verified_content.h>

#include <cstdint>
#include <variant>

namespace dmls::group {

// An application message, authenticated as `sender`'s, who was a member in `epoch` and need not be any more.
struct ApplicationMessage {
  std::uint64_t epoch;       // the group's present one, or one that was left and is still read
  Member sender;             // as it stood in `epoch`
  Bytes data;                // what was encrypted, without padding; may be empty
  Bytes authenticated_data;  // what was sent along in the clear
};

// A proposal that now waits for a commit of this epoch; see `objection`. RFC 9420 §12.1
using ReceivedProposal = StoredProposal;

// A genuine commit that names proposals or pre-shared keys which this client does not have. Get them (process() the
// proposals, Client::add_psk()), then give it to Group::resume(). It cannot be read from the message again.
class [[nodiscard]] WaitingCommit {
 public:
  // What to get: proposals; or, when none is missing, PSKs.
  [[nodiscard]] const Waiting& missing() const { return missing_; }

 private:
  friend class Group;
  WaitingCommit(VerifiedContent commit, Waiting missing) : commit_(std::move(commit)), missing_(std::move(missing)) {}
  VerifiedContent commit_;
  Waiting missing_;
  std::uint64_t stored_as_ = 0;
};

// A message that changes nothing now, and is no error.
enum class Skipped : std::uint8_t {
  own_message,  // a message of this client's own came back: it took effect where it was created
  duplicate,    // its key was used before: seen already, or so late that its key is gone
  too_old,      // of an epoch that was left, and is not read any more
  kept,         // of an epoch to come: Group::take_due() gives it back when that has begun
  dropped,      // of an epoch to come, and no more is kept: get it again later
  not_for_us,   // of another group
};

// std::get_if<> the cases you care about. A Transition is a commit: merge it, or discard it. An own commit that comes
// back is given as the same Transition that created it: the delivery service has chosen it.
using Event = std::variant<ApplicationMessage, ReceivedProposal, Transition, WaitingCommit, Skipped>;

}  // namespace dmls::group
