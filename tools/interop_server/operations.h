#pragma once
// What each call of the interface does. A failure of the library is returned and has changed nothing; BadRequest and
// NotFound are thrown.

#include <dmls/base/result.h>
#include <mls_client.pb.h>

#include "states.h"

namespace dmls::interop {

// about.cc
Result<mls_client::NameResponse> name(States&, const mls_client::NameRequest&);
Result<mls_client::SupportedCiphersuitesResponse> supported_ciphersuites(
    States&, const mls_client::SupportedCiphersuitesRequest&);
Result<mls_client::FreeResponse> free(States&, const mls_client::FreeRequest&);

// entry.cc
Result<mls_client::CreateGroupResponse> create_group(States&, const mls_client::CreateGroupRequest&);
Result<mls_client::CreateKeyPackageResponse> create_key_package(States&, const mls_client::CreateKeyPackageRequest&);
Result<mls_client::JoinGroupResponse> join_group(States&, const mls_client::JoinGroupRequest&);
Result<mls_client::ExternalJoinResponse> external_join(States&, const mls_client::ExternalJoinRequest&);

// epoch.cc
Result<mls_client::GroupInfoResponse> group_info(States&, const mls_client::GroupInfoRequest&);
Result<mls_client::StateAuthResponse> state_auth(States&, const mls_client::StateAuthRequest&);
Result<mls_client::ExportResponse> export_secret(States&, const mls_client::ExportRequest&);
Result<mls_client::ProtectResponse> protect(States&, const mls_client::ProtectRequest&);
Result<mls_client::UnprotectResponse> unprotect(States&, const mls_client::UnprotectRequest&);
Result<mls_client::StorePSKResponse> store_psk(States&, const mls_client::StorePSKRequest&);

// proposals.cc
Result<mls_client::ProposalResponse> add_proposal(States&, const mls_client::AddProposalRequest&);
Result<mls_client::ProposalResponse> update_proposal(States&, const mls_client::UpdateProposalRequest&);
Result<mls_client::ProposalResponse> remove_proposal(States&, const mls_client::RemoveProposalRequest&);
Result<mls_client::ProposalResponse> external_psk_proposal(States&, const mls_client::ExternalPSKProposalRequest&);
Result<mls_client::ProposalResponse> resumption_psk_proposal(States&, const mls_client::ResumptionPSKProposalRequest&);
Result<mls_client::ProposalResponse> group_context_extensions_proposal(
    States&, const mls_client::GroupContextExtensionsProposalRequest&);
Result<mls_client::ProposalResponse> reinit_proposal(States&, const mls_client::ReInitProposalRequest&);
Result<mls_client::ProposalResponse> add_external_signer(States&, const mls_client::AddExternalSignerRequest&);

// commits.cc
Result<mls_client::CommitResponse> commit(States&, const mls_client::CommitRequest&);
Result<mls_client::HandleCommitResponse> handle_commit(States&, const mls_client::HandleCommitRequest&);
Result<mls_client::HandleCommitResponse> handle_pending_commit(States&, const mls_client::HandlePendingCommitRequest&);

// descent.cc
Result<mls_client::HandleReInitCommitResponse> handle_pending_reinit_commit(
    States&, const mls_client::HandlePendingCommitRequest&);
Result<mls_client::HandleReInitCommitResponse> handle_reinit_commit(States&, const mls_client::HandleCommitRequest&);
Result<mls_client::CreateSubgroupResponse> reinit_welcome(States&, const mls_client::ReInitWelcomeRequest&);
Result<mls_client::JoinGroupResponse> handle_reinit_welcome(States&, const mls_client::HandleReInitWelcomeRequest&);
Result<mls_client::CreateSubgroupResponse> create_branch(States&, const mls_client::CreateBranchRequest&);
Result<mls_client::HandleBranchResponse> handle_branch(States&, const mls_client::HandleBranchRequest&);

// outsiders.cc
Result<mls_client::NewMemberAddProposalResponse> new_member_add_proposal(
    States&, const mls_client::NewMemberAddProposalRequest&);
Result<mls_client::CreateExternalSignerResponse> create_external_signer(States&,
                                                                        const mls_client::CreateExternalSignerRequest&);
Result<mls_client::ProposalResponse> external_signer_proposal(States&,
                                                              const mls_client::ExternalSignerProposalRequest&);

}  // namespace dmls::interop
