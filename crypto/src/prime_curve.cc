#include "prime_curve.h"

#include <dmls/crypto/error.h>
#include <openssl/ecdh.h>
#include <openssl/err.h>
#include <openssl/nid.h>

namespace dmls::crypto {
namespace {

constexpr const char* kPrivate = "RFC 9180 §7.1.2: a private key is a scalar in [1, n-1] of the field's size";
constexpr const char* kPublic = "RFC 9420 §5.1.1: a public key is an uncompressed point on the curve";

// BoringSSL's curves are static objects: nothing is allocated per call, and nothing is freed.
const EC_GROUP* group(int nid) {
  const EC_GROUP* g = EC_GROUP_new_by_curve_name(nid);
  if (g == nullptr) panic("BoringSSL lacks a NIST curve");
  return g;
}

PrimeCurve p256() {
  static const PrimeCurve curve{group(NID_X9_62_prime256v1), 32};
  return curve;
}
PrimeCurve p384() {
  static const PrimeCurve curve{group(NID_secp384r1), 48};
  return curve;
}
PrimeCurve p521() {
  static const PrimeCurve curve{group(NID_secp521r1), 66};
  return curve;
}

Unexpected refuse(Errc code, const char* rule) {
  ERR_clear_error();
  return fail(code, rule);
}

}  // namespace

PrimeCurve prime_curve(KemId id) {
  switch (id) {
    case KemId::dhkem_p256_hkdf_sha256: return p256();
    case KemId::dhkem_p384_hkdf_sha384: return p384();
    case KemId::dhkem_p521_hkdf_sha512: return p521();
    default: panic("not a KEM over a NIST curve");
  }
}

PrimeCurve prime_curve(SignatureScheme id) {
  switch (id) {
    case SignatureScheme::ecdsa_secp256r1_sha256: return p256();
    case SignatureScheme::ecdsa_secp384r1_sha384: return p384();
    case SignatureScheme::ecdsa_secp521r1_sha512: return p521();
    default: panic("not ECDSA");
  }
}

bssl::UniquePtr<BIGNUM> parse_scalar(const PrimeCurve& curve, BytesView private_key) {
  if (private_key.size() != curve.field) return nullptr;
  bssl::UniquePtr<BIGNUM> scalar(BN_bin2bn(private_key.data(), private_key.size(), nullptr));
  if (scalar == nullptr || BN_is_zero(scalar.get()) || BN_cmp(scalar.get(), EC_GROUP_get0_order(curve.group)) >= 0)
    return nullptr;
  return scalar;
}

bssl::UniquePtr<EC_POINT> parse_point(const PrimeCurve& curve, BytesView public_key) {
  if (public_key.size() != curve.point() || public_key[0] != POINT_CONVERSION_UNCOMPRESSED) return nullptr;
  bssl::UniquePtr<EC_POINT> point(EC_POINT_new(curve.group));
  if (point == nullptr ||
      EC_POINT_oct2point(curve.group, point.get(), public_key.data(), public_key.size(), nullptr) != 1)
    return nullptr;
  return point;
}

bssl::UniquePtr<EC_KEY> parse_private_key(const PrimeCurve& curve, BytesView private_key) {
  const auto scalar = parse_scalar(curve, private_key);
  bssl::UniquePtr<EC_KEY> key(EC_KEY_new());
  if (scalar == nullptr || key == nullptr || EC_KEY_set_group(key.get(), curve.group) != 1 ||
      EC_KEY_set_private_key(key.get(), scalar.get()) != 1)
    return nullptr;
  return key;
}

Result<void> prime_check_private_key(const PrimeCurve& curve, BytesView private_key) {
  if (parse_scalar(curve, private_key) == nullptr) return refuse(errc::kInvalidPrivateKey, kPrivate);
  return {};
}

Result<void> prime_public_key(const PrimeCurve& curve, BytesView private_key, MutableBytes public_key) {
  const auto scalar = parse_scalar(curve, private_key);
  if (scalar == nullptr) return refuse(errc::kInvalidPrivateKey, kPrivate);
  const bssl::UniquePtr<EC_POINT> point(EC_POINT_new(curve.group));
  if (point == nullptr || EC_POINT_mul(curve.group, point.get(), scalar.get(), nullptr, nullptr, nullptr) != 1 ||
      EC_POINT_point2oct(curve.group, point.get(), POINT_CONVERSION_UNCOMPRESSED, public_key.data(), public_key.size(),
                         nullptr) != curve.point())
    return refuse(errc::kBackendFailed, "BoringSSL could not compute a public key");
  return {};
}

Result<void> prime_check_public_key(const PrimeCurve& curve, BytesView public_key) {
  if (parse_point(curve, public_key) == nullptr) return refuse(errc::kInvalidPublicKey, kPublic);
  return {};
}

Result<void> prime_dh(const PrimeCurve& curve, BytesView private_key, BytesView public_key, MutableBytes out) {
  const auto key = parse_private_key(curve, private_key);
  if (key == nullptr) return refuse(errc::kInvalidPrivateKey, kPrivate);
  const auto point = parse_point(curve, public_key);
  if (point == nullptr) return refuse(errc::kInvalidPublicKey, kPublic);
  // The curves have prime order, so a valid scalar never yields the identity; BoringSSL would refuse it.
  if (ECDH_compute_key(out.data(), out.size(), point.get(), key.get(), nullptr) != static_cast<int>(curve.field))
    return refuse(errc::kInvalidPublicKey, "RFC 9180 §7.1.4: the Diffie-Hellman result is the identity");
  return {};
}

}  // namespace dmls::crypto
