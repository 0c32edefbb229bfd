#pragma once
// A group with a linear history: one present epoch, and commits that lead to the next.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/group/client_config.h>
#include <dmls/group/commit_request.h>
#include <dmls/group/epoch.h>
#include <dmls/group/error.h>
#include <dmls/group/event.h>
#include <dmls/group/own_message.h>
#include <dmls/group/proposal_store.h>
#include <dmls/group/staged_transition.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace dmls::group {

class AheadBuffer;
class ClientState;
class EpochLoader;
class GroupRegistration;
class GroupStore;

// Whether the group goes on, for this client. Only merge() changes it.
enum class GroupStatus : std::uint8_t {
  active,   // this client is a member, and may send
  removed,  // a commit removed this client: it reads late messages, and sends and exports nothing
  closed,   // a ReInit was committed: late messages are read, and Client::reinitialize() starts the next group
};

// A Group and its Client are used by one thread at a time. What its functions lend (references, views) is valid until
// the next call of one that is not const.
class Group {
 public:
  // What was moved from may only be assigned to, or destroyed.
  Group(Group&&) noexcept;
  Group& operator=(Group&&) noexcept;
  ~Group();

  // ---- looking

  // The same in all epochs.
  [[nodiscard]] BytesView group_id() const { return epoch_.shared().context.group_id; }
  // The number of the present epoch; after a removal, of the last one that this client was in.
  [[nodiscard]] std::uint64_t epoch() const { return epoch_.number(); }
  // The client's.
  [[nodiscard]] const crypto::CipherSuite& suite() const { return epoch_.suite(); }
  // Whether this client may still send.
  [[nodiscard]] GroupStatus status() const { return status_; }
  // Where this client stands in the present epoch.
  [[nodiscard]] LeafIndex own_leaf() const { return epoch_.own_leaf(); }
  // From left to right.
  [[nodiscard]] std::vector<Member> members() const;
  // Nothing for a blank leaf.
  [[nodiscard]] std::optional<Member> member(LeafIndex) const;
  // The extensions of the GroupContext.
  [[nodiscard]] const treekem::ExtensionList& extensions() const { return epoch_.shared().extensions; }
  // The present epoch's public half; it stays valid, and unchanged, for as long as it is held.
  [[nodiscard]] const std::shared_ptr<const PublicEpoch>& public_epoch() const { return epoch_.shared_pointer(); }
  // Equal for all members who agree on everything, RFC 9420 §8.7; KDF.Nh octets. Compare it out of band. Empty after a
  // removal.
  [[nodiscard]] const keyschedule::EpochAuthenticator& epoch_authenticator() const {
    return epoch_.own().epoch_authenticator;
  }
  // The parameters of the next group, once a ReInit was committed. RFC 9420 §11.2
  [[nodiscard]] const std::optional<ReInit>& reinit() const { return reinit_; }

  // MLS-Exporter, RFC 9420 §8.5; `length` octets. kRemoved; a closed group still exports.
  Result<SecretBytes> export_secret(std::string_view label, BytesView context, std::size_t length) const;
  // The resumption PSK of this epoch, for use in another group. RFC 9420 §8.6; Nh octets. After a removal it is kept as
  // those of other left epochs are; empty if MessageWindow::resumption_psks is 0.
  [[nodiscard]] keyschedule::Psk resumption_psk() const;
  // The encoded ratchet tree, for new members who get it aside. RFC 9420 §12.4.3.3
  [[nodiscard]] Bytes ratchet_tree() const { return epoch_.shared().tree.encode(); }
  // A signed GroupInfo as an encoded MLSMessage: what external committers and observers start from. RFC 9420 §12.4.3.
  // kRemoved, kClosed.
  Result<Bytes> group_info(TreeDelivery, ExternalJoins) const;

  // ---- sending

  // Encrypts an application message as an encoded MLSMessage. RFC 9420 §6.3. kCommitFirst while proposals wait that a
  // commit of this member would take up: whoever is about to be removed shall not read it (§12.4). kRemoved, kClosed.
  Result<Bytes> protect(BytesView data, BytesView authenticated_data = {});

  // Proposals by reference: they wait in this epoch as received ones do. RFC 9420 §12.1. An Update is made by
  // propose_update(), an ExternalInit by nobody: kMisuse. A PreSharedKey without a nonce gets a fresh one.
  Result<SentProposal> propose(Proposal, const ProposalOptions& = {});
  // Renews this member's leaf, and gives it another identity if one is named; takes effect when somebody else commits
  // it.
  Result<SentProposal> propose_update(const ProposalOptions& = {}, std::optional<SigningIdentity> = {});
  // What waits for a commit in the present epoch, own proposals included.
  [[nodiscard]] const ProposalStore& proposals() const { return proposals_; }

  // Creates a commit. The group stays in its epoch until merge(): send the message, and merge when the delivery service
  // has accepted it, be it by processing its echo. Any number of commits may be made in one epoch.
  Result<Transition> commit(const CommitRequest&);

  // ---- receiving

  // Reads an encoded MLSMessage. What is not genuine is an error and changes nothing; so is a commit that is not valid,
  // or that the policy refuses, but for its message key, which is spent.
  Result<Event> process(BytesView message);
  // Tries a commit again that had to wait: gives a Transition, or a WaitingCommit that misses less. kStale if the group
  // has moved on.
  Result<Event> resume(WaitingCommit);

  // Enters the epoch that the transition leads to, or leaves the group. kStale, and nothing changed, if it was not
  // staged on the present epoch of this group; one that was always merges.
  Result<void> merge(Transition);
  // Commits of the present epoch that were made or read here and have not happened, as far as they are stored: after a
  // restart, this is how they are found again. Read ones among them that have to wait are left out: process() their
  // message again. Without a store: own ones.
  [[nodiscard]] std::vector<Transition> pending();
  // Makes sure that a transition on the present epoch will not happen, and forgets it. Whatever is not discarded is
  // forgotten with the next merge().
  Result<void> discard(Transition);
  // The kept messages of the present epoch, as they arrived: process() each. Ask after merge() and after load_group().
  [[nodiscard]] std::vector<Bytes> take_due();

 private:
  friend class Client;
  Group(Epoch, keyschedule::InitSecret, std::shared_ptr<ClientState>, SigningIdentity, std::unique_ptr<GroupStore>);

  class Psks;  // what the client holds, and this group's own resumption PSKs
  class Past;  // this group as the ancestor of another
  void take_identity(SigningIdentity);
  [[nodiscard]] Result<void> check_active() const;
  Result<Event> process_past(const MlsMessage&, std::uint64_t epoch);
  Result<Event> keep(BytesView message, std::uint64_t epoch);
  Result<Event> stage(VerifiedContent, std::uint64_t stored_as);
  // Spends the key of a message that was opened, and writes that together with `batch`.
  Result<void> spend(Epoch&, std::uint64_t epoch_id, std::optional<keyschedule::RatchetKey>, storage::Batch);
  // Writes `batch` together with what sending changed.
  Result<void> save_sent(storage::Batch);
  Result<void> save_commit(detail::TransitionState&);
  Result<void> save_merge(detail::TransitionState&);
  Result<Event> process_commit(OpenedMessage, BytesView message);
  static Result<Group> load(std::shared_ptr<ClientState>, BytesView group_id);
  // The present epoch is about to be left, for good or for another one: its resumption PSK stays, the oldest go.
  void put_resumption_psk(storage::Batch&) const;
  void keep_resumption_psk();
  Result<void> retire_last();
  Result<void> load_past(EpochLoader&);
  Result<void> load_proposals();
  Result<void> load_commits(EpochLoader&);
  Result<Event> process_proposal(OpenedMessage);
  Result<SentProposal> send_proposal(Proposal, const ProposalOptions&, std::optional<OwnUpdate>);

  Epoch epoch_;
  keyschedule::InitSecret init_secret_;
  std::shared_ptr<ClientState> client_;
  std::shared_ptr<const ClientConfig> config_;  // the client's, with this group's identity
  std::unique_ptr<GroupRegistration> registration_;
  GroupStatus status_ = GroupStatus::active;
  std::optional<ReInit> reinit_;
  ProposalStore proposals_;
  std::map<Bytes, std::shared_ptr<detail::TransitionState>, OctetOrder> own_commits_;  // of this epoch, by message
  std::deque<Epoch> past_;                                                             // the latest first
  std::map<std::uint64_t, keyschedule::ResumptionPsk> resumption_psks_;                // of epochs that were left
  std::unique_ptr<AheadBuffer> ahead_;
  std::unique_ptr<GroupStore> stored_;  // nullptr without a store
};

}  // namespace dmls::group
