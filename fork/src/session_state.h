#pragma once
// What a Session is made of, and the one way in which it changes: graft() adds an epoch, erase() takes one away.

#include <dmls/fork/dmls_message.h>
#include <dmls/fork/session.h>

#include <deque>

#include "live_epoch.h"
#include "recent.h"
#include "waiting_room.h"

namespace dmls::fork {

// A verified commit on a living parent, everything computed that can fail.
struct Graft {
  std::unique_ptr<LiveEpoch> child;
  CommitHash commit;
  group::Changes changes;
  std::optional<pprf::Evaluation> evaluation;  // nothing for an external commit
  Bytes inner_hash;
};

struct Session::State {
  static constexpr std::size_t kRemembered = 4096;  // of each kind below

  State(std::shared_ptr<const group::ClientConfig> client, SessionOptions session_options, Signalling says,
        const crypto::CipherSuite& cipher_suite);

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
  std::deque<ReceivedDmlsMessage> released;          // what waited for an epoch that is held now

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
  void take(ReceivedDmlsMessage, Events&);
  void deliver(LiveEpoch&, const ReceivedDmlsMessage&, Events&);
  void receive_proposal(LiveEpoch&, group::AuthenticatedContent, Events&);
  Result<std::variant<Graft, group::RemovedByCommit, group::Waiting>> stage(LiveEpoch&, const group::VerifiedContent&,
                                                                            const CommitHash&, const Bytes& inner_hash);
  void receive_commit(LiveEpoch&, group::VerifiedContent, Bytes inner_hash, Events&);
  void refuse(LiveEpoch&, const group::VerifiedContent&, const CommitHash&, const Bytes& inner_hash, Error, Events&);
  void block(LiveEpoch&, group::VerifiedContent, const CommitHash&, Bytes inner_hash, const group::Waiting&, Events&);
  void retry_blocked(LiveEpoch&, Events&);
  // Whatever was released, until nothing is left; then the retention policy.
  void settle(Events&);

  // Own proposals and commits.
  struct SentProposal {
    Bytes message;
    group::ProposalRef reference;
  };
  Result<SentProposal> propose(group::Proposal, group::HandshakeFormat);
  Result<OwnCommit> create(LiveEpoch& parent, const group::CommitRequest&);
  [[nodiscard]] LiveEpoch* parent_of_pending(const CommitHash&);
  Result<std::vector<Welcome>> accept(LiveEpoch& parent, const CommitHash&, Events&);

  // One step, or nothing: the parent is punctured, the child is added, the books are kept. pprf's kPunctured.
  Result<void> graft(LiveEpoch& parent, Graft, Events&);
  void move_head(Events&);
  void report_losses(const std::vector<NodeId>& branch, Events&) const;

  // Keeping and deleting.
  void erase(const NodeId&, DeletionReason, Events&);
  void enforce(Events&);
  [[nodiscard]] CommitCount commits_below(const LiveEpoch&) const;
  [[nodiscard]] std::vector<LiveEpoch*> oldest_first();
  [[nodiscard]] std::size_t octets_of(const LiveEpoch&) const;
  [[nodiscard]] std::vector<HeldSecret> secrets_of(const LiveEpoch&) const;
};

}  // namespace dmls::fork
