#include "boring_provider.h"

#include <openssl/base.h>

#include <cstring>
#include <string>

#include <dmls/crypto/error.h>

#include <sodium.h>

#include "curve25519.h"
#include "curve448.h"
#include "derive_key_pair.h"
#include "ecdsa.h"
#include "prime_curve.h"

namespace dmls::crypto {
namespace {

bool is_ecdsa(SignatureScheme scheme) {
  return scheme == SignatureScheme::ecdsa_secp256r1_sha256 || scheme == SignatureScheme::ecdsa_secp384r1_sha384 ||
         scheme == SignatureScheme::ecdsa_secp521r1_sha512;
}

KemId kem_of(SignatureScheme scheme) {
  switch (scheme) {
    case SignatureScheme::ecdsa_secp256r1_sha256: return KemId::dhkem_p256_hkdf_sha256;
    case SignatureScheme::ecdsa_secp384r1_sha384: return KemId::dhkem_p384_hkdf_sha384;
    case SignatureScheme::ecdsa_secp521r1_sha512: return KemId::dhkem_p521_hkdf_sha512;
    default: panic("not ECDSA");
  }
}

}  // namespace

std::string_view BoringProvider::description() const {
  static const std::string text = [] {
#ifdef DMLS_BORINGSSL_DESCRIPTION
    std::string s = DMLS_BORINGSSL_DESCRIPTION;
#else
    std::string s = "BoringSSL API " + std::to_string(BORINGSSL_API_VERSION);
#endif
    s += std::string(", libsodium ") + sodium_version_string();
    if (kHaveCurve448) s += ", libdecaf";
    return s;
  }();
  return text;
}

bool BoringProvider::supports(KemId kem) const {
  switch (kem) {
    case KemId::dhkem_p256_hkdf_sha256:
    case KemId::dhkem_p384_hkdf_sha384:
    case KemId::dhkem_p521_hkdf_sha512:
    case KemId::dhkem_x25519_hkdf_sha256: return true;
    case KemId::dhkem_x448_hkdf_sha512: return kHaveCurve448;
  }
  return false;
}

bool BoringProvider::supports(AeadId aead) const {
  switch (aead) {
    case AeadId::aes_128_gcm:
    case AeadId::aes_256_gcm:
    case AeadId::chacha20_poly1305: return true;
  }
  return false;
}

bool BoringProvider::supports(SignatureScheme scheme) const {
  return is_ecdsa(scheme) || scheme == SignatureScheme::ed25519 || (scheme == SignatureScheme::ed448 && kHaveCurve448);
}

Result<void> BoringProvider::kem_derive_private_key(KemId kem, BytesView ikm, MutableBytes private_key) const {
  return derive_private_key(*this, kem, ikm, private_key, [](KemId id, BytesView candidate) {
    return prime_check_private_key(prime_curve(id), candidate).has_value();
  });
}

Result<void> BoringProvider::kem_public_key(KemId kem, BytesView private_key, MutableBytes public_key) const {
  if (kem == KemId::dhkem_x25519_hkdf_sha256) return x25519_public_key(private_key, public_key);
  if (kem == KemId::dhkem_x448_hkdf_sha512) return x448_public_key(private_key, public_key);
  return prime_public_key(prime_curve(kem), private_key, public_key);
}

Result<void> BoringProvider::kem_check_public_key(KemId kem, BytesView public_key) const {
  if (kem == KemId::dhkem_x25519_hkdf_sha256) return x25519_check_public_key(public_key);
  if (kem == KemId::dhkem_x448_hkdf_sha512) return x448_check_public_key(public_key);
  return prime_check_public_key(prime_curve(kem), public_key);
}

Result<void> BoringProvider::dh(KemId kem, BytesView private_key, BytesView public_key, MutableBytes out) const {
  if (kem == KemId::dhkem_x25519_hkdf_sha256) return x25519(private_key, public_key, out);
  if (kem == KemId::dhkem_x448_hkdf_sha512) return x448(private_key, public_key, out);
  return prime_dh(prime_curve(kem), private_key, public_key, out);
}

Result<void> BoringProvider::signature_derive_private_key(SignatureScheme scheme, BytesView seed,
                                                          MutableBytes private_key) const {
  if (is_ecdsa(scheme)) return kem_derive_private_key(kem_of(scheme), seed, private_key);
  // RFC 8032 §5.1.5, §5.2.5: an EdDSA private key is the seed itself.
  if (seed.size() != private_key.size()) return fail(errc::kInvalidPrivateKey, "RFC 8032 §5: wrong size of a seed");
  std::memcpy(private_key.data(), seed.data(), seed.size());
  return {};
}

Result<void> BoringProvider::signature_public_key(SignatureScheme scheme, BytesView private_key,
                                                  MutableBytes public_key) const {
  if (scheme == SignatureScheme::ed25519) return ed25519_public_key(private_key, public_key);
  if (scheme == SignatureScheme::ed448) return ed448_public_key(private_key, public_key);
  return prime_public_key(prime_curve(scheme), private_key, public_key);
}

Result<void> BoringProvider::signature_check_public_key(SignatureScheme scheme, BytesView public_key) const {
  if (scheme == SignatureScheme::ed25519) return ed25519_check_public_key(public_key);
  if (scheme == SignatureScheme::ed448) return ed448_check_public_key(public_key);
  return prime_check_public_key(prime_curve(scheme), public_key);
}

Result<Bytes> BoringProvider::sign(SignatureScheme scheme, BytesView private_key, BytesView public_key,
                                   BytesView message) const {
  if (scheme == SignatureScheme::ed25519) return ed25519_sign(private_key, public_key, message);
  if (scheme == SignatureScheme::ed448) return ed448_sign(private_key, message);
  return ecdsa_sign(*this, scheme, private_key, message);
}

Result<void> BoringProvider::verify(SignatureScheme scheme, BytesView public_key, BytesView message,
                                    BytesView signature) const {
  if (scheme == SignatureScheme::ed25519) return ed25519_verify(public_key, message, signature);
  if (scheme == SignatureScheme::ed448) return ed448_verify(public_key, message, signature);
  return ecdsa_verify(*this, scheme, public_key, message, signature);
}

const Provider& default_provider() {
  // Never destroyed, so that it may be used for as long as the process lives.
  static const BoringProvider& provider = *new BoringProvider;
  return provider;
}

}  // namespace dmls::crypto
