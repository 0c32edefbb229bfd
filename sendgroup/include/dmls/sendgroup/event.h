#pragma once
// What a session tells its application. Participants are named by their client id, see treekem::CredentialValidator.

#include <dmls/base/bytes.h>
#include <dmls/base/error.h>
#include <dmls/sendgroup/exporter_psk.h>

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

namespace dmls::sendgroup {

// An application message of the owner of a Send Group.
struct ApplicationMessage {
  Bytes sender;              // client id of the owner
  EpochName epoch;           // in which it was sent
  Bytes data;                // what protect() was given
  Bytes authenticated_data;  // signed, but readable to everybody on the way
};

// A Send Group has entered a new epoch.
struct Advanced {
  EpochName epoch;                 // that begins
  Bytes owner;                     // client id
  bool has_path = false;           // fresh keys of the owner
  bool is_update = false;          // and others have to import them: an UPDATE
  std::vector<EpochName> imports;  // whose PSKs the commit brings: not empty for a COMMIT
  std::vector<Bytes> renewed;      // members whose leaf got fresh keys that they had proposed or published
  std::vector<Bytes> added;        // client ids
  std::vector<Bytes> removed;      // client ids; who comes back at once is in both
};

// A member of this Send Group has proposed fresh keys for its leaf; the owner commits them.
struct Proposed {
  Bytes group_id;  // the own one, or one that is followed
};

// A Welcome led into a Send Group.
struct Joined {
  EpochName epoch;  // in which we join
  Bytes owner;      // client id
};

// The universe is known now: Session::open_send_group() can be called.
struct Announced {
  Bytes universe_id;  // the group id of its creator's Send Group
  Bytes by;           // client id of whoever announced it; others may do so again
};

// The message arrived before something it needs. It is kept, and goes on by itself once all of `until` have happened;
// Session::missing() says what to ask peers for.
struct Waiting {
  EpochName epoch;               // the message's own
  std::vector<EpochName> until;  // epochs that have to begin; epoch 0: a Welcome has to come first
  std::size_t proposals = 0;     // how many proposals are missing that a commit refers to
};

// A message that had been waiting is refused. (One that is refused at once is the error of unprotect().)
struct Rejected {
  EpochName epoch;  // the message's own, or where we had joined a group that is nobody's; empty if it is not known
  Error error;      // why
};

// We are no longer a member of this Send Group.
struct Removed {
  Bytes group_id;  // not followed any more
  Bytes owner;     // client id
};

// The owner signed two different commits for one epoch: its state was copied or rolled back, or it lies. The first that
// arrived counts. `proven`: the second one was verified; else a member of the group vouches that it exists.
struct Equivocation {
  EpochName epoch;      // that both start
  Bytes owner;          // client id
  bool proven = false;  // see above
  Bytes first;          // an encoded MLSMessage
  Bytes second;         // an encoded MLSMessage
};

// This group cannot be followed any more: what it needs is gone for good. Ask its owner for Session::readmit().
struct NeedsResync {
  Bytes group_id;     // as in Session::lost()
  Bytes owner;        // client id
  EpochName because;  // the epoch whose PSK is gone
};

// Normal, and no action is needed.
enum class Skipped : std::uint8_t {
  duplicate,    // seen before
  own_message,  // sent by this session
  not_for_us,   // a Welcome for others
  too_old,      // of an epoch that was left and is not read any more, or of a group that we were removed from
};

// One thing that came of a message.
using Event = std::variant<ApplicationMessage, Advanced, Proposed, Joined, Announced, Waiting, Rejected, Removed,
                           Equivocation, NeedsResync, Skipped>;
// In the order in which it came.
using Events = std::vector<Event>;

}  // namespace dmls::sendgroup
