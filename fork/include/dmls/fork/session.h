#pragma once
// A DeMLS group as one member holds it: a history of epochs that may fork. draft-kohbrok-mls-dmls
//
//   for (const auto& event : session.process(octets)) ...   // DMLSMessages in any order that an arrow of time allows
//   auto mine = session.commit(CommitRequest());            // send mine->message; then, when it was accepted:
//   auto done = session.accept(mine->commit);               // send done->welcomes to those who were added
//
// Every epoch that is held can still read messages and take commits; where messages are sent is decided by the fork
// choice. Each commit that is entered punctures its parent, so that keeping the parent does not keep the child's init
// secret. What the PPRF does not protect is said in docs/demls.md.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/fork/error.h>
#include <dmls/fork/event.h>
#include <dmls/fork/extensions.h>
#include <dmls/fork/fork_choice.h>
#include <dmls/fork/history.h>
#include <dmls/fork/journal.h>
#include <dmls/fork/retention.h>
#include <dmls/group/client_config.h>
#include <dmls/group/commit_request.h>
#include <dmls/group/epoch.h>
#include <dmls/group/own_message.h>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace dmls::fork {

// How a session decides. Local: members with different options still derive the same epochs, but they need the same
// fork choice to converge.
struct SessionOptions {
  std::shared_ptr<const ForkChoice> fork_choice = std::make_shared<HighestConfirmationTag>();  // not nullptr
  RetentionPolicy retention = {};                                                              // of old epochs
  WaitingLimits waiting = {};                                                                  // of early messages
};

// An own commit that waits for its fate. It has not changed anything but the sender's message key.
struct OwnCommit {
  CommitHash commit;       // its name: accept(), discard()
  NodeId parent;           // the epoch it would leave
  NodeId node;             // the epoch it would start; a hint for servers that cannot compute it
  Bytes message;           // an encoded DMLSMessage, for the members of the parent
  group::Changes changes;  // what it would do
};

// An own commit that happened.
struct Accepted {
  Events events;                  // its own first; more if it released messages or made epochs due
  std::vector<Welcome> welcomes;  // none if nobody was added; the same as in the event Invited
};

class Session {
 public:
  // A session that was moved from can be assigned to, and die.
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  // ---- Where we are
  // The same on all branches. Lent.
  [[nodiscard]] BytesView group_id() const;
  // The same on all branches. Lent.
  [[nodiscard]] const crypto::CipherSuite& suite() const;
  // What the group's creator chose.
  [[nodiscard]] ExternalCommits external_commits() const;
  // All epochs that are held, and those that connect them. Lent; it changes with the session.
  [[nodiscard]] const History& history() const;
  // The end of the preferred branch: where messages are sent. Always held. Lent; it changes with the session.
  [[nodiscard]] const NodeId& head() const;
  // Whether the secrets of that epoch are here.
  [[nodiscard]] bool holds(const NodeId&) const;

  // ---- One epoch that is held; else kUnknownEpoch, kDeletedEpoch
  // Its public half: context, tree, extensions. Lent until the epoch is deleted.
  Result<const group::PublicEpoch*> epoch(const NodeId&) const;
  // From left to right.
  Result<std::vector<group::Member>> members(const NodeId&) const;
  // Where this client is in its tree.
  Result<group::LeafIndex> own_leaf(const NodeId&) const;
  // Equal for all members that agree on everything, RFC 9420 §8.7; Nh octets. Lent until the epoch is deleted.
  Result<const keyschedule::EpochAuthenticator*> epoch_authenticator(const NodeId&) const;
  // MLS-Exporter, RFC 9420 §8.5; `length` octets. kExportLength (keyschedule).
  Result<SecretBytes> export_secret(const NodeId&, std::string_view label, BytesView context, std::size_t length) const;
  // Whether a commit that removes this client, or one that re-initialises the group, ends sending on this epoch.
  Result<bool> may_send(const NodeId&) const;

  // ---- Messages
  // Reads an encoded DMLSMessage. Each event stands for something that happened, in order; a message may let others
  // that waited for it happen as well. Never fails: what is not genuine is an event, too.
  Events process(BytesView dmls_message);
  // Encrypts an application message as an encoded DMLSMessage. kRemoved, kClosed, kCommitFirst (group): proposals wait
  // on an epoch that no commit has left yet. RFC 9420 §12.4
  Result<Bytes> protect(BytesView data, BytesView authenticated_data = {});
  // The same on another epoch that is held; else kUnknownEpoch, kDeletedEpoch.
  Result<Bytes> protect_in(const NodeId&, BytesView data, BytesView authenticated_data = {});
  // A proposal by reference, for the head: its message is an encoded DMLSMessage. RFC 9420 §12.1. kMisuse for an
  // Update, which propose_update() makes, and for an ExternalInit; kSignallingChanged; kRemoved, kClosed, and what is
  // wrong with the proposal (group).
  Result<group::SentProposal> propose(group::Proposal, const group::ProposalOptions& = {});
  // A fresh leaf key; with another identity, whose signer is among ClientConfig::other_signers if sessions are stored.
  Result<group::SentProposal> propose_update(const group::ProposalOptions& = {},
                                             std::optional<group::SigningIdentity> identity = {});

  // ---- Own commits
  // Creates a commit on the head. It waits, beside others, until it is accepted or discarded; nothing else ends it but
  // the deletion of its parent. Its Welcome is kept back until then: RFC 9420 §14.
  Result<OwnCommit> commit(const group::CommitRequest&);
  // The same on another epoch that is held; else kUnknownEpoch, kDeletedEpoch.
  Result<OwnCommit> commit_in(const NodeId& parent, const group::CommitRequest&);
  // Enters the epoch. Receiving the own message back does the same. kUnknownCommit
  Result<Accepted> accept(const CommitHash&);
  // Forgets the commit: the delivery service has refused it. kUnknownCommit
  Result<void> discard(const CommitHash&);
  // Own commits that wait, on whatever epoch.
  [[nodiscard]] std::vector<CommitHash> pending_commits() const;
  // One of them, with the message that is to be sent: after a restart, it may never have left. kUnknownCommit
  Result<OwnCommit> own_commit(const CommitHash&) const;
  // Tries again commits that waited for a pre-shared key.
  Events retry();

  // A signed GroupInfo of the head as an encoded MLSMessage, with its dmls_epoch; with external_pub if the group allows
  // external commits. RFC 9420 §12.4.3
  Result<Bytes> group_info(group::TreeDelivery = group::TreeDelivery::inside) const;

  // ---- What is kept
  // A server's hint that the federation is split: rule at_once keeps epochs meanwhile. Not authenticated by anybody.
  Events set_retain(bool retain);
  // Applies the age cap; call it now and then.
  Events tick();
  // Deletes the secrets of an epoch. kMisuse for the head.
  Result<Events> forget(const NodeId&);
  // Deletes the epoch and all below it. kMisuse if the head is among them; kUnknownEpoch if the history does not have
  // it.
  Result<Events> forget_branch(const NodeId&);
  // Of an epoch that is held; else kUnknownEpoch, kDeletedEpoch.
  Result<RetentionReport> explain_retention(const NodeId&) const;
  // What is held now, each secret once: epoch by epoch, then the resumption PSKs that are kept of deleted epochs.
  [[nodiscard]] std::vector<HeldSecret> inventory() const;
  // What was deleted. Lent; it changes with the session.
  [[nodiscard]] const DeletionJournal& journal() const;
  // An estimate of the octets that the secrets of an epoch take; of a deleted one, its resumption PSK as long as it is
  // kept, else 0.
  [[nodiscard]] std::size_t secret_octets(const NodeId&) const;

  // ---- Consolidation
  // What the branch that ends in `loser` changed since it left the preferred one, and the head has not: to be done
  // again.
  struct LostChanges {
    std::vector<group::Member> added;                  // need fresh key packages
    std::vector<group::LeafIndex> removed;             // leaves of the head, of those who were removed
    std::optional<treekem::ExtensionList> extensions;  // of the GroupContext, if the branch changed them
  };
  // `loser`: an epoch that is held; else kUnknownEpoch, kDeletedEpoch. kUnknownEpoch also if its branch has no epoch in
  // common with the preferred one.
  Result<LostChanges> lost_changes(const NodeId& loser) const;

  // Takes the place of this session's history with that of `joined`, which entered the same group again: by an external
  // commit, or by being added again. Everything held before is deleted. kWrongGroup (group)
  Result<Events> replace_with(Session joined);

 private:
  friend class Client;
  friend struct SessionAccess;  // for fork/src and its tests
  struct State;
  explicit Session(std::unique_ptr<State>);
  std::unique_ptr<State> state_;
};

}  // namespace dmls::fork
