#include "derive_key_pair.h"

#include <dmls/base/secret.h>
#include <dmls/crypto/error.h>

#include <array>

#include "hkdf.h"

namespace dmls::crypto {
namespace {

bool is_prime_curve(KemId kem) {
  return kem != KemId::dhkem_x25519_hkdf_sha256 && kem != KemId::dhkem_x448_hkdf_sha512;
}

// RFC 9180 §7.1.3: the bits of the first octet that a scalar of the curve may use.
std::uint8_t bitmask(KemId kem) { return kem == KemId::dhkem_p521_hkdf_sha512 ? 0x01 : 0xff; }

}  // namespace

Result<void> derive_private_key(const Provider& provider, KemId kem, BytesView ikm, MutableBytes private_key,
                                bool (*accept)(KemId, BytesView)) {
  const HashId hash = kem_sizes(kem).hash;
  const auto suite_id = kem_suite_id(kem);
  SecretBytes dkp_prk(hash_length(hash));
  labeled_extract(provider, hash, suite_id, {}, "dkp_prk", ikm, dkp_prk.expose_mut());
  if (!is_prime_curve(kem)) {
    labeled_expand(provider, hash, suite_id, dkp_prk.expose(), "sk", {}, {}, private_key);
    return {};
  }
  for (unsigned counter = 0; counter <= 255; ++counter) {
    const std::array<std::uint8_t, 1> candidate{static_cast<std::uint8_t>(counter)};
    labeled_expand(provider, hash, suite_id, dkp_prk.expose(), "candidate", candidate, {}, private_key);
    private_key[0] &= bitmask(kem);
    if (accept(kem, private_key)) return {};
  }
  return fail(errc::kInvalidPrivateKey, "RFC 9180 §7.1.3: DeriveKeyPair found no scalar in range");
}

}  // namespace dmls::crypto
