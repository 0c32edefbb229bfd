#include <dmls/keyschedule/exporter.h>

#include <dmls/crypto/hash.h>
#include <dmls/crypto/kdf.h>
#include <dmls/keyschedule/error.h>
#include <dmls/tls_codec/varint.h>

namespace dmls::keyschedule {

// RFC 9420 §8.5
Result<SecretBytes> mls_exporter(const crypto::CipherSuite& suite, const ExporterSecret& exporter_secret,
                                 std::string_view label, BytesView context, std::size_t length) {
  if (length > crypto::max_expand_length(suite) || length > 0xffff)
    return fail(errc::kExportLength, "RFC 9420 §8.5: the KDF expands to no more than 255 * KDF.Nh octets");
  constexpr std::size_t kPrefixLength = 8;  // "MLS 1.0 "
  if (label.size() > tls_codec::kMaxVectorLength - kPrefixLength)
    return fail(dmls::errc::kLimit, "RFC 9420 §2.1.2: the label does not fit into a vector");
  const SecretBytes derived = crypto::derive_secret(suite, exporter_secret.expose(), label);
  return crypto::expand_with_label(suite, derived.expose(), "exported", crypto::hash(suite, context), length);
}

}  // namespace dmls::keyschedule
