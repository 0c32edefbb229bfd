#include "curve448.h"

#include <dmls/crypto/error.h>

#include <algorithm>
#include <array>
#include <cstring>

#if DMLS_WITH_DECAF
#include <decaf/ed448.h>
#include <decaf/point_448.h>

namespace dmls::crypto {
namespace {

constexpr std::size_t kX = DECAF_X448_PUBLIC_BYTES;                  // 56
constexpr std::size_t kEd = DECAF_EDDSA_448_PUBLIC_BYTES;            // 57
constexpr std::size_t kSignature = DECAF_EDDSA_448_SIGNATURE_BYTES;  // 114
constexpr const char* kX448Size = "RFC 9420 §5.1.1: X448 keys have 56 octets";
constexpr const char* kEd448Size = "RFC 9420 §5.1.1: Ed448 keys have 57 octets";
constexpr const char* kLowOrder = "RFC 9180 §7.1.4: the X448 public key is of low order";

// Coordinate is a u coordinate as it travels, least significant octet first.
using Coordinate = std::array<std::uint8_t, kX>;

constexpr Coordinate small(std::uint8_t u) {
  Coordinate c{};
  c[0] = u;
  return c;
}
// p - 1, p = 2^448 - 2^224 - 1.
constexpr Coordinate p_minus_one() {
  Coordinate c{};
  c.fill(0xff);
  c[0] = 0xfe;
  c[28] = 0xfe;
  return c;
}
constexpr Coordinate p() {
  Coordinate c = p_minus_one();
  c[0] = 0xff;
  return c;
}
constexpr Coordinate p_plus_one() {
  Coordinate c{};
  for (std::size_t i = 28; i < kX; ++i) c[i] = 0xff;
  return c;
}
// Every u < 2^448 of order 1, 2 or 4, on the curve or its twist.
constexpr std::array<Coordinate, 5> kLowOrderPoints{small(0), small(1), p_minus_one(), p(), p_plus_one()};

// libdecaf wants an address even for no octets.
const std::uint8_t* address(BytesView v) {
  static constexpr std::uint8_t kNone = 0;
  return v.empty() ? &kNone : v.data();
}

}  // namespace

Result<void> x448_public_key(BytesView private_key, MutableBytes public_key) {
  if (private_key.size() != kX) return fail(errc::kInvalidPrivateKey, kX448Size);
  decaf_x448_derive_public_key(public_key.data(), private_key.data());
  return {};
}

Result<void> x448_check_public_key(BytesView public_key) {
  if (public_key.size() != kX) return fail(errc::kInvalidPublicKey, kX448Size);
  for (const Coordinate& u : kLowOrderPoints)
    if (std::equal(u.begin(), u.end(), public_key.begin())) return fail(errc::kInvalidPublicKey, kLowOrder);
  return {};
}

Result<void> x448(BytesView private_key, BytesView public_key, MutableBytes out) {
  if (private_key.size() != kX) return fail(errc::kInvalidPrivateKey, kX448Size);
  if (public_key.size() != kX) return fail(errc::kInvalidPublicKey, kX448Size);
  // Fails for an all-zero result.
  if (decaf_x448(out.data(), public_key.data(), private_key.data()) != DECAF_SUCCESS)
    return fail(errc::kInvalidPublicKey, kLowOrder);
  return {};
}

Result<void> ed448_public_key(BytesView private_key, MutableBytes public_key) {
  if (private_key.size() != kEd) return fail(errc::kInvalidPrivateKey, kEd448Size);
  decaf_ed448_derive_public_key(public_key.data(), private_key.data());
  return {};
}

Result<void> ed448_check_public_key(BytesView public_key) {
  if (public_key.size() != kEd) return fail(errc::kInvalidPublicKey, kEd448Size);
  // Decoding multiplies by the cofactor, so a point of low order turns into the identity.
  decaf_448_point_t point;
  if (decaf_448_point_decode_like_eddsa_and_mul_by_ratio(point, public_key.data()) != DECAF_SUCCESS ||
      decaf_448_point_eq(point, decaf_448_point_identity) == DECAF_TRUE)
    return fail(errc::kInvalidPublicKey, "RFC 8032 §5.2.5: the octets are no Ed448 public key");
  return {};
}

Result<Bytes> ed448_sign(BytesView private_key, BytesView message) {
  if (private_key.size() != kEd) return fail(errc::kInvalidPrivateKey, kEd448Size);
  // The keypair calls derive the public key themselves; decaf_ed448_sign aborts if it is given another one.
  decaf_eddsa_448_keypair_t pair;
  decaf_ed448_derive_keypair(pair, private_key.data());
  Bytes signature(kSignature);
  // RFC 8032 §5.2: pure Ed448, with an empty context.
  decaf_ed448_keypair_sign(signature.data(), pair, address(message), message.size(), 0, nullptr, 0);
  decaf_ed448_keypair_destroy(pair);
  return signature;
}

Result<void> ed448_verify(BytesView public_key, BytesView message, BytesView signature) {
  if (public_key.size() != kEd) return fail(errc::kInvalidPublicKey, kEd448Size);
  if (signature.size() != kSignature)
    return fail(errc::kBadSignature, "RFC 8032 §5.2.6: an Ed448 signature has 114 octets");
  if (decaf_ed448_verify(signature.data(), public_key.data(), address(message), message.size(), 0, nullptr, 0) !=
      DECAF_SUCCESS)
    return fail(errc::kBadSignature, "RFC 8032 §5.2.7: the Ed448 signature does not verify");
  return {};
}

}  // namespace dmls::crypto

#else

namespace dmls::crypto {
namespace {
constexpr Unexpected absent() { return fail(errc::kUnsupported, "this build has no X448 and no Ed448"); }
}  // namespace
Result<void> x448_public_key(BytesView, MutableBytes) { return absent(); }
Result<void> x448_check_public_key(BytesView) { return absent(); }
Result<void> x448(BytesView, BytesView, MutableBytes) { return absent(); }
Result<void> ed448_public_key(BytesView, MutableBytes) { return absent(); }
Result<void> ed448_check_public_key(BytesView) { return absent(); }
Result<Bytes> ed448_sign(BytesView, BytesView) { return absent(); }
Result<void> ed448_verify(BytesView, BytesView, BytesView) { return absent(); }
}  // namespace dmls::crypto

#endif
