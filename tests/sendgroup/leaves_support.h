#pragma once
// A participant who follows no rule about leaves.

#include <dmls/group/custom_proposal_rules.h>

#include <map>

#include "support.h"

namespace dmls::sendgroup {

using Places = std::map<Bytes, group::LeafIndex, OctetOrder>;  // by the Send Group of whose leaf it is

// Puts a leaf where it is told to, whatever leaf it is.
class BelieveEveryLeaf final : public group::CustomProposalRules {
 public:
  explicit BelieveEveryLeaf(std::shared_ptr<const Places> places) : places_(std::move(places)) {}
  Result<group::CustomEffect> apply(const group::PublicEpoch&, const group::CustomProposal& proposal,
                                    const group::Sender&) const override {
    group::CustomEffect out;
    if (proposal.type != kDetachedLeafProposal) return out;
    DMLS_TRY(auto said, tls_codec::decode<DetachedLeaf>(proposal.payload));
    DMLS_TRY(const auto name, parse_psk_id(said.psk_id));
    out.path_required = true;
    out.leaves.push_back({places_->at(name.group_id), std::move(said.leaf)});
    return out;
  }

 private:
  std::shared_ptr<const Places> places_;
};

}  // namespace dmls::sendgroup
