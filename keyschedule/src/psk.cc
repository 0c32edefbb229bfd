#include <dmls/keyschedule/psk.h>

#include <dmls/crypto/kdf.h>
#include <dmls/tls_codec/codec.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace dmls::keyschedule {
namespace {

// struct { PreSharedKeyID id; uint16 index; uint16 count; } PSKLabel; RFC 9420 §8.4. Borrows the id; encoded only.
struct PskLabel {
  const PreSharedKeyID& id;
  std::uint16_t index;
  std::uint16_t count;
  static constexpr auto fields(auto& s) { return std::tie(s.id, s.index, s.count); }
};

}  // namespace

Result<void> check_psk_nonce(const crypto::CipherSuite& suite, const PreSharedKeyID& id) {
  if (id.psk_nonce.size() != suite.hash_length())
    return fail(errc::kWrongLength, "RFC 9420 §12.1.4: psk_nonce has KDF.Nh octets");
  return {};
}

Result<void> check_distinct(std::span<const PreSharedKeyID> ids) {
  // The encoding is unique, so that equal identifiers are equal octets: sorting them brings equals together.
  std::vector<Bytes> encoded;
  encoded.reserve(ids.size());
  for (const PreSharedKeyID& id : ids) encoded.push_back(tls_codec::encode(id));
  std::sort(encoded.begin(), encoded.end(), [](const Bytes& a, const Bytes& b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
  });
  if (std::adjacent_find(encoded.begin(), encoded.end()) != encoded.end())
    return fail(errc::kDuplicatePsk, "RFC 9420 §12.2: one PreSharedKeyID is referenced more than once");
  return {};
}

// RFC 9420 §8.4
Result<PskSecret> psk_secret(const crypto::CipherSuite& suite, std::span<const InjectedPsk> psks) {
  if (psks.size() > std::numeric_limits<std::uint16_t>::max())
    return fail(errc::kTooManyPsks, "RFC 9420 §8.4: a PSKLabel counts up to 65535 PSKs");
  const SecretBytes zero(suite.hash_length());
  SecretBytes chained(suite.hash_length());
  std::uint16_t index = 0;
  for (const InjectedPsk& each : psks) {
    const Bytes label = tls_codec::encode(PskLabel{each.id, index++, static_cast<std::uint16_t>(psks.size())});
    const SecretBytes extracted = crypto::extract(suite, zero.expose(), each.psk.expose());
    const SecretBytes input =
        crypto::expand_with_label(suite, extracted.expose(), "derived psk", label, suite.hash_length());
    chained = crypto::extract(suite, input.expose(), chained.expose());
  }
  return PskSecret(std::move(chained));
}

}  // namespace dmls::keyschedule
