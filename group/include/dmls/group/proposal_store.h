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
  ProposalRef reference;
  Proposal proposal;
  Sender sender;
  Bytes authenticated_data;
  // Why commits of our own leave it out: it is invalid, or the policy does not accept it.
  std::optional<Error> objection = {};
};

// What is behind an Update of our own, needed once somebody commits it.
struct OwnUpdate {
  crypto::HpkeKeyPair pair;
  std::optional<SigningIdentity> identity;  // if the Update changes it
};

// ProposalStore keeps what was proposed in one epoch, in order of arrival; it dies with the epoch. Bounded: whoever may
// propose cannot fill the memory. What goes in was verified in that epoch.
class ProposalStore {
 public:
  static constexpr std::size_t kMaxProposals = 10'000;

  // Nothing happens for a proposal that is there already. kLimit beyond kMaxProposals.
  Result<void> add(StoredProposal);
  // Whether add() will succeed.
  Result<void> check_room(const ProposalRef&) const;
  void add_own_update(const ProposalRef&, OwnUpdate);

  // nullptr if there is none.
  [[nodiscard]] const StoredProposal* find(const ProposalRef&) const;
  [[nodiscard]] const OwnUpdate* own_update(const ProposalRef&) const;
  // In order of arrival.
  [[nodiscard]] const std::vector<std::shared_ptr<const StoredProposal>>& all() const { return order_; }
  void clear();

 private:
  std::vector<std::shared_ptr<const StoredProposal>> order_;
  std::map<Bytes, std::shared_ptr<const StoredProposal>, OctetOrder> by_reference_;
  std::map<Bytes, OwnUpdate, OctetOrder> own_updates_;
};

}  // namespace dmls::group
