#include "curve25519.h"

#include <dmls/base/secret.h>
#include <dmls/crypto/error.h>
#include <openssl/curve25519.h>
#include <openssl/err.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace dmls::crypto {
namespace {

constexpr const char* kPrivateSize = "RFC 9420 §5.1.1: an X25519 or Ed25519 private key has 32 octets";
constexpr const char* kPublicSize = "RFC 9420 §5.1.1: an X25519 or Ed25519 public key has 32 octets";
constexpr const char* kLowOrder = "RFC 9180 §7.1.4: the X25519 public key is of low order";

// Coordinate is a u coordinate as it travels, least significant octet first.
using Coordinate = std::array<std::uint8_t, 32>;

constexpr Coordinate small(std::uint8_t u) {
  Coordinate c{};
  c[0] = u;
  return c;
}
// p + difference, p = 2^255 - 19.
constexpr Coordinate near_p(int difference) {
  Coordinate c{};
  c.fill(0xff);
  c[0] = static_cast<std::uint8_t>(0xed + difference);
  c[31] = 0x7f;
  return c;
}
// Every u < 2^255 of order 1, 2, 4 or 8, on the curve or its twist.
constexpr std::array<Coordinate, 7> kLowOrderPoints{
    small(0),
    small(1),
    near_p(-1),
    near_p(0),
    near_p(1),
    Coordinate{0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
               0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
    Coordinate{0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b,
               0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
};

// X25519 of a point that is not the base point; false if the result is all zero.
bool multiply(std::uint8_t* out, const std::uint8_t* private_key, const std::uint8_t* public_key) {
#if defined(__x86_64__)
  // The one primitive where libsodium is faster, once sodium_init() has found its vector code: 30 us against 35 to 44
  // us of BoringSSL r24, depending on how that was compiled (AMD EPYC, libsodium 1.0.18). With the base point BoringSSL
  // is faster (16 us against 27 us), and in Ed25519 they are equal.
  static const bool ready = sodium_init() >= 0;
  if (ready) return crypto_scalarmult_curve25519(out, private_key, public_key) == 0;
#endif
  return X25519(out, private_key, public_key) == 1;
}

}  // namespace

Result<void> x25519_public_key(BytesView private_key, MutableBytes public_key) {
  if (private_key.size() != X25519_PRIVATE_KEY_LEN) return fail(errc::kInvalidPrivateKey, kPrivateSize);
  X25519_public_from_private(public_key.data(), private_key.data());
  return {};
}

Result<void> x25519_check_public_key(BytesView public_key) {
  if (public_key.size() != X25519_PUBLIC_VALUE_LEN) return fail(errc::kInvalidPublicKey, kPublicSize);
  Coordinate u;
  std::memcpy(u.data(), public_key.data(), u.size());
  u[31] &= 0x7f;  // RFC 7748 §5: the top bit is ignored
  if (std::find(kLowOrderPoints.begin(), kLowOrderPoints.end(), u) != kLowOrderPoints.end())
    return fail(errc::kInvalidPublicKey, kLowOrder);
  return {};
}

Result<void> x25519(BytesView private_key, BytesView public_key, MutableBytes out) {
  if (private_key.size() != X25519_PRIVATE_KEY_LEN) return fail(errc::kInvalidPrivateKey, kPrivateSize);
  if (public_key.size() != X25519_PUBLIC_VALUE_LEN) return fail(errc::kInvalidPublicKey, kPublicSize);
  if (!multiply(out.data(), private_key.data(), public_key.data())) return fail(errc::kInvalidPublicKey, kLowOrder);
  return {};
}

Result<void> ed25519_public_key(BytesView private_key, MutableBytes public_key) {
  if (private_key.size() != 32) return fail(errc::kInvalidPrivateKey, kPrivateSize);
  std::array<std::uint8_t, ED25519_PRIVATE_KEY_LEN> expanded;
  ED25519_keypair_from_seed(public_key.data(), expanded.data(), private_key.data());
  secure_wipe(expanded.data(), expanded.size());
  return {};
}

Result<void> ed25519_check_public_key(BytesView public_key) {
  if (public_key.size() != ED25519_PUBLIC_KEY_LEN) return fail(errc::kInvalidPublicKey, kPublicSize);
  // Every key that RFC 8032 §5.1.5 can make is canonical, on the curve, and in the prime-order group without its
  // identity. BoringSSL has no call that says so.
  if (crypto_core_ed25519_is_valid_point(public_key.data()) != 1)
    return fail(errc::kInvalidPublicKey, "RFC 8032 §5.1.5: the octets are no Ed25519 public key");
  return {};
}

Result<Bytes> ed25519_sign(BytesView private_key, BytesView public_key, BytesView message) {
  if (private_key.size() != 32) return fail(errc::kInvalidPrivateKey, kPrivateSize);
  if (public_key.size() != ED25519_PUBLIC_KEY_LEN) return fail(errc::kInvalidPublicKey, kPublicSize);
  // BoringSSL's private key is the seed of RFC 8032 followed by the public key.
  std::array<std::uint8_t, ED25519_PRIVATE_KEY_LEN> expanded;
  std::memcpy(expanded.data(), private_key.data(), 32);
  std::memcpy(expanded.data() + 32, public_key.data(), 32);
  Bytes signature(ED25519_SIGNATURE_LEN);
  const int ok = ED25519_sign(signature.data(), message.data(), message.size(), expanded.data());
  secure_wipe(expanded.data(), expanded.size());
  if (ok != 1) {
    ERR_clear_error();
    return fail(errc::kBackendFailed, "BoringSSL could not sign");
  }
  return signature;
}

Result<void> ed25519_verify(BytesView public_key, BytesView message, BytesView signature) {
  if (public_key.size() != ED25519_PUBLIC_KEY_LEN) return fail(errc::kInvalidPublicKey, kPublicSize);
  if (signature.size() != ED25519_SIGNATURE_LEN)
    return fail(errc::kBadSignature, "RFC 8032 §5.1.6: an Ed25519 signature has 64 octets");
  if (ED25519_verify(message.data(), message.size(), signature.data(), public_key.data()) != 1) {
    ERR_clear_error();
    return fail(errc::kBadSignature, "RFC 8032 §5.1.7: the Ed25519 signature does not verify");
  }
  return {};
}

}  // namespace dmls::crypto
