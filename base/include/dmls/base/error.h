#pragma once
// What went wrong, as a value: a stable number to act on, and the rule that was broken.

#include <cstdint>

namespace dmls {

// Errc is a stable number. It is open: every layer owns a range of 256 and names its codes in <dmls/LAYER/error.h>,
// so that no layer has to know the words of those above it.
//   0x00 base   0x01 tls_codec   0x02 crypto   0x03 treekem   0x04 keyschedule   0x05 pprf   0x06 group   0x07 fork
//   0x08 sendgroup   0x09 storage
enum class Errc : std::uint16_t {};

namespace errc {
inline constexpr Errc kMisuse{0x0001};         // the caller broke a documented precondition
inline constexpr Errc kRandomFailed{0x0002};   // the random source gave no octets
inline constexpr Errc kBackendFailed{0x0003};  // a library below us failed where it should not have
inline constexpr Errc kUnsupported{0x0004};    // valid, but not supported by this build or configuration
inline constexpr Errc kLimit{0x0005};          // beyond a documented bound
}  // namespace errc

// Error names the broken rule. `rule` is a string literal ("RFC 9420 §7.3: ..."): nothing is allocated, and no secret
// can end up in it.
struct Error {
  Errc code;         // to act on
  const char* rule;  // to be read by people
  // Compares the codes alone.
  constexpr bool operator==(const Error& other) const { return code == other.code; }
};

// panic reports a bug of this library (never bad input) and aborts.
[[noreturn]] void panic(const char* what);

}  // namespace dmls
