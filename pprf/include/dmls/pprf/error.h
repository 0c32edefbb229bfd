#pragma once
#include <dmls/base/error.h>

namespace dmls::pprf::errc {
inline constexpr Errc kSecretLength{0x0500};  // the secret does not have Nh octets
inline constexpr Errc kInputLength{0x0501};   // the input does not have as many bits as the tree is deep
inline constexpr Errc kPunctured{0x0502};     // this input was spent
inline constexpr Errc kNotKept{0x0503};       // the node above this input was given up: bounded copath, intersect
inline constexpr Errc kStale{0x0504};         // the evaluation belongs to another PPRF object
inline constexpr Errc kMalformed{0x0505};     // an exported state, record or delta that this library would not write
inline constexpr Errc kMismatch{0x0506};      // suites or parameters differ
inline constexpr Errc kConflict{0x0507};      // two states hold different secrets for one node
inline constexpr Errc kParameters{0x0508};    // a depth that no tree can have
}  // namespace dmls::pprf::errc
