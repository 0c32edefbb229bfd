#include "leaf_rules.h"

#include <dmls/sendgroup/error.h>
#include <dmls/tls_codec/codec.h>

#include "roster.h"

namespace dmls::sendgroup {

Result<group::CustomEffect> LeafRules::apply(const group::PublicEpoch& before, const group::CustomProposal& proposal,
                                             const group::Sender&) const {
  if (proposal.type == kPublishedLeavesProposal) return group::CustomEffect{};  // changes the groups of others
  if (proposal.type != kDetachedLeafProposal)
    return fail(errc::kForbiddenProposal, "a proposal of a type that Send Groups do not have");
  DMLS_TRY(auto detached, tls_codec::decode<DetachedLeaf>(proposal.payload));
  DMLS_TRY(const auto name, parse_psk_id(detached.psk_id));
  const auto* entry = ledger_.entry(name);
  const auto* published = entry != nullptr ? entry->published(before.suite.id()) : nullptr;
  if (published == nullptr || *published != detached.leaf)
    return fail(errc::kInvalidImport, "the commit brings another leaf than its owner published in that epoch");
  const auto owner = owners_.find(name.group_id);
  const auto at = owner == owners_.end() ? std::nullopt : leaf_of(before.tree, validator_, owner->second);
  if (!at) return fail(errc::kInvalidImport, "the commit brings a leaf of somebody who is not a member");
  group::CustomEffect effect;
  effect.path_required = true;
  effect.leaves.push_back({*at, std::move(detached.leaf), entry->own_leaf(before.suite.id())});
  return effect;
}

}  // namespace dmls::sendgroup
