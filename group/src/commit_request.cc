#include <dmls/group/commit_request.h>

namespace dmls::group {

CommitRequest& CommitRequest::add(BytesView key_package) {
  adds_.push_back(to_bytes(key_package));
  return *this;
}

CommitRequest& CommitRequest::remove(tree_math::LeafIndex member) {
  removes_.push_back(member);
  return *this;
}

CommitRequest& CommitRequest::external_psk(BytesView psk_id) {
  psks_.push_back(keyschedule::ExternalPskId{to_bytes(psk_id)});
  return *this;
}

CommitRequest& CommitRequest::resumption_psk(BytesView group_id, std::uint64_t epoch) {
  psks_.push_back(
      keyschedule::ResumptionPskId{keyschedule::ResumptionPSKUsage::application, to_bytes(group_id), epoch});
  return *this;
}

CommitRequest& CommitRequest::group_context_extensions(treekem::ExtensionList extensions) {
  extensions_ = std::move(extensions);
  return *this;
}

CommitRequest& CommitRequest::reinit(ReInit parameters) {
  reinit_ = std::move(parameters);
  return *this;
}

CommitRequest& CommitRequest::custom(CustomProposal proposal) {
  custom_.push_back(std::move(proposal));
  return *this;
}

CommitRequest& CommitRequest::identity(SigningIdentity identity) {
  identity_ = std::move(identity);
  return *this;
}

CommitRequest& CommitRequest::pending(PendingProposals choice) {
  pending_ = choice;
  return *this;
}

CommitRequest& CommitRequest::references(std::vector<ProposalRef> proposals) {
  references_ = std::move(proposals);
  return *this;
}

CommitRequest& CommitRequest::path(PathChoice choice) {
  path_ = choice;
  return *this;
}

CommitRequest& CommitRequest::tree(TreeDelivery delivery) {
  tree_ = delivery;
  return *this;
}

CommitRequest& CommitRequest::welcomes(WelcomeSplit split) {
  welcomes_ = split;
  return *this;
}

CommitRequest& CommitRequest::handshake(HandshakeFormat format) {
  handshake_ = format;
  return *this;
}

CommitRequest& CommitRequest::authenticated_data(BytesView data) {
  authenticated_data_ = to_bytes(data);
  return *this;
}

}  // namespace dmls::group
