#include <dmls/base/error.h>
#include <dmls/crypto/error.h>
#include <dmls/crypto_testing/seeded_provider.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/mem.h>
#include <openssl/nid.h>

#include <optional>

#include "rfc6979.h"

namespace dmls::crypto_testing {
namespace {

using crypto::HashId;
using crypto::SignatureScheme;

struct Ecdsa {
  int curve;
  HashId hash;
};
std::optional<Ecdsa> ecdsa(SignatureScheme scheme) {
  switch (scheme) {
    case SignatureScheme::ecdsa_secp256r1_sha256: return Ecdsa{NID_X9_62_prime256v1, HashId::sha256};
    case SignatureScheme::ecdsa_secp384r1_sha384: return Ecdsa{NID_secp384r1, HashId::sha384};
    case SignatureScheme::ecdsa_secp521r1_sha512: return Ecdsa{NID_secp521r1, HashId::sha512};
    default: return std::nullopt;
  }
}

Unexpected backend_failed() {
  ERR_clear_error();
  return fail(errc::kBackendFailed, "BoringSSL could not sign with a given nonce");
}

}  // namespace

Result<Bytes> SeededProvider::sign(SignatureScheme scheme, BytesView private_key, BytesView public_key,
                                   BytesView message) const {
  const auto algorithm = ecdsa(scheme);
  if (!algorithm) return target().sign(scheme, private_key, public_key, message);

  const bssl::UniquePtr<EC_KEY> key(EC_KEY_new_by_curve_name(algorithm->curve));
  const bssl::UniquePtr<BIGNUM> scalar(BN_bin2bn(private_key.data(), private_key.size(), nullptr));
  if (key == nullptr || scalar == nullptr) return backend_failed();
  const BIGNUM* order = EC_GROUP_get0_order(EC_KEY_get0_group(key.get()));
  if (private_key.size() != crypto::signature_sizes(scheme).private_key || BN_is_zero(scalar.get()) ||
      BN_cmp(scalar.get(), order) >= 0 || EC_KEY_set_private_key(key.get(), scalar.get()) != 1) {
    ERR_clear_error();
    return fail(crypto::errc::kInvalidPrivateKey, "RFC 9420 §5.1.1: an ECDSA private key is a scalar in [1, n-1]");
  }

  Bytes digest(crypto::hash_length(algorithm->hash));
  target().hash(algorithm->hash, crypto::Parts(&message, 1), digest);
  Rfc6979 nonces(target(), algorithm->hash, order, private_key, digest);
  // r or s is zero with negligible probability; RFC 6979 §3.2.h then takes the next nonce.
  for (int attempt = 0; attempt < 8; ++attempt) {
    const auto nonce = nonces.next();
    const bssl::UniquePtr<ECDSA_SIG> signature(ECDSA_sign_with_nonce_and_leak_private_key_for_testing(
        digest.data(), digest.size(), key.get(), nonce.expose().data(), nonce.size()));
    if (signature == nullptr) continue;
    std::uint8_t* der = nullptr;
    std::size_t n = 0;
    if (ECDSA_SIG_to_bytes(&der, &n, signature.get()) != 1) return backend_failed();
    const bssl::UniquePtr<std::uint8_t> owner(der);
    return Bytes(der, der + n);
  }
  return backend_failed();
}

const crypto::Provider& seeded_provider() {
  static const SeededProvider& provider = *new SeededProvider;
  return provider;
}

}  // namespace dmls::crypto_testing
