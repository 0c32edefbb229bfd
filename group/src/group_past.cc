#include "group_past.h"

#include <algorithm>

namespace dmls::group {
namespace {

keyschedule::Psk psk(const keyschedule::ResumptionPsk& secret) { return keyschedule::Psk(secret.clone().into_bytes()); }

bool same(BytesView a, BytesView b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

}  // namespace

Result<keyschedule::Psk> Group::Psks::find(const keyschedule::PreSharedKeyID& id) const {
  const auto* resumption = std::get_if<keyschedule::ResumptionPskId>(&id.psk);
  if (resumption == nullptr || !same(group_.group_id(), resumption->psk_group_id))
    return ClientPsks(*group_.client_).find(id);
  if (resumption->psk_epoch == group_.epoch() && group_.status_ != GroupStatus::removed)
    return psk(group_.epoch_.own().resumption_psk);
  const auto kept = group_.resumption_psks_.find(resumption->psk_epoch);
  if (kept == group_.resumption_psks_.end())
    return fail(errc::kUnknownPsk, "RFC 9420 §8.6: the resumption PSK of that epoch is not kept");
  return psk(kept->second);
}

std::optional<Ancestor> Group::Past::find(BytesView group_id, std::uint64_t epoch) const {
  if (!same(group_.group_id(), group_id)) return std::nullopt;
  if (epoch == group_.epoch()) return Ancestor{group_.public_epoch(), group_.reinit_};
  for (const Epoch& left : group_.past_) {
    if (left.number() == epoch) return Ancestor{left.shared_pointer(), std::nullopt};
  }
  return std::nullopt;
}

keyschedule::Psk Group::resumption_psk() const {
  if (status_ != GroupStatus::removed) return psk(epoch_.own().resumption_psk);
  const auto kept = resumption_psks_.find(epoch());
  return kept == resumption_psks_.end() ? keyschedule::Psk() : psk(kept->second);
}

}  // namespace dmls::group
