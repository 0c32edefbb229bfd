#pragma once
#include <dmls/base/error.h>

namespace dmls::keyschedule::errc {
inline constexpr Errc kWrongLength{0x0400};      // a secret or key has another number of octets than the suite asks for
inline constexpr Errc kExportLength{0x0401};     // MLS-Exporter cannot give that many octets
inline constexpr Errc kTooManyPsks{0x0402};      // more PSKs than the count field of a PSKLabel can say
inline constexpr Errc kDuplicatePsk{0x0403};     // one PreSharedKeyID twice
inline constexpr Errc kNoSuchLeaf{0x0404};       // the leaf index lies outside the tree
inline constexpr Errc kGenerationSpent{0x0405};  // the key was used before, or its window has passed: it is gone
inline constexpr Errc kGenerationTooFarAhead{0x0406};  // beyond the look-ahead bound
inline constexpr Errc kRatchetExhausted{0x0407};       // all 2^32 generations of a ratchet are used
inline constexpr Errc kInvalidState{0x0408};           // saved state that cannot be the state of a secret tree
}  // namespace dmls::keyschedule::errc
