#pragma once
// What a Session is made of, and the one way in which it changes: graft() adds an epoch, erase() takes one away.

#include <dmls/fork/dmls_message.h>
#include <dmls/fork/session.h>

#include <deque>
#include <set>

#include "client_state.h"
#include "live_epoch.h"
#include "recent.h"
#include "session_store.h"
#include "step.h"
#include "waiting_room.h"

namespace dmls::fork {

// A verified commit on a living parent, everything computed that can fail.
struct Graft {
  std::unique_ptr<LiveEpoch> child;
  CommitHash commit;
  group::Changes changes;
  std::optional<pprf::Evaluation> evaluation;  // nothing for an external commit
  Bytes inner_hash;
  bool own = false;  // its epoch is stored already
};

struct Session::State {
  static constexpr std::size_t kRemembered = 4096;  // of each kind below

  State(std::shared_ptr<ClientState>, Signalling says);

  std::shared_ptr<ClientState> client;
  std::shared_ptr<const group::ClientConfig> config;
  SessionOptions options;
  Signalling signalling;
  crypto::CipherSuite suite;
  Bytes group_id;
  History history;
  std::map<NodeId, std::unique_ptr<LiveEpoch>> live;
  NodeId head;
  bool retain = false;
  WaitingRoom waiting;
  DeletionJournal journal;
  Recent<NodeId> gone{kRemembered};                  // epochs that were held
  Recent<Bytes, OctetOrder> entered{kRemembered};    // hashes of messages whose commits were entered
  Recent<Bytes, OctetOrder> known_bad{kRemembered};  // of genuine messages that were refused
  std::deque<NumberedMessage> released;              // what waited for an epoch that is held now
  std::uint64_t next_number = 1;                     // of records
  std::size_t busy = 0;                              // several steps follow each other: nothing is deleted in between
  std::unique_ptr<SessionStore> stored;              // nullptr without a store

  // Takes the first epoch: founded or joined.
  void begin(std::unique_ptr<LiveEpoch>, std::optional<NodeId> parent, std::optional<Candidate> edge);

  [[nodiscard]] std::uint64_t now() const { return config->clock->now(); }
  [[nodiscard]] Bytes hash_of(BytesView inner) const;
  [[nodiscard]] LiveEpoch* find(const NodeId&);
  // kUnknownEpoch, kDeletedEpoch
  Result<LiveEpoch*> need(const NodeId&);
  // This client as it stands on the branch of that epoch.
  [[nodiscard]] group::ClientConfig config_at(const LiveEpoch&) const;

  // Receiving.
  // False if the store refused: the message did not arrive.
  bool take(const NumberedMessage&, Events&);
  bool deliver(LiveEpoch&, const NumberedMessage&, Events&);
  bool receive_proposal(Step&, LiveEpoch&, group::AuthenticatedContent, Events&);
  // Writes a step that changes nothing else, and reports `event`.
  bool conclude(Step&, Event event, Events&);
  Result<std::variant<Graft, group::RemovedByCommit, group::Waiting>> stage(LiveEpoch&, const group::VerifiedContent&,
                                                                            const CommitHash&, const Bytes& inner_hash);
  // `blocked`: the number of a commit that waited; 0 for one that arrives.
  bool receive_commit(Step&, LiveEpoch&, group::VerifiedContent, const Bytes& inner_hash, std::uint64_t blocked,
                      Events&);
  bool refuse(Step&, LiveEpoch&, const group::VerifiedContent&, const CommitHash&, const Bytes& inner_hash, Error,
              Events&);
  bool block(Step&, LiveEpoch&, group::VerifiedContent, const CommitHash&, const Bytes& inner_hash,
             const group::Waiting&, Events&);
  void report_blocked(const NodeId&, const CommitHash&, const group::Waiting&, Events&);
  bool removed(Step&, LiveEpoch&, const CommitHash&, const Bytes& inner_hash, group::Changes, Events&);
  void retry_blocked(const NodeId&, Events&);
  // Whatever was released, until nothing is left; then the retention policy.
  void settle(Events&);

  // Own proposals and commits.
  Result<group::SentProposal> propose(LiveEpoch&, group::Proposal, const group::ProposalOptions&,
                                      std::optional<group::OwnUpdate>);
  // `psks`: instead of those that the branch and the application hold.
  Result<OwnCommit> create(LiveEpoch& parent, const group::CommitRequest&, const group::PskSource* psks = nullptr);
  [[nodiscard]] LiveEpoch* parent_of_pending(const CommitHash&);
  Result<std::vector<Welcome>> accept(LiveEpoch& parent, const CommitHash&, Events&);

  // One step, or nothing: the parent is punctured, the child is added, the books are kept, and what is due is deleted,
  // perhaps the parent. pprf's kPunctured; errors of the store, see Step::not_stored.
  Result<void> graft(LiveEpoch& parent, Graft&, Step&, Events&);
  void move_head(Events&);
  void report_losses(const std::vector<NodeId>& branch, Events&) const;

  // Keeping and deleting.
  [[nodiscard]] std::vector<Doomed> due();
  // Makes deleting these a part of the step.
  void doom(Step&, std::vector<Doomed>);
  Result<void> erase(std::vector<Doomed>, Events&);
  void enforce(Events&);
  [[nodiscard]] CommitCount commits_below(const LiveEpoch&) const;
  [[nodiscard]] std::vector<LiveEpoch*> oldest_first();
  // All but the resumption PSKs of epochs above it.
  [[nodiscard]] std::vector<HeldSecret> secrets_of(const LiveEpoch&) const;
  [[nodiscard]] std::size_t octets_of(const LiveEpoch&) const;
  // Resumption PSKs of epochs that are not held, each once.
  [[nodiscard]] std::vector<HeldSecret> kept_psks() const;
  [[nodiscard]] std::size_t kept_psk_octets() const { return suite.hash_length(); }
  // The journal says what dies with this epoch. `psks`: whose resumption PSKs stay, or were noted already.
  void note_deleted(Step&, const LiveEpoch&, DeletionReason, std::set<NodeId>& psks) const;

  // Storing. write() makes the step happen, in the store and then in memory; or not at all.
  Result<void> write(Step&, Events&);
  void happen(Step&, Events&);
  [[nodiscard]] SessionRecord record() const;
  [[nodiscard]] storage::Batch whole(SessionStore::Rings&);
  // The state becomes what is stored of its group.
  Result<void> store_first();
  Result<void> load();
  Result<void> load_contents(LiveEpoch&);
  Result<void> load_history();
  Result<void> load_pending(group::EpochLoader&, LiveEpoch&);
  Result<std::unique_ptr<LiveEpoch>> load_live(group::EpochLoader&, const NodeId&);
  Result<void> load_lists();
};

}  // namespace dmls::fork
