#include <dmls/crypto/keys.h>

namespace dmls::crypto {
namespace {

Result<HpkeKeyPair> hpke_pair(const CipherSuite& suite, SecretBytes private_key) {
  HpkePublicKey public_key{Bytes(kem_sizes(suite.kem()).public_key)};
  DMLS_CHECK(suite.provider().kem_public_key(suite.kem(), private_key.expose(), public_key.octets));
  return HpkeKeyPair{HpkePrivateKey(std::move(private_key)), std::move(public_key)};
}

Result<SignatureKeyPair> signature_pair(const CipherSuite& suite, SecretBytes private_key) {
  SignaturePublicKey public_key{Bytes(signature_sizes(suite.signature()).public_key)};
  DMLS_CHECK(suite.provider().signature_public_key(suite.signature(), private_key.expose(), public_key.octets));
  return SignatureKeyPair{SignaturePrivateKey(std::move(private_key)), std::move(public_key)};
}

}  // namespace

Result<HpkeKeyPair> derive_hpke_key_pair(const CipherSuite& suite, BytesView ikm) {
  SecretBytes private_key(kem_sizes(suite.kem()).private_key);
  DMLS_CHECK(suite.provider().kem_derive_private_key(suite.kem(), ikm, private_key.expose_mut()));
  return hpke_pair(suite, std::move(private_key));
}

Result<HpkeKeyPair> generate_hpke_key_pair(const CipherSuite& suite, Random& random) {
  DMLS_TRY(const SecretBytes ikm, random.secret(kem_sizes(suite.kem()).private_key));
  return derive_hpke_key_pair(suite, ikm.expose());
}

Result<HpkeKeyPair> hpke_key_pair_from_private(const CipherSuite& suite, HpkePrivateKey private_key) {
  return hpke_pair(suite, std::move(private_key).into_bytes());
}

Result<void> check_public_key(const CipherSuite& suite, const HpkePublicKey& key) {
  return suite.provider().kem_check_public_key(suite.kem(), key.octets);
}

Result<SignatureKeyPair> generate_signature_key_pair(const CipherSuite& suite, Random& random) {
  const std::size_t n = signature_sizes(suite.signature()).private_key;
  DMLS_TRY(const SecretBytes seed, random.secret(n));
  SecretBytes private_key(n);
  DMLS_CHECK(suite.provider().signature_derive_private_key(suite.signature(), seed.expose(), private_key.expose_mut()));
  return signature_pair(suite, std::move(private_key));
}

Result<SignatureKeyPair> signature_key_pair_from_private(const CipherSuite& suite, SignaturePrivateKey private_key) {
  return signature_pair(suite, std::move(private_key).into_bytes());
}

Result<void> check_public_key(const CipherSuite& suite, const SignaturePublicKey& key) {
  return suite.provider().signature_check_public_key(suite.signature(), key.octets);
}

}  // namespace dmls::crypto
