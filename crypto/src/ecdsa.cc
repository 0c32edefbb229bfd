#include "ecdsa.h"

#include <dmls/crypto/error.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>

#include <array>

#include "prime_curve.h"

namespace dmls::crypto {

HashId ecdsa_hash(SignatureScheme scheme) {
  switch (scheme) {
    case SignatureScheme::ecdsa_secp256r1_sha256: return HashId::sha256;
    case SignatureScheme::ecdsa_secp384r1_sha384: return HashId::sha384;
    case SignatureScheme::ecdsa_secp521r1_sha512: return HashId::sha512;
    default: panic("not ECDSA");
  }
}

Result<Bytes> ecdsa_sign(const Provider& provider, SignatureScheme scheme, BytesView private_key, BytesView message) {
  const auto key = parse_private_key(prime_curve(scheme), private_key);
  if (key == nullptr) {
    ERR_clear_error();
    return fail(errc::kInvalidPrivateKey, "RFC 9420 §5.1.1: an ECDSA private key is a scalar in [1, n-1]");
  }
  std::array<std::uint8_t, kMaxHashLength> digest;
  const auto hash = MutableBytes(digest).first(hash_length(ecdsa_hash(scheme)));
  provider.hash(ecdsa_hash(scheme), Parts(&message, 1), hash);

  // The nonce is BoringSSL's own: random, with the key and the digest mixed in.
  Bytes signature(ECDSA_size(key.get()));
  unsigned n = 0;
  if (ECDSA_sign(0, hash.data(), hash.size(), signature.data(), &n, key.get()) != 1) {
    ERR_clear_error();
    return fail(errc::kBackendFailed, "BoringSSL could not sign");
  }
  signature.resize(n);
  return signature;
}

Result<void> ecdsa_verify(const Provider& provider, SignatureScheme scheme, BytesView public_key, BytesView message,
                          BytesView signature) {
  const PrimeCurve curve = prime_curve(scheme);
  const auto point = parse_point(curve, public_key);
  const bssl::UniquePtr<EC_KEY> key(EC_KEY_new());
  if (point == nullptr || key == nullptr || EC_KEY_set_group(key.get(), curve.group) != 1 ||
      EC_KEY_set_public_key(key.get(), point.get()) != 1) {
    ERR_clear_error();
    return fail(errc::kInvalidPublicKey, "RFC 9420 §5.1.1: an ECDSA public key is an uncompressed point on the curve");
  }
  std::array<std::uint8_t, kMaxHashLength> digest;
  const auto hash = MutableBytes(digest).first(hash_length(ecdsa_hash(scheme)));
  provider.hash(ecdsa_hash(scheme), Parts(&message, 1), hash);

  // BoringSSL parses DER strictly, and encodes again to compare. A high s is as good as a low one (RFC 9420 says
  // nothing else).
  if (ECDSA_verify(0, hash.data(), hash.size(), signature.data(), signature.size(), key.get()) != 1) {
    ERR_clear_error();
    return fail(errc::kBadSignature, "RFC 9420 §5.1.2: the ECDSA signature does not verify");
  }
  return {};
}

}  // namespace dmls::crypto
