#pragma once
// DMLSMessage: an MLSMessage that says which epoch it belongs to. draft-kohbrok-mls-dmls, "DMLS Messages"

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/fork/node_id.h>
#include <dmls/group/mls_message.h>

namespace dmls::fork {

// struct { MLSMessage message; opaque dmls_epoch<V>; } DMLSMessage. `epoch` is the one whose keys frame the content:
// for a commit the parent. Nothing authenticates it: it is a hint where to look. There is no tag that tells it from an
// MLSMessage, with which it begins; the application knows which it expects.
struct DmlsMessage {
  group::MlsMessage message;  // with a PublicMessage or a PrivateMessage
  NodeId epoch;               // opaque<V>, Nh octets
};

// Checks nothing: the reader does.
[[nodiscard]] Bytes encode_dmls_message(const DmlsMessage&);

// A DMLSMessage as it was received, with the octets of the MLSMessage inside.
struct ReceivedDmlsMessage {
  DmlsMessage content;  // what they say
  Bytes inner;          // the encoded MLSMessage, with which they begin
};
// Refuses what wraps neither a PublicMessage nor a PrivateMessage (newer text of the draft), octets that are left over
// (errors of the codec), and a dmls_epoch that is not of `epoch_length` octets: kInvalidWrapper.
Result<ReceivedDmlsMessage> decode_dmls_message(BytesView octets, std::size_t epoch_length);

}  // namespace dmls::fork
