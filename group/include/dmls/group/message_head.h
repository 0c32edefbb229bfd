#pragma once
// What a message says about itself without being opened: enough to route it.

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/group/framed_content.h>

#include <cstdint>
#include <optional>

namespace dmls::group {

// Nothing of it is verified.
struct MessageHead {
  WireFormat wire_format{};                 // which kind of message it is
  Bytes group_id;                           // empty for a Welcome and a KeyPackage
  std::uint64_t epoch = 0;                  // of a PublicMessage, a PrivateMessage or a GroupInfo
  std::optional<ContentType> content_type;  // of a PublicMessage or a PrivateMessage
};

// Reads an encoded MLSMessage completely, and refuses what does not decode: errors of the codec.
Result<MessageHead> message_head(BytesView message);

}  // namespace dmls::group
