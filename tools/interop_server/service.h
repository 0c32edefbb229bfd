#pragma once
// The gRPC service: hands each call to its operation, one at a time, and turns what goes wrong into a status.

#include <mls_client.grpc.pb.h>

#include <mutex>

#include "states.h"

namespace dmls::interop {

// INVALID_ARGUMENT and NOT_FOUND are about the request; FAILED_PRECONDITION is a refusal of the library, and its
// message has the number of the error and the rule that was broken.
class Service final : public mls_client::MLSClient::Service {
 public:
  // `grease`: see group::ClientConfig.
  explicit Service(bool grease = true) : states_(grease) {}

  grpc::Status Name(grpc::ServerContext*, const mls_client::NameRequest*, mls_client::NameResponse*) override;
  grpc::Status SupportedCiphersuites(grpc::ServerContext*, const mls_client::SupportedCiphersuitesRequest*,
                                     mls_client::SupportedCiphersuitesResponse*) override;
  grpc::Status CreateGroup(grpc::ServerContext*, const mls_client::CreateGroupRequest*,
                           mls_client::CreateGroupResponse*) override;
  grpc::Status CreateKeyPackage(grpc::ServerContext*, const mls_client::CreateKeyPackageRequest*,
                                mls_client::CreateKeyPackageResponse*) override;
  grpc::Status JoinGroup(grpc::ServerContext*, const mls_client::JoinGroupRequest*,
                         mls_client::JoinGroupResponse*) override;
  grpc::Status ExternalJoin(grpc::ServerContext*, const mls_client::ExternalJoinRequest*,
                            mls_client::ExternalJoinResponse*) override;
  grpc::Status GroupInfo(grpc::ServerContext*, const mls_client::GroupInfoRequest*,
                         mls_client::GroupInfoResponse*) override;
  grpc::Status StateAuth(grpc::ServerContext*, const mls_client::StateAuthRequest*,
                         mls_client::StateAuthResponse*) override;
  grpc::Status Export(grpc::ServerContext*, const mls_client::ExportRequest*, mls_client::ExportResponse*) override;
  grpc::Status Protect(grpc::ServerContext*, const mls_client::ProtectRequest*, mls_client::ProtectResponse*) override;
  grpc::Status Unprotect(grpc::ServerContext*, const mls_client::UnprotectRequest*,
                         mls_client::UnprotectResponse*) override;
  grpc::Status StorePSK(grpc::ServerContext*, const mls_client::StorePSKRequest*,
                        mls_client::StorePSKResponse*) override;
  grpc::Status AddProposal(grpc::ServerContext*, const mls_client::AddProposalRequest*,
                           mls_client::ProposalResponse*) override;
  grpc::Status UpdateProposal(grpc::ServerContext*, const mls_client::UpdateProposalRequest*,
                              mls_client::ProposalResponse*) override;
  grpc::Status RemoveProposal(grpc::ServerContext*, const mls_client::RemoveProposalRequest*,
                              mls_client::ProposalResponse*) override;
  grpc::Status ExternalPSKProposal(grpc::ServerContext*, const mls_client::ExternalPSKProposalRequest*,
                                   mls_client::ProposalResponse*) override;
  grpc::Status ResumptionPSKProposal(grpc::ServerContext*, const mls_client::ResumptionPSKProposalRequest*,
                                     mls_client::ProposalResponse*) override;
  grpc::Status GroupContextExtensionsProposal(grpc::ServerContext*,
                                              const mls_client::GroupContextExtensionsProposalRequest*,
                                              mls_client::ProposalResponse*) override;
  grpc::Status Commit(grpc::ServerContext*, const mls_client::CommitRequest*, mls_client::CommitResponse*) override;
  grpc::Status HandleCommit(grpc::ServerContext*, const mls_client::HandleCommitRequest*,
                            mls_client::HandleCommitResponse*) override;
  grpc::Status HandlePendingCommit(grpc::ServerContext*, const mls_client::HandlePendingCommitRequest*,
                                   mls_client::HandleCommitResponse*) override;
  grpc::Status ReInitProposal(grpc::ServerContext*, const mls_client::ReInitProposalRequest*,
                              mls_client::ProposalResponse*) override;
  grpc::Status ReInitCommit(grpc::ServerContext*, const mls_client::CommitRequest*,
                            mls_client::CommitResponse*) override;
  grpc::Status HandlePendingReInitCommit(grpc::ServerContext*, const mls_client::HandlePendingCommitRequest*,
                                         mls_client::HandleReInitCommitResponse*) override;
  grpc::Status HandleReInitCommit(grpc::ServerContext*, const mls_client::HandleCommitRequest*,
                                  mls_client::HandleReInitCommitResponse*) override;
  grpc::Status ReInitWelcome(grpc::ServerContext*, const mls_client::ReInitWelcomeRequest*,
                             mls_client::CreateSubgroupResponse*) override;
  grpc::Status HandleReInitWelcome(grpc::ServerContext*, const mls_client::HandleReInitWelcomeRequest*,
                                   mls_client::JoinGroupResponse*) override;
  grpc::Status CreateBranch(grpc::ServerContext*, const mls_client::CreateBranchRequest*,
                            mls_client::CreateSubgroupResponse*) override;
  grpc::Status HandleBranch(grpc::ServerContext*, const mls_client::HandleBranchRequest*,
                            mls_client::HandleBranchResponse*) override;
  grpc::Status NewMemberAddProposal(grpc::ServerContext*, const mls_client::NewMemberAddProposalRequest*,
                                    mls_client::NewMemberAddProposalResponse*) override;
  grpc::Status CreateExternalSigner(grpc::ServerContext*, const mls_client::CreateExternalSignerRequest*,
                                    mls_client::CreateExternalSignerResponse*) override;
  grpc::Status AddExternalSigner(grpc::ServerContext*, const mls_client::AddExternalSignerRequest*,
                                 mls_client::ProposalResponse*) override;
  grpc::Status ExternalSignerProposal(grpc::ServerContext*, const mls_client::ExternalSignerProposalRequest*,
                                      mls_client::ProposalResponse*) override;
  grpc::Status Free(grpc::ServerContext*, const mls_client::FreeRequest*, mls_client::FreeResponse*) override;

 private:
  std::mutex mutex_;
  States states_;
};

}  // namespace dmls::interop
