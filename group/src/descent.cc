#include "descent.h"

#include <algorithm>

#include "next_epoch.h"

namespace dmls::group {
namespace {

using keyschedule::ResumptionPSKUsage;

Result<void> matches_reinit(const ReInit& reinit, const PublicEpoch& joined) {
  const auto& context = joined.context;
  if (context.group_id != reinit.group_id || context.version != reinit.version ||
      context.cipher_suite != reinit.cipher_suite || context.extensions != extensions_content(reinit.extensions))
    return fail(errc::kInvalidWelcome, "RFC 9420 §11.2: the new group is not the one that the ReInit announced");
  return {};
}

}  // namespace

std::vector<Bytes> identities(const treekem::RatchetTree& tree, const Policy& policy) {
  std::vector<Bytes> out;
  out.reserve(tree.member_count());
  tree.for_each_leaf([&](const treekem::TreeLeaf& leaf) { out.push_back(policy.identity(leaf.view().credential)); });
  std::sort(out.begin(), out.end(), OctetOrder());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Result<std::optional<Descent>> find_descent(std::span<const keyschedule::PreSharedKeyID> psks,
                                            const AncestorSource* ancestors) {
  const keyschedule::ResumptionPskId* link = nullptr;
  for (const auto& psk : psks) {
    const auto* resumption = std::get_if<keyschedule::ResumptionPskId>(&psk.psk);
    if (resumption == nullptr || resumption->usage == ResumptionPSKUsage::application) continue;
    if (link != nullptr)
      return fail(errc::kInvalidWelcome, "RFC 9420 §12.4.3.1: more than one PSK for reinit or branch");
    link = resumption;
  }
  if (link == nullptr && ancestors == nullptr) return std::optional<Descent>();
  if (link == nullptr)
    return fail(errc::kInvalidWelcome, "RFC 9420 §11.2: the Welcome does not link its group to another one");
  if (ancestors == nullptr)
    return fail(errc::kInvalidWelcome, "RFC 9420 §11.2: the Welcome links its group to one that was not named");
  auto ancestor = ancestors->find(link->psk_group_id, link->psk_epoch);
  if (!ancestor) return fail(errc::kUnknownPsk, "RFC 9420 §8.6: the Welcome links to an epoch that is not kept");
  return std::optional(Descent{link->usage, *std::move(ancestor)});
}

Result<void> check_descent(const Descent& descent, const PublicEpoch& joined, const Policy& policy) {
  const PublicEpoch& old = *descent.ancestor.epoch;
  if (joined.context.epoch != 1)
    return fail(errc::kInvalidWelcome, "RFC 9420 §12.4.3.1: a re-initialised or branched group starts in epoch 1");
  const auto before = identities(old.tree, policy), after = identities(joined.tree, policy);
  if (descent.usage == ResumptionPSKUsage::reinit) {
    if (!descent.ancestor.reinit)
      return fail(errc::kInvalidWelcome, "RFC 9420 §12.4.3.1: the last commit of the old group is no ReInit");
    DMLS_CHECK(matches_reinit(*descent.ancestor.reinit, joined));
    if (!std::includes(after.begin(), after.end(), before.begin(), before.end(), OctetOrder()))
      return fail(errc::kInvalidWelcome, "RFC 9420 §12.4.3.1: a member of the old group is not in the new one");
    return {};
  }
  if (joined.context.version != old.context.version || joined.context.cipher_suite != old.context.cipher_suite)
    return fail(errc::kInvalidWelcome, "RFC 9420 §11.3: a subgroup has the version and cipher suite of its group");
  if (!std::includes(before.begin(), before.end(), after.begin(), after.end(), OctetOrder()))
    return fail(errc::kInvalidWelcome, "RFC 9420 §11.3: a member of the subgroup is not in the group");
  return {};
}

}  // namespace dmls::group
