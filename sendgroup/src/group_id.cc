#include <dmls/crypto/hash.h>
#include <dmls/keyschedule/exporter.h>
#include <dmls/sendgroup/group_id.h>
#include <dmls/tls_codec/codec.h>

#include <tuple>

namespace dmls::sendgroup {
namespace {

struct AssignedName {
  BytesView universe_id;
  BytesView client_id;
  static constexpr auto fields(auto& s) { return std::tie(s.universe_id, s.client_id); }
};

}  // namespace

Result<Bytes> derived_group_id(const crypto::CipherSuite& universe, const keyschedule::ExporterSecret& secret,
                               BytesView signature_key) {
  DMLS_TRY(const auto octets,
           keyschedule::mls_exporter(universe, secret, "derivedGroupId", signature_key, universe.hash_length()));
  return to_bytes(octets.expose());  // a name: it travels in the clear from now on
}

Bytes assigned_group_id(const crypto::CipherSuite& universe, BytesView universe_id, BytesView client_id) {
  return crypto::ref_hash(universe, "DiMLS Send Group", tls_codec::encode(AssignedName{universe_id, client_id}));
}

}  // namespace dmls::sendgroup
