#include <dmls/keyschedule/exporter.h>
#include <dmls/sendgroup/error.h>
#include <dmls/sendgroup/exporter_psk.h>

namespace dmls::sendgroup {

Bytes psk_id(const EpochName& name) {
  Bytes out;
  out.reserve(8 + name.group_id.size());
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(name.epoch >> shift));
  out.insert(out.end(), name.group_id.begin(), name.group_id.end());
  return out;
}

Result<EpochName> parse_psk_id(BytesView octets) {
  if (octets.size() <= 8)
    return fail(errc::kInvalidPskId, "draft-xue-distributed-mls, COMMIT: a PSK id is an epoch and a group id");
  EpochName out;
  for (const std::uint8_t octet : octets.first(8)) out.epoch = (out.epoch << 8) | octet;
  out.group_id = to_bytes(octets.subspan(8));
  return out;
}

Result<EpochName> imported_epoch(const keyschedule::PreSharedKeyID& id) {
  const auto* external = std::get_if<keyschedule::ExternalPskId>(&id.psk);
  if (external == nullptr)
    return fail(errc::kInvalidPskId, "draft-xue-distributed-mls, COMMIT: Send Groups import external PSKs only");
  return parse_psk_id(external->psk_id);
}

Result<void> check_export_length(const crypto::CipherSuite& exporting, std::size_t length) {
  if (length < 32 || length > 255 * exporting.hash_length())
    return fail(errc::kInvalidExportLength, "an exported PSK has 32 to 255 * KDF.Nh octets");
  return {};
}

Result<keyschedule::Psk> exporter_psk(const crypto::CipherSuite& exporting, const keyschedule::ExporterSecret& secret,
                                      std::string_view label, const EpochName& name, std::size_t length) {
  DMLS_CHECK(check_export_length(exporting, length));
  DMLS_TRY(auto octets, keyschedule::mls_exporter(exporting, secret, label, psk_id(name), length));
  return keyschedule::Psk(std::move(octets));
}

}  // namespace dmls::sendgroup
