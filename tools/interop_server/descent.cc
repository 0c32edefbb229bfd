// Groups that descend from others: re-initialised and branched ones. RFC 9420 §11.2, §11.3
#include "commits.h"
#include "entry.h"
#include "key_packages.h"
#include "operations.h"
#include "terms.h"

namespace dmls::interop {
namespace {

// Ends the old group, and gives its member a client and a key package for the one to come.
Result<mls_client::HandleReInitCommitResponse> close(States& states, const std::shared_ptr<Member>& member,
                                                     group::Transition transition) {
  const auto& reinit = transition.changes().reinit;
  if (!reinit) throw BadRequest{"the commit does not re-initialise the group"};
  DMLS_TRY(auto next, states.new_party(reinit->cipher_suite, identity_of(member->party->config.credential)));
  DMLS_TRY(const auto bundle, new_key_package(*next));
  DMLS_CHECK(merge(*member, std::move(transition)));
  mls_client::HandleReInitCommitResponse out;
  out.set_key_package(text(tls_codec::encode(group::MlsMessage{bundle.key_package})));
  out.set_epoch_authenticator(epoch_authenticator(*member));
  out.set_reinit_id(states.add(Closed{member, std::move(next)}));
  return out;
}

std::vector<Bytes> list_of(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  std::vector<Bytes> out;
  for (const std::string& one : texts) out.push_back(octets(one));
  return out;
}

// Enters the group that this client has started.
Result<mls_client::CreateSubgroupResponse> start(States& states, const std::shared_ptr<Party>& party,
                                                 group::Transition transition, group::HandshakeFormat handshake,
                                                 bool external_tree) {
  mls_client::CreateSubgroupResponse out;
  out.set_welcome(text(transition.welcome()));
  if (external_tree) out.set_ratchet_tree(text(transition.ratchet_tree()));
  DMLS_TRY(auto member, enter(party, std::move(transition), handshake));
  out.set_epoch_authenticator(epoch_authenticator(*member));
  out.set_state_id(states.add(std::move(member)));
  return out;
}

// Enters the group that somebody else has started.
Result<std::shared_ptr<Member>> follow(const std::shared_ptr<Party>& party, const Member& old,
                                       const std::string& welcome, const std::string& ratchet_tree) {
  DMLS_TRY(auto entry,
           party->client.join(as_bytes(welcome), {.ratchet_tree = octets(ratchet_tree), .descends_from = &old.group}));
  return enter(party, std::move(entry), old.handshake);
}

}  // namespace

Result<mls_client::HandleReInitCommitResponse> handle_pending_reinit_commit(
    States& states, const mls_client::HandlePendingCommitRequest& request) {
  const auto member = states.member(request.state_id());
  return close(states, member, take_pending(*member));
}

Result<mls_client::HandleReInitCommitResponse> handle_reinit_commit(States& states,
                                                                    const mls_client::HandleCommitRequest& request) {
  const auto member = states.member(request.state_id());
  DMLS_TRY(auto transition, staged(*member, request));
  return close(states, member, std::move(transition));
}

// The first commit of the new group always has a path, whether one is asked for or not.
Result<mls_client::CreateSubgroupResponse> reinit_welcome(States& states,
                                                          const mls_client::ReInitWelcomeRequest& request) {
  const Closed closed = states.closed(request.reinit_id());
  DMLS_TRY(auto transition, closed.next->client.reinitialize(closed.old->group, list_of(request.key_package()),
                                                             tree_delivery_of(request.external_tree())));
  DMLS_TRY(auto out, start(states, closed.next, std::move(transition), closed.old->handshake, request.external_tree()));
  states.erase(request.reinit_id());
  return out;
}

Result<mls_client::JoinGroupResponse> handle_reinit_welcome(States& states,
                                                            const mls_client::HandleReInitWelcomeRequest& request) {
  const Closed closed = states.closed(request.reinit_id());
  DMLS_TRY(auto member, follow(closed.next, *closed.old, request.welcome(), request.ratchet_tree()));
  mls_client::JoinGroupResponse out;
  out.set_epoch_authenticator(epoch_authenticator(*member));
  out.set_state_id(states.add(std::move(member)));
  states.erase(request.reinit_id());
  return out;
}

// The old group goes on beside the new one.
Result<mls_client::CreateSubgroupResponse> create_branch(States& states,
                                                         const mls_client::CreateBranchRequest& request) {
  const auto member = states.member(request.state_id());
  group::BranchRequest what;
  what.group_id = octets(request.group_id());
  what.key_packages = list_of(request.key_packages());
  what.extensions = extensions_of(request.extensions());
  what.tree = tree_delivery_of(request.external_tree());
  DMLS_TRY(auto transition, member->party->client.branch(member->group, what));
  return start(states, member->party, std::move(transition), member->handshake, request.external_tree());
}

Result<mls_client::HandleBranchResponse> handle_branch(States& states, const mls_client::HandleBranchRequest& request) {
  const auto old = states.member(request.state_id());
  const std::shared_ptr<Party> party = states.invited(request.transaction_id()).party;
  DMLS_TRY(auto member, follow(party, *old, request.welcome(), request.ratchet_tree()));
  mls_client::HandleBranchResponse out;
  out.set_epoch_authenticator(epoch_authenticator(*member));
  out.set_state_id(states.add(std::move(member)));
  states.erase(request.transaction_id());
  return out;
}

}  // namespace dmls::interop
