// Operations of `dmls peer` on groups that change no epoch.

#include <array>

#include "peer_operations.h"

namespace dmls::tools {
namespace {

using nlohmann::json;

const char* status_name(group::GroupStatus status) {
  switch (status) {
    case group::GroupStatus::active: return "active";
    case group::GroupStatus::removed: return "removed";
    case group::GroupStatus::closed: return "closed";
  }
  return "other";
}

Reply describe(PeerState& state, const Request& request) {
  const group::Group& group = state.group(request);
  return json{{"group_id", hex(group.group_id())},
              {"suite", static_cast<std::uint16_t>(group.suite().id())},
              {"status", status_name(group.status())},
              {"epoch", group.epoch()},
              {"epoch_authenticator", hex(group.epoch_authenticator().expose())},
              {"leaf", group.own_leaf().value()},
              {"members", members_json(group.members())},
              {"extensions", extensions_json(group.extensions())}};
}

Reply export_secret(PeerState& state, const Request& request) {
  DMLS_TRY(const auto secret,
           state.group(request).export_secret(request.text("label"), request.octets_or_none("context"),
                                              static_cast<std::size_t>(request.number32("length"))));
  return json{{"secret", hex(secret.expose())}};
}

Reply group_info(PeerState& state, const Request& request) {
  const auto joins = request.flag("external_pub", true) ? group::ExternalJoins::allowed : group::ExternalJoins::refused;
  DMLS_TRY(const Bytes info, state.group(request).group_info(tree_delivery_of(request), joins));
  return json{{"group_info", hex(info)}};
}

Reply ratchet_tree(PeerState& state, const Request& request) {
  return json{{"ratchet_tree", hex(state.group(request).ratchet_tree())}};
}

Reply send(PeerState& state, const Request& request) {
  DMLS_TRY(const Bytes message,
           state.group(request).protect(request.octets("data"), request.octets_or_none("authenticated_data")));
  return json{{"message", hex(message)}};
}

Reply propose(PeerState& state, const Request& request) {
  group::Group& group = state.group(request);
  const group::ProposalOptions how{handshake_of(request), request.octets_or_none("authenticated_data")};
  const Request proposal = request.object("proposal");
  const auto sent = [&]() -> Result<group::SentProposal> {
    if (proposal.text("type", "") == "update") return group.propose_update(how, identity_of(state, proposal));
    DMLS_TRY(auto content, proposal_of(group.suite(), *state.random, proposal));
    return group.propose(std::move(content), how);
  }();
  if (!sent) return fail(sent.error());
  return json{{"message", hex(sent->message)}, {"reference", hex(sent->reference.octets)}};
}

Reply due(PeerState& state, const Request& request) {
  json messages = json::array();
  for (const Bytes& message : state.group(request).take_due()) messages.push_back(hex(message));
  return json{{"messages", std::move(messages)}};
}

constexpr std::array kOperations{
    PeerOperation{"state", "group", "group_id suite status epoch epoch_authenticator leaf members extensions",
                  describe},
    PeerOperation{"export", "group label [context] length", "secret", export_secret},
    PeerOperation{"group_info", "group [tree] [external_pub]", "group_info", group_info},
    PeerOperation{"ratchet_tree", "group", "ratchet_tree", ratchet_tree},
    PeerOperation{"send", "group data [authenticated_data]", "message", send},
    PeerOperation{"propose", "group proposal [handshake] [authenticated_data]", "message reference", propose},
    PeerOperation{"due", "group", "messages", due},
};

}  // namespace

std::span<const PeerOperation> group_operations() { return kOperations; }

}  // namespace dmls::tools
