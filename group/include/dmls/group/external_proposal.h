#pragma once
// Proposals of an external sender: somebody who is no member, and whom the group knows by its external_senders
// extension. RFC 9420 §12.1.8

#include <dmls/base/bytes.h>
#include <dmls/base/result.h>
#include <dmls/crypto/signature.h>
#include <dmls/group/proposal.h>

#include <cstdint>

namespace dmls::group {

// Where an external sender stands.
struct ExternalSenderPosition {
  Bytes group_id;                  // of the group that knows it
  std::uint64_t epoch = 0;         // the group's present one: the proposal is void in any other
  std::uint32_t sender_index = 0;  // its place in external_senders
};

// An encoded MLSMessage with the proposal, to be sent to the members. kInvalidSender for a type that external senders
// may not propose: Update, ExternalInit, and what RFC 9420 does not define.
Result<Bytes> make_external_proposal(const ExternalSenderPosition&, Proposal, const crypto::Signer&,
                                     BytesView authenticated_data = {});

}  // namespace dmls::group
