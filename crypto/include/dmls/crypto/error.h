#pragma once
#include <dmls/base/error.h>

namespace dmls::crypto::errc {
using namespace ::dmls::errc;                      // so that errc::kLimit means base's, here too
inline constexpr Errc kUnknownSuite{0x0200};       // no such cipher suite, or not in this build
inline constexpr Errc kInvalidPublicKey{0x0201};   // wrong size, not on the curve, or of low order
inline constexpr Errc kInvalidPrivateKey{0x0202};  // wrong size or out of range
inline constexpr Errc kBadSignature{0x0203};       // the signature does not verify
inline constexpr Errc kOpenFailed{0x0204};         // the AEAD tag does not verify, or the ciphertext is too short
inline constexpr Errc kBadTag{0x0205};             // a MAC does not verify
inline constexpr Errc kSequenceExhausted{0x0206};  // an HPKE context has no nonce left
}  // namespace dmls::crypto::errc
