// Groups that descend from others: re-initialised and branched ones. RFC 9420 §11.2, §11.3
#include <dmls/group/client.h>
#include <dmls/group/descend.h>
#include <dmls/group/key_package_octets.h>

#include <algorithm>

#include "client_state.h"
#include "descent.h"
#include "group_past.h"
#include "transition_state.h"

namespace dmls::group {

// Sets the PSK of a first commit, which no other request may name.
struct DescentRequest {
  static void link(CommitRequest& request, keyschedule::ResumptionPskId id) { request.psks_.push_back(std::move(id)); }
};

namespace {

using keyschedule::ResumptionPSKUsage;

// The identities of those who would be in the new group, the client itself included; sorted.
Result<std::vector<Bytes>> future_identities(const ClientConfig& config, const std::vector<Bytes>& key_packages) {
  std::vector<Bytes> out;
  const auto take = [&](const treekem::Credential& credential) -> Result<void> {
    DMLS_TRY(const auto encoded, treekem::EncodedCredential::of(credential));
    out.push_back(config.policy->identity(encoded.view()));
    return {};
  };
  DMLS_CHECK(take(config.credential));
  for (const Bytes& octets : key_packages) {
    DMLS_TRY(const auto package, decode_key_package(octets));
    DMLS_CHECK(take(package.leaf_node.credential));
  }
  std::sort(out.begin(), out.end(), OctetOrder());
  return out;
}

Result<void> check_identities(ResumptionPSKUsage usage, const treekem::RatchetTree& tree,
                              const std::vector<Bytes>& wanted, const Policy& policy) {
  const auto members = identities(tree, policy);
  if (usage == ResumptionPSKUsage::branch) {
    for (const Bytes& identity : wanted) {
      if (!std::binary_search(members.begin(), members.end(), identity, OctetOrder()))
        return fail(dmls::errc::kMisuse, "RFC 9420 §11.3: a subgroup has members of its group only");
    }
    return {};
  }
  for (const Bytes& identity : members) {
    if (!std::binary_search(wanted.begin(), wanted.end(), identity, OctetOrder()))
      return fail(dmls::errc::kMisuse, "RFC 9420 §11.2: a member of the old group is left out");
  }
  return {};
}

}  // namespace

Result<CommitRequest> descent_request(ResumptionPSKUsage usage, const PublicEpoch& parent,
                                      const std::vector<Bytes>& key_packages, TreeDelivery tree,
                                      const ClientConfig& config) {
  if (usage == ResumptionPSKUsage::branch && parent.suite.id() != config.suite.id())
    return fail(dmls::errc::kMisuse, "RFC 9420 §11.3: a subgroup has the cipher suite of its group");
  DMLS_TRY(const auto wanted, future_identities(config, key_packages));
  DMLS_CHECK(check_identities(usage, parent.tree, wanted, *config.policy));
  CommitRequest request;
  request.tree(tree);
  for (const Bytes& package : key_packages) request.add(package);
  DescentRequest::link(request, {usage, parent.context.group_id, parent.context.epoch});
  return request;
}

Result<void> check_reinit(const ReInit& reinit, const ClientConfig& config) {
  if (reinit.cipher_suite == config.suite.id() && reinit.version == crypto::ProtocolVersion::mls10) return {};
  return fail(dmls::errc::kMisuse, "RFC 9420 §11.2: the ReInit names another cipher suite or version");
}

Result<Transition> Client::start_descendant(const Group& parent, ResumptionPSKUsage usage, BytesView group_id,
                                            const treekem::ExtensionList& extensions,
                                            const std::vector<Bytes>& key_packages, TreeDelivery tree) {
  DMLS_TRY(const auto request, descent_request(usage, *parent.public_epoch(), key_packages, tree, config()));
  keyschedule::OrdinarySuccession first;
  DMLS_TRY(auto epoch, create_epoch(group_id, extensions, config(), first));
  keyschedule::OrdinaryInitSource source(first.init_secret());
  keyschedule::OrdinarySuccession succession;
  DMLS_TRY(auto made,
           create_commit(epoch, request, {ProposalStore(), Group::Psks(parent), config()}, {source, succession}));
  auto state = detail::own_transition(TransitionKind::entry, std::move(made), std::move(succession).into_init_secret(),
                                      identity());
  state->message.clear();  // nobody else is in its epoch
  DMLS_CHECK(save_entry(*state));
  return Transition(std::move(state));
}

Result<Transition> Client::branch(const Group& group, const BranchRequest& request) {
  Bytes group_id = request.group_id;
  if (group_id.empty()) {
    DMLS_TRY(group_id, config().random->bytes(config().suite.hash_length()));
  }
  return start_descendant(group, ResumptionPSKUsage::branch, group_id, request.extensions, request.key_packages,
                          request.tree);
}

Result<Transition> Client::reinitialize(const Group& closed, const std::vector<Bytes>& key_packages,
                                        TreeDelivery tree) {
  const auto& reinit = closed.reinit();
  if (!reinit) return fail(dmls::errc::kMisuse, "RFC 9420 §11.2: no ReInit was committed in this group");
  DMLS_CHECK(check_reinit(*reinit, config()));
  return start_descendant(closed, ResumptionPSKUsage::reinit, reinit->group_id, reinit->extensions, key_packages, tree);
}

}  // namespace dmls::group
