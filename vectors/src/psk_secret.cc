// How several pre-shared keys become one secret. RFC 9420 §8.4

#include <dmls/base/hex.h>
#include <dmls/keyschedule/psk.h>

#include "families.h"

namespace dmls::vectors {

using namespace keyschedule;

Result<void> verify_psk_secret(const Value& vector) {
  DMLS_TRY(const auto suite, vector.suite());
  // No PSKs at all is a case of its own.
  DMLS_TRY(const auto entries, vector.list_if_any("psks"));
  std::vector<InjectedPsk> psks;
  for (const Value& entry : entries) {
    DMLS_TRY(Bytes id, entry.octets("psk_id"));
    DMLS_TRY(const Bytes psk, entry.octets("psk"));
    DMLS_TRY(Bytes nonce, entry.octets("psk_nonce", suite.hash_length()));
    psks.push_back({PreSharedKeyID{ExternalPskId{std::move(id)}, std::move(nonce)}, Psk(SecretBytes(psk))});
  }
  DMLS_TRY(const PskSecret secret, vector.in("psks", psk_secret(suite, psks)));
  return vector.expect("psk_secret", secret);
}

// Zero to ten PSKs.
Result<Json> generate_psk_secret(const Generation& generation) {
  const crypto::CipherSuite& suite = *generation.suite;
  Random& random = generation.random;
  Json cases = Json::array();
  for (int count = 0; count <= 10; ++count) {
    std::vector<InjectedPsk> psks;
    Json entries = Json::array();
    for (int i = 0; i < count; ++i) {
      DMLS_TRY(const Bytes id, random.bytes(suite.hash_length()));
      DMLS_TRY(const Bytes psk, random.bytes(suite.hash_length()));
      DMLS_TRY(const Bytes nonce, random.bytes(suite.hash_length()));
      entries.push_back({{"psk_id", to_hex(id)}, {"psk", to_hex(psk)}, {"psk_nonce", to_hex(nonce)}});
      psks.push_back({PreSharedKeyID{ExternalPskId{id}, nonce}, Psk(SecretBytes(psk))});
    }
    DMLS_TRY(const PskSecret secret, psk_secret(suite, psks));
    cases.push_back({{"cipher_suite", static_cast<std::uint16_t>(suite.id())},
                     {"psks", std::move(entries)},
                     {"psk_secret", to_hex(secret.expose())}});
  }
  return cases;
}

}  // namespace dmls::vectors
