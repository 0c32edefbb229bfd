#pragma once
// What the two proposals of LeafKeys::detached_leaf do to a Send Group.

#include <dmls/group/custom_proposal_rules.h>
#include <dmls/treekem/credential_validator.h>

#include <map>

#include "psk_ledger.h"

namespace dmls::sendgroup {

// Borrows. A leaf is taken as it was published with the PSK that the same commit imports (check_commit() sees to that),
// and in no other way: its signature names no epoch, so whoever has stolen an old one's key could bring that back.
class LeafRules final : public group::CustomProposalRules {
 public:
  using Owners = std::map<Bytes, Bytes, OctetOrder>;
  LeafRules(const PskLedger& ledger, const Owners& owners, const treekem::CredentialValidator& validator)
      : ledger_(ledger), owners_(owners), validator_(validator) {}

  Result<group::CustomEffect> apply(const group::PublicEpoch& before, const group::CustomProposal&,
                                    const group::Sender&) const override;

 private:
  const PskLedger& ledger_;
  const Owners& owners_;
  const treekem::CredentialValidator& validator_;
};

}  // namespace dmls::sendgroup
