#pragma once
// An observer follows a group without being in it: a delivery service, an auditor, a gateway. It sees the handshakes
// that travel as PublicMessages, and holds no secrets.

#include <dmls/base/bytes.h>
#include <dmls/base/executor.h>
#include <dmls/base/result.h>
#include <dmls/crypto/provider.h>
#include <dmls/group/clock.h>
#include <dmls/group/custom_proposal_rules.h>
#include <dmls/group/event.h>
#include <dmls/group/policy.h>
#include <dmls/group/proposal_store.h>
#include <dmls/group/public_epoch.h>

#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace dmls::group {

// What an observer relies on.
struct ObserverConfig {
  std::shared_ptr<const Policy> policy;                                  // required, as for a client
  std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();  // required; judges lifetimes
  std::shared_ptr<const CustomProposalRules> custom_proposals = {};      // those of the members
  std::shared_ptr<Executor> executor = {};                               // spreads signature checks and hashing
  const crypto::Provider* provider = &crypto::default_provider();        // borrowed; for the GroupInfo's cipher suite
};

// A commit that was verified as far as an observer can, and has not happened yet: give it to Observer::merge(), or drop
// it.
class [[nodiscard]] ObservedCommit {
 public:
  // What it does, lent by this object. The policy has accepted it.
  [[nodiscard]] const Changes& changes() const { return changes_; }
  // What the committer sent along, lent by this object.
  [[nodiscard]] const Bytes& authenticated_data() const { return authenticated_data_; }

 private:
  friend class Observer;
  ObservedCommit() = default;
  std::shared_ptr<const PublicEpoch> parent_;
  std::shared_ptr<const PublicEpoch> next_;
  Changes changes_;
  Bytes authenticated_data_;
};

// An encrypted message of the present epoch: whose it is and what it says is for members to see.
struct EncryptedMessage {
  ContentType content_type;  // as it says in the clear; not verified
};

// What comes of a message. `Waiting` is a commit that names proposals which the observer did not get: process() it
// again when it has them. It never waits for PSKs.
using ObserverEvent = std::variant<ReceivedProposal, ObservedCommit, EncryptedMessage, Waiting, Skipped>;

// Observer runs the same validation as members do, without what takes secrets: membership tags and confirmation tags.
// Signatures are checked, so only members (and whoever may join by an external commit) can make it move; but a member
// can lead an observer astray with a commit that other members refuse. Members do notice; compare tree hashes.
class Observer {
 public:
  // Starts from an encoded MLSMessage that carries a GroupInfo. `ratchet_tree`: the encoded tree if it came aside.
  // kMisuse if the policy, the clock or the provider is missing; kInvalidGroupInfo, and the errors of the layers below.
  static Result<Observer> create(ObserverConfig, BytesView group_info, BytesView ratchet_tree = {});

  // Lent until the next merge().
  [[nodiscard]] BytesView group_id() const { return epoch_->context.group_id; }
  // The number of the present epoch.
  [[nodiscard]] std::uint64_t epoch() const { return epoch_->context.epoch; }
  // It stays valid, and unchanged, for as long as it is held.
  [[nodiscard]] const std::shared_ptr<const PublicEpoch>& public_epoch() const { return epoch_; }
  // From left to right.
  [[nodiscard]] std::vector<Member> members() const;
  // Those of the present epoch that were seen and verified.
  [[nodiscard]] const ProposalStore& proposals() const { return proposals_; }
  // The encoded ratchet tree, for those who join. RFC 9420 §12.4.3.3
  [[nodiscard]] Bytes ratchet_tree() const { return epoch_->tree.encode(); }

  // Reads an encoded MLSMessage. What is not genuine, or not valid, is an error and changes nothing. Messages of later
  // epochs are not kept: Skipped::dropped.
  Result<ObserverEvent> process(BytesView message);
  // kStale if the commit was not observed in the present epoch.
  Result<void> merge(ObservedCommit);

  // Takes a member's GroupInfo (encoded MLSMessage) of the present epoch, to be served to those who want to join.
  // kInvalidGroupInfo if it is of another epoch or state, crypto::errc::kBadSignature.
  Result<void> offer_group_info(BytesView group_info);
  // What was offered for the present epoch; empty if nothing was.
  [[nodiscard]] const Bytes& group_info() const { return group_info_; }

 private:
  Observer(ObserverConfig config, std::shared_ptr<const PublicEpoch> epoch)
      : config_(std::move(config)), epoch_(std::move(epoch)) {}
  Result<ObserverEvent> process_public(const PublicMessage&);
  Result<ObserverEvent> stage(const SignedContent&) const;
  Result<ObserverEvent> process_proposal(SignedContent);

  ObserverConfig config_;
  std::shared_ptr<const PublicEpoch> epoch_;
  ProposalStore proposals_;
  Bytes group_info_;
};

}  // namespace dmls::group
