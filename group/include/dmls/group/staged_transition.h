#pragma once
#include <dmls/base/bytes.h>
#include <dmls/group/changes.h>
#include <dmls/group/commit_request.h>
#include <dmls/group/public_epoch.h>
#include <dmls/group/transition.h>

#include <memory>
#include <vector>

namespace dmls::group {

// What becomes of this client.
enum class TransitionKind : std::uint8_t {
  advance,  // from the group's present epoch to the next
  entry,    // into a group: by a Welcome, an external commit, or as the first of a re-initialised or branched group
  removal,  // out of the group: the commit removes this client
};

// An encoded MLSMessage with a Welcome, and the leaves of those whom it is for.
struct OutgoingWelcome {
  Bytes message;                      // to be sent once the commit was accepted
  std::vector<LeafIndex> recipients;  // in the epoch that begins
};

namespace detail {
struct TransitionState;
}

// Transition is a step that was made here, or received and verified, and has not happened yet. Look at changes(); then
// give it to Group::merge() (advance, removal) or Client::enter() (entry), or discard it: nothing has changed. Several
// may be staged on one epoch at a time; once one of them is merged, the others are stale.
class [[nodiscard]] Transition {
 public:
  // What was moved from may only be assigned to, or destroyed.
  Transition(Transition&&) noexcept;
  Transition& operator=(Transition&&) noexcept;
  ~Transition();

  // Which function takes it.
  [[nodiscard]] TransitionKind kind() const;
  // What it does, for the application to judge; lent by this object.
  [[nodiscard]] const Changes& changes() const;
  // Made by this client: its message and Welcomes are to be sent.
  [[nodiscard]] bool is_own() const;

  // The encoded MLSMessage with the commit, for the members. Empty if it was received, or if there is nobody to send it
  // to (a Welcome was received; the first commit of a group).
  [[nodiscard]] const Bytes& message() const;
  // For those who are added; to be sent once the commit was accepted. RFC 9420 §14
  [[nodiscard]] const std::vector<OutgoingWelcome>& welcomes() const;
  // The octets of the first, which is the only one unless WelcomeSplit::one_each was asked for; empty if nobody is
  // added.
  [[nodiscard]] Bytes welcome() const;
  // What the committer sent along; empty for a Welcome.
  [[nodiscard]] const Bytes& authenticated_data() const;

  // The encoded ratchet tree of the epoch that begins, for new members who get it aside; empty for a removal.
  [[nodiscard]] Bytes ratchet_tree() const;
  // A signed GroupInfo of that epoch as an encoded MLSMessage; kMisuse for a removal.
  Result<Bytes> group_info(TreeDelivery, ExternalJoins) const;
  // Of the epoch that begins, Nh octets; nullptr for a removal, where this client cannot know it. Lent by this object.
  [[nodiscard]] const keyschedule::EpochAuthenticator* epoch_authenticator() const;

 private:
  friend class Group;
  friend class Client;
  explicit Transition(std::shared_ptr<detail::TransitionState> state);
  std::shared_ptr<detail::TransitionState> state_;  // an own commit's is shared with its group, which may see it echoed
};

}  // namespace dmls::group
