#pragma once
#include <dmls/base/error.h>

namespace dmls::storage::errc {
inline constexpr Errc kWriteFailed{0x0900};      // nothing was written; the reason is outside (full disk, I/O error)
inline constexpr Errc kReadFailed{0x0901};       // the store cannot be read
inline constexpr Errc kBroken{0x0902};           // an earlier failure left it unclear what is stored: open it again
inline constexpr Errc kInUse{0x0903};            // somebody else has the store open
inline constexpr Errc kUnknownFormat{0x0904};    // not a store of ours, or of a later version
inline constexpr Errc kNotForgetful{0x0905};     // the medium does not promise that what is erased is gone
inline constexpr Errc kNotAuthentic{0x0906};     // a sealed record was changed, moved, or sealed with another key
inline constexpr Errc kMalformedKey{0x0907};     // a key that is no sequence of components
inline constexpr Errc kMalformedRecord{0x0908};  // what was read back is not what was written
}  // namespace dmls::storage::errc
