#include <dmls/group/error.h>
#include <dmls/group/psk_source.h>

#include <vector>

namespace dmls::group {
namespace {

constexpr const char* kUnknown = "RFC 9420 §12.4.2: a pre-shared key that this client does not hold";

}  // namespace

void ExternalPsks::add(BytesView psk_id, keyschedule::Psk psk) {
  psks_.insert_or_assign(to_bytes(psk_id), std::move(psk));
}

void ExternalPsks::remove(BytesView psk_id) {
  const auto found = psks_.find(psk_id);
  if (found != psks_.end()) psks_.erase(found);
}

Result<keyschedule::Psk> ExternalPsks::find(const keyschedule::PreSharedKeyID& id) const {
  const auto* external = std::get_if<keyschedule::ExternalPskId>(&id.psk);
  if (external == nullptr) return fail(errc::kUnknownPsk, kUnknown);
  const auto found = psks_.find(external->psk_id);
  if (found == psks_.end()) return fail(errc::kUnknownPsk, kUnknown);
  return found->second.clone();
}

Result<keyschedule::PskSecret> psk_secret_of(const crypto::CipherSuite& suite,
                                             std::span<const keyschedule::PreSharedKeyID> ids,
                                             const PskSource& source) {
  std::vector<keyschedule::InjectedPsk> psks;
  psks.reserve(ids.size());
  for (const auto& id : ids) {
    DMLS_TRY(auto psk, source.find(id));
    psks.push_back({id, std::move(psk)});
  }
  return keyschedule::psk_secret(suite, psks);
}

}  // namespace dmls::group
