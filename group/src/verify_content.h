#pragma once
// What members and observers check alike. RFC 9420 §6, §6.1

#include <dmls/group/framed_content.h>
#include <dmls/group/public_epoch.h>

#include <optional>

namespace dmls::group {

// kWrongGroup, kWrongEpoch
Result<void> check_group_and_epoch(const PublicEpoch&, BytesView group_id, std::uint64_t epoch);
// The same, and that application data does not travel in the clear: for PublicMessages.
Result<void> check_framing(const PublicEpoch&, const FramedContent&);
// With the key that RFC 9420 §6.1 names for this sender, if it may say what it says.
Result<void> verify_signature(const PublicEpoch&, const AuthenticatedContent&);
// The leaf of a sender that is a member; nothing for one from outside.
std::optional<LeafIndex> member_leaf(const Sender&);
// RFC 9420 §12.1.8, the "Ext" column of §17.4. What other documents define is not for outsiders unless they say so.
bool allowed_for_external_senders(const Proposal&);

}  // namespace dmls::group
