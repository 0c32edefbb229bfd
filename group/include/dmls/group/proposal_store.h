#pragma once
// Proposals of the present epoch that wait for a commit. RFC 9420 §12.1

#include <dmls/base/result.h>
#include <dmls/crypto/keys.h>
#include <dmls/group/framed_content.h>

#include <cstddef>
#include <map>
#include <memory>
#include <vector>

namespace dmls::group {

// A proposal as it was sent, by whom, and the name by which a commit refers to it.
struct StoredProposal {
  ProposalRef reference;
  Proposal proposal;
  Sender sender;
};

// ProposalStore keeps what was proposed in one epoch, in order of arrival; it dies with the epoch. Bounded: whoever may
// propose cannot fill the memory.
class ProposalStore {
 public:
  static constexpr std::size_t kMaxProposals = 10'000;

  // Nothing happens for a proposal that is there already. kLimit beyond kMaxProposals.
  Result<void> add(StoredProposal);
  // The key pair behind an own Update, needed once somebody commits it.
  void add_own_update(const ProposalRef&, crypto::HpkeKeyPair);

  // nullptr if there is none.
  [[nodiscard]] const StoredProposal* find(const ProposalRef&) const;
  [[nodiscard]] const crypto::HpkeKeyPair* own_update(const ProposalRef&) const;
  // In order of arrival.
  [[nodiscard]] const std::vector<std::shared_ptr<const StoredProposal>>& all() const { return order_; }
  void clear();

 private:
  std::vector<std::shared_ptr<const StoredProposal>> order_;
  std::map<Bytes, std::shared_ptr<const StoredProposal>, OctetOrder> by_reference_;
  std::map<Bytes, crypto::HpkeKeyPair, OctetOrder> own_updates_;
};

}  // namespace dmls::group
