#include <dmls/crypto/suite.h>

#include <array>

namespace dmls::crypto {
namespace {

using enum CipherSuiteId;
using enum KemId;
using enum KdfId;
using enum AeadId;
using enum SignatureScheme;

// RFC 9420 §17.1, Table 6
constexpr std::array<SuiteParameters, 7> kSuites{{
    {MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519, "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519",
     dhkem_x25519_hkdf_sha256, hkdf_sha256, aes_128_gcm, HashId::sha256, ed25519},
    {MLS_128_DHKEMP256_AES128GCM_SHA256_P256, "MLS_128_DHKEMP256_AES128GCM_SHA256_P256", dhkem_p256_hkdf_sha256,
     hkdf_sha256, aes_128_gcm, HashId::sha256, ecdsa_secp256r1_sha256},
    {MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519, "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519",
     dhkem_x25519_hkdf_sha256, hkdf_sha256, chacha20_poly1305, HashId::sha256, ed25519},
    {MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448, "MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448", dhkem_x448_hkdf_sha512,
     hkdf_sha512, aes_256_gcm, HashId::sha512, ed448},
    {MLS_256_DHKEMP521_AES256GCM_SHA512_P521, "MLS_256_DHKEMP521_AES256GCM_SHA512_P521", dhkem_p521_hkdf_sha512,
     hkdf_sha512, aes_256_gcm, HashId::sha512, ecdsa_secp521r1_sha512},
    {MLS_256_DHKEMX448_CHACHA20POLY1305_SHA512_Ed448, "MLS_256_DHKEMX448_CHACHA20POLY1305_SHA512_Ed448",
     dhkem_x448_hkdf_sha512, hkdf_sha512, chacha20_poly1305, HashId::sha512, ed448},
    {MLS_256_DHKEMP384_AES256GCM_SHA384_P384, "MLS_256_DHKEMP384_AES256GCM_SHA384_P384", dhkem_p384_hkdf_sha384,
     hkdf_sha384, aes_256_gcm, HashId::sha384, ecdsa_secp384r1_sha384},
}};

}  // namespace

std::span<const SuiteParameters> registered_suites() { return kSuites; }

Result<CipherSuite> CipherSuite::find(CipherSuiteId id, const Provider& provider) {
  for (const SuiteParameters& row : kSuites) {
    if (row.id != id) continue;
    if (!provider.supports(row.kem) || !provider.supports(row.aead) || !provider.supports(row.signature))
      return fail(errc::kUnknownSuite, "RFC 9420 §17.1: this build lacks an algorithm of the cipher suite");
    return CipherSuite(row, provider);
  }
  return fail(errc::kUnknownSuite, "RFC 9420 §17.1: the cipher suite is not registered");
}

}  // namespace dmls::crypto
