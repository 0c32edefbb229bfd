// What a group sends besides commits.
#include <dmls/group/group.h>

#include "group_past.h"
#include "group_store.h"

namespace dmls::group {

Result<Bytes> Group::protect(BytesView data, BytesView authenticated_data) {
  DMLS_CHECK(check_active());
  if (commit_comes_first(epoch_, proposals_, *config_))
    return fail(errc::kCommitFirst,
                "RFC 9420 §12.4: proposals wait, which are committed before application data is sent");
  DMLS_TRY(const auto message, make_application_message(epoch_, data, authenticated_data, *config_));
  DMLS_CHECK(save_sent({}));
  return tls_codec::encode(message);
}

Result<SentProposal> Group::propose(Proposal proposal, const ProposalOptions& options) {
  if (std::holds_alternative<Update>(proposal))
    return fail(dmls::errc::kMisuse, "an Update needs its private key: propose_update()");
  return send_proposal(std::move(proposal), options, std::nullopt);
}

Result<SentProposal> Group::propose_update(const ProposalOptions& options, std::optional<SigningIdentity> identity) {
  DMLS_CHECK(check_active());
  DMLS_TRY(auto fresh, make_update(epoch_, *config_, std::move(identity)));
  return send_proposal(std::move(fresh.proposal), options, std::move(fresh.behind));
}

Result<SentProposal> Group::send_proposal(Proposal proposal, const ProposalOptions& options,
                                          std::optional<OwnUpdate> own_update) {
  DMLS_CHECK(check_active());
  DMLS_TRY(auto made, make_proposal(epoch_, std::move(proposal), options, proposals_, *config_));
  storage::Batch batch;
  if (stored_)
    batch.put(stored_->below("q", stored_->take_number()), record_of(made.stored, own_update ? &*own_update : nullptr));
  DMLS_CHECK(save_sent(std::move(batch)));
  SentProposal out{tls_codec::encode(made.message), made.stored.reference};
  DMLS_CHECK(proposals_.add(std::move(made.stored)));
  if (own_update) proposals_.add_own_update(out.reference, *std::move(own_update));
  return out;
}

}  // namespace dmls::group
