#pragma once
// The NIST curves P-256, P-384 and P-521: keys in the formats of RFC 9420 §5.1.1, and Diffie-Hellman.

#include <dmls/base/result.h>
#include <dmls/crypto/provider.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>

#include <cstddef>

namespace dmls::crypto {

// PrimeCurve is a curve of BoringSSL's, with the octets of a scalar and of a coordinate (they are equal for all three).
// BoringSSL wipes whatever it frees, so scalars in its objects need no further care.
struct PrimeCurve {
  const EC_GROUP* group;
  std::size_t field;
  [[nodiscard]] std::size_t point() const { return 1 + 2 * field; }
};
PrimeCurve prime_curve(KemId);
PrimeCurve prime_curve(SignatureScheme);

// A private scalar in [1, n-1] of exactly the field's size; null otherwise.
bssl::UniquePtr<BIGNUM> parse_scalar(const PrimeCurve&, BytesView private_key);
// An uncompressed point on the curve; null otherwise. RFC 9420 §5.1.1 allows no other form.
bssl::UniquePtr<EC_POINT> parse_point(const PrimeCurve&, BytesView public_key);
// The private key as BoringSSL's ECDSA and ECDH take it; null if parse_scalar refuses it.
bssl::UniquePtr<EC_KEY> parse_private_key(const PrimeCurve&, BytesView private_key);

// The four operations that a Provider needs.
Result<void> prime_check_private_key(const PrimeCurve&, BytesView private_key);
Result<void> prime_public_key(const PrimeCurve&, BytesView private_key, MutableBytes public_key);
Result<void> prime_check_public_key(const PrimeCurve&, BytesView public_key);
Result<void> prime_dh(const PrimeCurve&, BytesView private_key, BytesView public_key, MutableBytes out);

}  // namespace dmls::crypto
