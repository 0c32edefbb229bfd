#pragma once
#include <dmls/base/error.h>

namespace dmls::sendgroup::errc {
inline constexpr Errc kInvalidPskId{0x0800};         // the octets name no epoch of a Send Group
inline constexpr Errc kInvalidExportLength{0x0801};  // not between 32 and 255 * KDF.Nh octets
inline constexpr Errc kNoUniverse{0x0802};           // there is no universe yet: nobody was announced
inline constexpr Errc kNotOwner{0x0803};             // somebody else than the owner spoke in a Send Group
inline constexpr Errc kWrongOwner{0x0804};           // leaf 0 is not whom the group id belongs to
inline constexpr Errc kForbiddenProposal{0x0805};    // a proposal that Send Groups do not have
inline constexpr Errc kInvalidImport{0x0806};        // a PSK that may not be imported in this commit
inline constexpr Errc kStaleImport{0x0807};          // a PSK of an epoch not newer than one that was imported before
inline constexpr Errc kUnknownGroup{0x0808};         // a group id that belongs to nobody
inline constexpr Errc kInvalidAnnouncement{0x0809};  // an announcement that contradicts what is known
inline constexpr Errc kSuiteNotAllowed{0x080a};      // a cipher suite outside those of the universe
inline constexpr Errc kMissingKeyPackage{0x080b};    // somebody has to be added, and there is no key package
inline constexpr Errc kNothingToCommit{0x080c};      // nothing to import, add or remove
inline constexpr Errc kNeedsResync{0x080d};          // the group cannot be followed any more, see Session::lost()
inline constexpr Errc kUnknownParticipant{0x080e};   // nobody of that identity takes part
inline constexpr Errc kInvalidContent{0x080f};       // application data that is not a session's
}  // namespace dmls::sendgroup::errc
