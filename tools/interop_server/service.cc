#include "service.h"

#include <cstdio>

#include "operations.h"

namespace dmls::interop {
namespace {

grpc::Status refusal(const Error& error) {
  char number[16];
  std::snprintf(number, sizeof number, "0x%04x ", static_cast<unsigned>(error.code));
  return {grpc::StatusCode::FAILED_PRECONDITION, std::string(number) + error.rule};
}

template <class Request, class Response>
grpc::Status answer(std::mutex& mutex, States& states, Result<Response> (*operation)(States&, const Request&),
                    const Request& request, Response& response) {
  const std::lock_guard lock(mutex);
  try {
    Result<Response> result = operation(states, request);
    if (!result) return refusal(result.error());
    response = *std::move(result);
    return grpc::Status::OK;
  } catch (const BadRequest& why) {
    return {grpc::StatusCode::INVALID_ARGUMENT, why.what};
  } catch (const NotFound& why) {
    return {grpc::StatusCode::NOT_FOUND, why.what};
  }
}

}  // namespace

grpc::Status Service::Name(grpc::ServerContext*, const mls_client::NameRequest* request,
                           mls_client::NameResponse* response) {
  return answer(mutex_, states_, interop::name, *request, *response);
}

grpc::Status Service::SupportedCiphersuites(grpc::ServerContext*,
                                            const mls_client::SupportedCiphersuitesRequest* request,
                                            mls_client::SupportedCiphersuitesResponse* response) {
  return answer(mutex_, states_, interop::supported_ciphersuites, *request, *response);
}

grpc::Status Service::CreateGroup(grpc::ServerContext*, const mls_client::CreateGroupRequest* request,
                                  mls_client::CreateGroupResponse* response) {
  return answer(mutex_, states_, interop::create_group, *request, *response);
}

grpc::Status Service::CreateKeyPackage(grpc::ServerContext*, const mls_client::CreateKeyPackageRequest* request,
                                       mls_client::CreateKeyPackageResponse* response) {
  return answer(mutex_, states_, interop::create_key_package, *request, *response);
}

grpc::Status Service::JoinGroup(grpc::ServerContext*, const mls_client::JoinGroupRequest* request,
                                mls_client::JoinGroupResponse* response) {
  return answer(mutex_, states_, interop::join_group, *request, *response);
}

grpc::Status Service::ExternalJoin(grpc::ServerContext*, const mls_client::ExternalJoinRequest* request,
                                   mls_client::ExternalJoinResponse* response) {
  return answer(mutex_, states_, interop::external_join, *request, *response);
}

grpc::Status Service::GroupInfo(grpc::ServerContext*, const mls_client::GroupInfoRequest* request,
                                mls_client::GroupInfoResponse* response) {
  return answer(mutex_, states_, interop::group_info, *request, *response);
}

grpc::Status Service::StateAuth(grpc::ServerContext*, const mls_client::StateAuthRequest* request,
                                mls_client::StateAuthResponse* response) {
  return answer(mutex_, states_, interop::state_auth, *request, *response);
}

grpc::Status Service::Export(grpc::ServerContext*, const mls_client::ExportRequest* request,
                             mls_client::ExportResponse* response) {
  return answer(mutex_, states_, interop::export_secret, *request, *response);
}

grpc::Status Service::Protect(grpc::ServerContext*, const mls_client::ProtectRequest* request,
                              mls_client::ProtectResponse* response) {
  return answer(mutex_, states_, interop::protect, *request, *response);
}

grpc::Status Service::Unprotect(grpc::ServerContext*, const mls_client::UnprotectRequest* request,
                                mls_client::UnprotectResponse* response) {
  return answer(mutex_, states_, interop::unprotect, *request, *response);
}

grpc::Status Service::StorePSK(grpc::ServerContext*, const mls_client::StorePSKRequest* request,
                               mls_client::StorePSKResponse* response) {
  return answer(mutex_, states_, interop::store_psk, *request, *response);
}

grpc::Status Service::AddProposal(grpc::ServerContext*, const mls_client::AddProposalRequest* request,
                                  mls_client::ProposalResponse* response) {
  return answer(mutex_, states_, interop::add_proposal, *request, *response);
}

grpc::Status Service::UpdateProposal(grpc::ServerContext*, const mls_client::UpdateProposalRequest* request,
                                     mls_client::ProposalResponse* response) {
  return answer(mutex_, states_, interop::update_proposal, *request, *response);
}

grpc::Status Service::RemoveProposal(grpc::ServerContext*, const mls_client::RemoveProposalRequest* request,
                                     mls_client::ProposalResponse* response) {
  return answer(mutex_, states_, interop::remove_proposal, *request, *response);
}

grpc::Status Service::ExternalPSKProposal(grpc::ServerContext*, const mls_client::ExternalPSKProposalRequest* request,
                                          mls_client::ProposalResponse* response) {
  return answer(mutex_, states_, interop::external_psk_proposal, *request, *response);
}

grpc::Status Service::ResumptionPSKProposal(grpc::ServerContext*,
                                            const mls_client::ResumptionPSKProposalRequest* request,
                                            mls_client::ProposalResponse* response) {
  return answer(mutex_, states_, interop::resumption_psk_proposal, *request, *response);
}

grpc::Status Service::GroupContextExtensionsProposal(grpc::ServerContext*,
                                                     const mls_client::GroupContextExtensionsProposalRequest* request,
                                                     mls_client::ProposalResponse* response) {
  return answer(mutex_, states_, interop::group_context_extensions_proposal, *request, *response);
}

grpc::Status Service::Commit(grpc::ServerContext*, const mls_client::CommitRequest* request,
                             mls_client::CommitResponse* response) {
  return answer(mutex_, states_, interop::commit, *request, *response);
}

grpc::Status Service::HandleCommit(grpc::ServerContext*, const mls_client::HandleCommitRequest* request,
                                   mls_client::HandleCommitResponse* response) {
  return answer(mutex_, states_, interop::handle_commit, *request, *response);
}

grpc::Status Service::HandlePendingCommit(grpc::ServerContext*, const mls_client::HandlePendingCommitRequest* request,
                                          mls_client::HandleCommitResponse* response) {
  return answer(mutex_, states_, interop::handle_pending_commit, *request, *response);
}

grpc::Status Service::ReInitProposal(grpc::ServerContext*, const mls_client::ReInitProposalRequest* request,
                                     mls_client::ProposalResponse* response) {
  return answer(mutex_, states_, interop::reinit_proposal, *request, *response);
}

grpc::Status Service::ReInitCommit(grpc::ServerContext*, const mls_client::CommitRequest* request,
                                   mls_client::CommitResponse* response) {
  return answer(mutex_, states_, interop::commit, *request, *response);
}

grpc::Status Service::HandlePendingReInitCommit(grpc::ServerContext*,
                                                const mls_client::HandlePendingCommitRequest* request,
                                                mls_client::HandleReInitCommitResponse* response) {
  return answer(mutex_, states_, interop::handle_pending_reinit_commit, *request, *response);
}

grpc::Status Service::HandleReInitCommit(grpc::ServerContext*, const mls_client::HandleCommitRequest* request,
                                         mls_client::HandleReInitCommitResponse* response) {
  return answer(mutex_, states_, interop::handle_reinit_commit, *request, *response);
}

grpc::Status Service::ReInitWelcome(grpc::ServerContext*, const mls_client::ReInitWelcomeRequest* request,
                                    mls_client::CreateSubgroupResponse* response) {
  return answer(mutex_, states_, interop::reinit_welcome, *request, *response);
}

grpc::Status Service::HandleReInitWelcome(grpc::ServerContext*, const mls_client::HandleReInitWelcomeRequest* request,
                                          mls_client::JoinGroupResponse* response) {
  return answer(mutex_, states_, interop::handle_reinit_welcome, *request, *response);
}

grpc::Status Service::CreateBranch(grpc::ServerContext*, const mls_client::CreateBranchRequest* request,
                                   mls_client::CreateSubgroupResponse* response) {
  return answer(mutex_, states_, interop::create_branch, *request, *response);
}

grpc::Status Service::HandleBranch(grpc::ServerContext*, const mls_client::HandleBranchRequest* request,
                                   mls_client::HandleBranchResponse* response) {
  return answer(mutex_, states_, interop::handle_branch, *request, *response);
}

grpc::Status Service::NewMemberAddProposal(grpc::ServerContext*, const mls_client::NewMemberAddProposalRequest* request,
                                           mls_client::NewMemberAddProposalResponse* response) {
  return answer(mutex_, states_, interop::new_member_add_proposal, *request, *response);
}

grpc::Status Service::CreateExternalSigner(grpc::ServerContext*, const mls_client::CreateExternalSignerRequest* request,
                                           mls_client::CreateExternalSignerResponse* response) {
  return answer(mutex_, states_, interop::create_external_signer, *request, *response);
}

grpc::Status Service::AddExternalSigner(grpc::ServerContext*, const mls_client::AddExternalSignerRequest* request,
                                        mls_client::ProposalResponse* response) {
  return answer(mutex_, states_, interop::add_external_signer, *request, *response);
}

grpc::Status Service::ExternalSignerProposal(grpc::ServerContext*,
                                             const mls_client::ExternalSignerProposalRequest* request,
                                             mls_client::ProposalResponse* response) {
  return answer(mutex_, states_, interop::external_signer_proposal, *request, *response);
}

grpc::Status Service::Free(grpc::ServerContext*, const mls_client::FreeRequest* request,
                           mls_client::FreeResponse* response) {
  return answer(mutex_, states_, interop::free, *request, *response);
}

}  // namespace dmls::interop
