#pragma once
// What came of a message, or of time passing.

#include <dmls/base/bytes.h>
#include <dmls/base/error.h>
#include <dmls/fork/journal.h>
#include <dmls/fork/node_id.h>
#include <dmls/group/changes.h>
#include <dmls/group/event.h>
#include <dmls/group/proposal_store.h>

#include <optional>
#include <variant>
#include <vector>

namespace dmls::fork {

// A commit was genuine, and the epoch it starts is now held. It is where messages are sent if Session::head() says so.
struct Advanced {
  NodeId node;             // the epoch that begins
  NodeId parent;           // the one that it follows
  group::Changes changes;  // what the commit did
};
// The same, beside another epoch that follows the same one: the history has forked.
struct Forked {
  NodeId node;             // the epoch that begins
  NodeId parent;           // the one that several follow now
  group::Changes changes;  // what the commit did
};
// For those who were added: an encoded MLSMessage, and their leaves.
struct Welcome {
  Bytes message;                                 // to be sent to all of them
  std::vector<tree_math::LeafIndex> recipients;  // in the epoch that they join
};
// An own commit was accepted: now its Welcomes may go out. RFC 9420 §14
struct Invited {
  NodeId node;                    // the epoch that the Welcomes lead to
  std::vector<Welcome> welcomes;  // at least one
};
// The preferred branch is another one now. Messages that were read on the branch from `common` to `from` stay what they
// are; whoever agreed with them may be elsewhere.
struct RolledBack {
  NodeId from;    // the head until now
  NodeId to;      // the head
  NodeId common;  // the last epoch on both branches
};
// These members joined on a branch that is not preferred, and are not on the preferred one: they cannot follow. Add
// them again, with fresh key packages. `branch`: the epoch that their commit started.
struct Orphaned {
  NodeId branch;                       // not preferred
  std::vector<group::Member> members;  // as they stand there
};
// The fresh keys that these members brought on a branch that is not preferred are lost, and with them the healing that
// they meant. They commit again; `self` says whether this client is among them. `branch`: the epoch that their commit
// started.
struct MustCommitAgain {
  NodeId branch;                       // not preferred
  std::vector<group::Member> members;  // as they stand there
  bool self = false;                   // this client is one of them
};
// A genuine application message.
struct ApplicationMessage {
  NodeId epoch;                 // in which it was sent
  tree_math::LeafIndex sender;  // in that epoch
  Bytes data;                   // what protect() was given
  Bytes authenticated_data;     // signed, but readable to everybody on the way
};
// A genuine proposal; it waits for a commit of its epoch.
struct Proposed {
  NodeId epoch;                    // whose commits may take it up
  group::StoredProposal proposal;  // with an objection: own commits leave it out
};
// Changes nothing, and is no error.
struct Skipped {
  NodeId epoch;           // that the message names
  group::Skipped reason;  // duplicate or own_message; whatever else a group skips is read here, waits, or is Rejected
};
// Kept until what it needs arrives: its epoch, or a proposal that it names.
struct Waiting {
  NodeId epoch;             // that the message names
  std::size_t dropped = 0;  // older messages that made room for it, if the bounds were reached
};
// Not genuine, or not allowed. Nothing changed, except that the key of a genuine PrivateMessage is spent.
struct Rejected {
  NodeId epoch;  // that the message names; empty if it does not even name one
  Error error;   // why
};
// A commit that others may follow, and this client cannot: a path that does not open, a pre-shared key that is missing,
// an epoch that was deleted. If others prefer that branch, this client has to join again.
struct CannotFollow {
  NodeId parent;                     // the epoch that the commit leaves
  std::optional<CommitHash> commit;  // nothing if it could not be opened
  Error error;                       // why
};
// A genuine commit removes this client on that branch. It cannot check the confirmation tag, and cannot send on `epoch`
// any more. It may still be a member on other branches.
struct Removed {
  NodeId epoch;            // the one that the commit leaves, the last with this client
  group::Changes changes;  // what the commit did
};
// An own commit that was not accepted lost its parent to the retention policy, or its place.
struct Superseded {
  CommitHash commit;  // forgotten: accept() does not know it any more
};
// The secrets of an epoch are gone.
struct Deleted {
  NodeId node;            // it stays in the history while it connects others
  DeletionReason reason;  // the rule, the cap or the caller that wanted it
};
// The store refused to write a step, which therefore did not happen. What was being processed may be given again.
struct NotStored {
  NodeId epoch;  // that the step was about; empty if it was about none that is held
  Error error;   // of the store
};

// One thing that happened, or did not.
using Event = std::variant<Advanced, Forked, Invited, RolledBack, Orphaned, MustCommitAgain, ApplicationMessage,
                           Proposed, Skipped, Waiting, Rejected, CannotFollow, Removed, Superseded, Deleted, NotStored>;
// In the order in which it happened.
using Events = std::vector<Event>;

// The first event of type T, or nullptr.
template <class T>
[[nodiscard]] const T* find_event(const Events& events) {
  for (const Event& event : events)
    if (const auto* found = std::get_if<T>(&event)) return found;
  return nullptr;
}

}  // namespace dmls::fork
