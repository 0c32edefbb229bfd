#pragma once
#include <dmls/base/error.h>

namespace dmls::group::errc {
inline constexpr Errc kWrongGroup{0x0600};     // the message belongs to another group
inline constexpr Errc kWrongEpoch{0x0601};     // the message belongs to an epoch that this client cannot read
inline constexpr Errc kInvalidSender{0x0602};  // blank leaf, unknown external sender, or a sender type not allowed here
inline constexpr Errc kInvalidMessage{0x0603};   // framing rules of RFC 9420 §6 (padding, content type, wire format)
inline constexpr Errc kInvalidProposal{0x0604};  // one proposal is invalid, RFC 9420 §12.1
inline constexpr Errc kInvalidProposalList{0x0605};   // the proposals do not go together, RFC 9420 §12.2
inline constexpr Errc kInvalidCommit{0x0606};         // RFC 9420 §12.4
inline constexpr Errc kUnknownProposal{0x0607};       // a commit names a proposal that this client has not seen
inline constexpr Errc kUnknownPsk{0x0608};            // a pre-shared key that this client does not hold
inline constexpr Errc kConfirmationMismatch{0x0609};  // the confirmation tag does not verify: the states differ
inline constexpr Errc kInvalidWelcome{0x060a};        // RFC 9420 §12.4.3.1
inline constexpr Errc kNotForUs{0x060b};              // a Welcome that names none of this client's key packages
inline constexpr Errc kInvalidGroupInfo{0x060c};      // RFC 9420 §12.4.3
inline constexpr Errc kRefusedByPolicy{0x060d};       // the application's policy or credential validation said no
inline constexpr Errc kStale{0x060e};    // a transition that does not start at the present epoch, or happened already
inline constexpr Errc kRemoved{0x060f};  // this client is no longer a member and cannot send
inline constexpr Errc kClosed{0x0610};   // the group was re-initialised and takes no more messages
inline constexpr Errc kOwnMessage{0x0611};   // a message of this client's own
inline constexpr Errc kKnownGroup{0x0612};   // a Welcome to a group that this client is in already
inline constexpr Errc kNotAMember{0x0613};   // no member has the identity that was looked for
inline constexpr Errc kCommitFirst{0x0614};  // proposals wait that have to be committed before that
}  // namespace dmls::group::errc
