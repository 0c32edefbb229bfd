#pragma once
// Proposals of the present epoch that wait for a commit. RFC 9420 §12.1

#include <dmls/base/result.h>
#include <dmls/crypto/keys.h>
#include <dmls/group/client_config.h>
#include <dmls/group/framed_content.h>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace dmls::group {

// A proposal as it was sent, by whom, and the name by which a commit refers to it.
struct StoredProposal {
  ProposalRef reference;     // make_proposal_ref() of the message that it came in
  Proposal proposal;         // as it was sent
  Sender sender;             // who proposes it; may be no member, RFC 9420 §12.1.8
  Bytes authenticated_data;  // what was sent along
  // Why commits of our own leave it out: it is invalid, or the policy does not accept it.
  std::optional<Error> objection = {};
};

// What is behind an Update of our own, needed once somebody commits it.
struct OwnUpdate {
  crypto::HpkeKeyPair pair;                 // of the leaf's encryption_key
  std::optional<SigningIdentity> identity;  // if the Update changes it
};

// ProposalStore keeps what was proposed in one epoch, in order of arrival; it dies with the epoch. Bounded: whoever may
// propose cannot fill the memory. What goes in was verified in that epoch.
class ProposalStore {
 public:
  static constexpr std::size_t kMaxProposals = 10'000;  // in one epoch

  // Nothing happens for a proposal that is there already. kLimit beyond kMaxProposals.
  Result<void> add(StoredProposal);
  // Whether add() will succeed; else kLimit.
  Result<void> check_room(const ProposalRef&) const;
  // What is behind the Update of that name; replaces what was there.
  void add_own_update(const ProposalRef&, OwnUpdate);

  // nullptr if there is none.
  [[nodiscard]] const StoredProposal* find(const ProposalRef&) const;
  // nullptr for all but own Updates. Both pointers are valid until clear().
  [[nodiscard]] const OwnUpdate* own_update(const ProposalRef&) const;
  // In order of arrival.
  [[nodiscard]] const std::vector<std::shared_ptr<const StoredProposal>>& all() const { return order_; }
  // For the next epoch: everything goes, private keys included.
  void clear();

 private:
  std::vector<std::shared_ptr<const StoredProposal>> order_;
  std::map<Bytes, std::shared_ptr<const StoredProposal>, OctetOrder> by_reference_;
  std::map<Bytes, OwnUpdate, OctetOrder> own_updates_;
};

}  // namespace dmls::group
