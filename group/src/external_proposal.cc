#include <dmls/group/error.h>
#include <dmls/group/external_proposal.h>
#include <dmls/group/mls_message.h>

#include "verify_content.h"

namespace dmls::group {

Result<Bytes> make_external_proposal(const ExternalSenderPosition& position, Proposal proposal,
                                     const crypto::Signer& signer, BytesView authenticated_data) {
  if (!allowed_for_external_senders(proposal))
    return fail(errc::kInvalidSender, "RFC 9420 §12.1.8: an external sender may not say this");
  PublicMessage out{{position.group_id, position.epoch, ExternalSender{position.sender_index},
                     to_bytes(authenticated_data), ProposalContent{std::move(proposal)}},
                    {},
                    std::nullopt};
  const Bytes tbs = framed_content_tbs(WireFormat::mls_public_message, out.content, {});
  DMLS_TRY(out.auth.signature, crypto::sign_with_label(signer, "FramedContentTBS", tbs));
  return tls_codec::encode(MlsMessage{std::move(out)});
}

}  // namespace dmls::group
