#pragma once
// What one Send Group lends to another: a secret of one of its epochs, as an external PSK. draft-xue-distributed-mls,
// "COMMIT"

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/crypto/suite.h>
#include <dmls/keyschedule/psk.h>
#include <dmls/keyschedule/secrets.h>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dmls::sendgroup {

// EpochName names an epoch of a Send Group: for a commit, the epoch that it starts.
struct EpochName {
  Bytes group_id;           // not empty
  std::uint64_t epoch = 0;  // 0 stands for the Welcome to the group, where one can be asked for
  friend bool operator==(const EpochName&, const EpochName&) = default;
  // By group id, then by epoch.
  friend bool operator<(const EpochName& a, const EpochName& b) {
    const OctetOrder less;
    return less(a.group_id, b.group_id) || (!less(b.group_id, a.group_id) && a.epoch < b.epoch);
  }
};

// The label of the draft. A universe may agree on another one.
inline constexpr std::string_view kExporterPskLabel = "exporter-psk";

// exportPskId: the epoch as 8 octets in network order, then the group id, without a length of its own.
[[nodiscard]] Bytes psk_id(const EpochName&);
// kInvalidPskId for 8 octets or fewer: a Send Group has a name.
Result<EpochName> parse_psk_id(BytesView psk_id);
// The epoch that a PreSharedKeyID names; kInvalidPskId for a resumption PSK, too.
Result<EpochName> imported_epoch(const keyschedule::PreSharedKeyID&);

// kInvalidExportLength unless 32 <= length <= 255 * KDF.Nh (what HKDF-Expand can give, RFC 5869 §2.3).
Result<void> check_export_length(const crypto::CipherSuite& exporting, std::size_t length);

// exportPSK = MLS-Exporter(label, exportPskId, length), in the suite of the exporting group; `length` octets.
// kInvalidExportLength.
Result<keyschedule::Psk> exporter_psk(const crypto::CipherSuite& exporting, const keyschedule::ExporterSecret&,
                                      std::string_view label, const EpochName&, std::size_t length);

}  // namespace dmls::sendgroup
