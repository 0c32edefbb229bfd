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
  NodeId node;
  NodeId parent;
  group::Changes changes;
};
// The same, beside another epoch that follows the same one: the history has forked.
struct Forked {
  NodeId node;
  NodeId parent;
  group::Changes changes;
};
// For those who were added: an encoded MLSMessage, and their leaves.
struct Welcome {
  Bytes message;
  std::vector<tree_math::LeafIndex> recipients;
};
// An own commit was accepted: now its Welcomes may go out. RFC 9420 §14
struct Invited {
  NodeId node;
  std::vector<Welcome> welcomes;
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
  NodeId branch;
  std::vector<group::Member> members;
};
// The fresh keys that these members brought on a branch that is not preferred are lost, and with them the healing that
// they meant. They commit again; `self` says whether this client is among them. `branch`: the epoch that their commit
// started.
struct MustCommitAgain {
  NodeId branch;
  std::vector<group::Member> members;
  bool self = false;
};
// A genuine application message.
struct ApplicationMessage {
  NodeId epoch;
  tree_math::LeafIndex sender;
  Bytes data;
  Bytes authenticated_data;
};
// A genuine proposal; it waits for a commit of its epoch.
struct Proposed {
  NodeId epoch;
  group::StoredProposal proposal;
};
// Changes nothing, and is no error.
struct Skipped {
  NodeId epoch;
  group::Skipped reason;  // duplicate or own_message; whatever else a group skips is read here, waits, or is Rejected
};
// Kept until what it needs arrives: its epoch, or a proposal that it names.
struct Waiting {
  NodeId epoch;
  std::size_t dropped = 0;  // older messages that made room for it, if the bounds were reached
};
// Not genuine, or not allowed. Nothing changed, except that the key of a genuine PrivateMessage is spent.
struct Rejected {
  NodeId epoch;  // empty if the octets do not even name one
  Error error;
};
// A commit that others may follow, and this client cannot: a path that does not open, a pre-shared key that is missing,
// an epoch that was deleted. If others prefer that branch, this client has to join again.
struct CannotFollow {
  NodeId parent;
  std::optional<CommitHash> commit;
  Error error;
};
// A genuine commit removes this client on that branch. It cannot check the confirmation tag, and cannot send on `epoch`
// any more. It may still be a member on other branches.
struct Removed {
  NodeId epoch;
  group::Changes changes;
};
// An own commit that was not accepted lost its parent to the retention policy, or its place.
struct Superseded {
  CommitHash commit;
};
// The secrets of an epoch are gone.
struct Deleted {
  NodeId node;
  DeletionReason reason;
};

// The store refused to write a step, which therefore did not happen. What was being processed may be given again.
struct NotStored {
  NodeId epoch;
  Error error;
};

using Event = std::variant<Advanced, Forked, Invited, RolledBack, Orphaned, MustCommitAgain, ApplicationMessage,
                           Proposed, Skipped, Waiting, Rejected, CannotFollow, Removed, Superseded, Deleted, NotStored>;
using Events = std::vector<Event>;

// The first event of type T, or nullptr.
template <class T>
[[nodiscard]] const T* find_event(const Events& events) {
  for (const Event& event : events)
    if (const auto* found = std::get_if<T>(&event)) return found;
  return nullptr;
}

}  // namespace dmls::fork
