#pragma once
#include <dmls/base/error.h>

namespace dmls::fork::errc {
inline constexpr Errc kNotDemls{0x0700};  // the group does not say that it is a DeMLS group, or not in words we know
inline constexpr Errc kInvalidWrapper{
    0x0701};  // a DMLSMessage that wraps what it must not, or a dmls_epoch of another length
inline constexpr Errc kWrongEpoch{0x0702};    // the dmls_epoch in the message is not that of the epoch it was used in
inline constexpr Errc kUnknownEpoch{0x0703};  // no epoch of that name is held
inline constexpr Errc kDeletedEpoch{0x0704};  // the epoch was held, and its secrets have been deleted
inline constexpr Errc kNotBound{0x0705};      // a message from outside the group whose signature names no fork
inline constexpr Errc kSignallingChanged{0x0706};  // a commit or proposal would change the signalling extension
inline constexpr Errc kExternalCommits{0x0707};    // an external commit, in a group that allows none
inline constexpr Errc kForeignResumption{0x0708};  // a resumption PSK of another group: its epoch number names no fork
inline constexpr Errc kUnknownCommit{0x0709};      // no own commit of that name waits
inline constexpr Errc kKnownBad{0x070a};           // a message that was refused before, after its key was spent
inline constexpr Errc kBufferFull{0x070b};         // the bounded buffer for messages that wait refused one
}  // namespace dmls::fork::errc
