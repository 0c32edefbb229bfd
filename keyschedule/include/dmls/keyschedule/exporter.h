#pragma once
#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/base/secret.h>
#include <dmls/crypto/suite.h>
#include <dmls/keyschedule/secrets.h>

#include <cstddef>
#include <string_view>

namespace dmls::keyschedule {

// MLS-Exporter(Label, Context, Length), RFC 9420 §8.5; `length` octets. `label`: any octets, see the registry of §17.8.
// kExportLength for a length beyond 255 * KDF.Nh (RFC 5869 §2.3) or beyond 65535 (the length field of a KDFLabel);
// kLimit for a label of more than 2^30 - 9 octets.
Result<SecretBytes> mls_exporter(const crypto::CipherSuite&, const ExporterSecret&, std::string_view label,
                                 BytesView context, std::size_t length);

}  // namespace dmls::keyschedule
