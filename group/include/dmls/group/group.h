#pragma once
// A group with a linear history: one present epoch, and commits that lead to the next.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/group/changes.h>
#include <dmls/group/client_config.h>
#include <dmls/group/commit_request.h>
#include <dmls/group/epoch.h>
#include <dmls/group/error.h>
#include <dmls/group/proposal_store.h>
#include <dmls/group/transition.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace dmls::group {

// StagedCommit is a commit that was created or received and verified, and has not happened yet. Look at changes(); then
// give it to Group::merge(), or drop it: nothing has changed. Several may be staged on one epoch at a time.
class [[nodiscard]] StagedCommit {
 public:
  [[nodiscard]] const Changes& changes() const { return staged_.changes; }
  // The encoded MLSMessage to send to the members; empty for a received commit.
  [[nodiscard]] const Bytes& message() const { return message_; }
  // The encoded MLSMessage with the Welcome for those who are added; empty if nobody is.
  [[nodiscard]] const Bytes& welcome() const { return welcome_; }

 private:
  friend class Group;
  StagedCommit(std::shared_ptr<const PublicEpoch> parent, StagedEpoch staged, keyschedule::InitSecret init_secret)
      : parent_(std::move(parent)), staged_(std::move(staged)), init_secret_(std::move(init_secret)) {}
  std::shared_ptr<const PublicEpoch> parent_;
  StagedEpoch staged_;
  keyschedule::InitSecret init_secret_;  // of the staged epoch
  Bytes message_;
  Bytes welcome_;
};

// An application message, authenticated as `sender`'s.
struct ApplicationMessage {
  LeafIndex sender;
  Bytes data;
  Bytes authenticated_data;
};

// A proposal that now waits for a commit of this epoch. RFC 9420 §12.1
struct ReceivedProposal {
  ProposalRef reference;
  Proposal proposal;
  Sender sender;
};

// A genuine commit removed this client. It cannot send any more; drop the group once late messages have been read.
struct Removed {
  Changes changes;
};

// What is normal and needs no action of the caller, unless it says so.
enum class Skipped : std::uint8_t {
  own_message,  // sent by this client itself; an own commit is merged where it was created
  duplicate,    // its key was used before: seen already, or so late that its key is gone
  too_old,      // of an epoch that was left, and is not read any more
  ahead,        // of an epoch to come: keep the message, and process it again after the next commit
};

// What came of a message: std::get_if<> the cases you care about.
using Event = std::variant<ApplicationMessage, ReceivedProposal, StagedCommit, Removed, Skipped>;

class Group {
 public:
  Group(Group&&) noexcept = default;
  Group& operator=(Group&&) noexcept = default;

  [[nodiscard]] BytesView group_id() const { return epoch_.shared().context.group_id; }
  [[nodiscard]] std::uint64_t epoch() const { return epoch_.number(); }
  [[nodiscard]] LeafIndex own_leaf() const { return epoch_.own_leaf(); }
  // From left to right.
  [[nodiscard]] std::vector<Member> members() const;
  // Equal for all members who agree on everything, RFC 9420 §8.7; KDF.Nh octets. Compare it out of band.
  [[nodiscard]] const keyschedule::EpochAuthenticator& epoch_authenticator() const {
    return epoch_.own().epoch_authenticator;
  }
  // MLS-Exporter, RFC 9420 §8.5; `length` octets.
  Result<SecretBytes> export_secret(std::string_view label, BytesView context, std::size_t length) const;
  // The encoded ratchet tree, for new members who get it aside. RFC 9420 §12.4.3.3
  [[nodiscard]] Bytes ratchet_tree() const { return epoch_.shared().tree.encode(); }

  // Encrypts an application message as an encoded MLSMessage. RFC 9420 §6.3
  Result<Bytes> protect(BytesView data, BytesView authenticated_data = {});

  // Proposals by reference: each is an encoded MLSMessage to be sent, and waits in this epoch as a received one does.
  // RFC 9420 §12.1. The wire format is mls_private_message or mls_public_message.
  Result<Bytes> propose(Proposal, WireFormat = WireFormat::mls_private_message);
  // Renews this member's leaf; takes effect when somebody else commits it.
  Result<Bytes> propose_update(WireFormat = WireFormat::mls_private_message);
  [[nodiscard]] const ProposalStore& proposals() const { return proposals_; }

  // A signed GroupInfo as an encoded MLSMessage: what external committers and observers start from. RFC 9420 §12.4.3
  Result<Bytes> group_info(TreeDelivery = TreeDelivery::in_welcome, ExternalJoins = ExternalJoins::allowed) const;
  // The extensions of the GroupContext.
  [[nodiscard]] const treekem::ExtensionList& extensions() const { return epoch_.shared().extensions; }
  // Set once a ReInit was committed: the group takes no more messages. RFC 9420 §11.2
  [[nodiscard]] const std::optional<ReInit>& reinit() const { return reinit_; }

  // Creates a commit. The group stays in its epoch until merge(): send the message, and merge when the delivery service
  // has accepted it.
  Result<StagedCommit> commit(const CommitRequest&);

  // Reads an encoded MLSMessage. What is not genuine is an error and changes nothing.
  Result<Event> process(BytesView message);

  // Enters the staged epoch. Fails with kStale if the commit was not staged on the present epoch, and changes nothing
  // then; a commit that was staged here always merges.
  Result<void> merge(StagedCommit);

 private:
  friend class Client;
  Group(Epoch epoch, keyschedule::InitSecret init_secret, std::shared_ptr<const ClientConfig> config)
      : epoch_(std::move(epoch)), init_secret_(std::move(init_secret)), config_(std::move(config)) {}

  class Psks;  // what the client holds, and this group's own resumption PSKs
  [[nodiscard]] Result<void> check_open() const;
  Result<Event> process_past(const MlsMessage&, std::uint64_t epoch);
  Result<Event> process_commit(const VerifiedContent&);
  Result<Event> process_proposal(AuthenticatedContent);
  [[nodiscard]] Event application_message(VerifiedContent) const;

  Epoch epoch_;
  keyschedule::InitSecret init_secret_;
  std::shared_ptr<const ClientConfig> config_;
  ProposalStore proposals_;
  std::deque<Epoch> past_;                                               // the latest first
  std::map<std::uint64_t, keyschedule::ResumptionPsk> resumption_psks_;  // of epochs that were left
  std::optional<ReInit> reinit_;
};

}  // namespace dmls::group
