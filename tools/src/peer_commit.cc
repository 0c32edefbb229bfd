// Operations of `dmls peer` that lead from one epoch to the next, and the reading of messages.

#include <array>

#include "peer_operations.h"

namespace dmls::tools {
namespace {

using nlohmann::json;

Reply commit(PeerState& state, const Request& request) {
  group::CommitRequest what;
  for (const Request& proposal : request.objects("proposals")) add_by_value(what, proposal);
  if (auto identity = identity_of(state, request)) what.identity(*std::move(identity));
  what.pending(request.flag("pending", true) ? group::PendingProposals::include : group::PendingProposals::leave)
      .path(request.choice("path", {"always", "when_required"}) == 0 ? group::PathChoice::always
                                                                     : group::PathChoice::when_required)
      .welcomes(request.choice("welcomes", {"one", "each"}) == 0 ? group::WelcomeSplit::one_for_all
                                                                 : group::WelcomeSplit::one_each)
      .tree(tree_delivery_of(request))
      .handshake(handshake_of(request))
      .authenticated_data(request.octets_or_none("authenticated_data"));
  DMLS_TRY(auto transition, state.group(request).commit(what));
  return transition_json(state, request.text("group"), std::move(transition));
}

Reply merge(PeerState& state, const Request& request) {
  auto [owner, transition] = state.staged.take(request.text("staged"));
  if (transition.kind() == group::TransitionKind::entry) {
    DMLS_TRY(auto group, state.clients.at(owner).client.enter(std::move(transition)));
    const std::uint64_t epoch = group.epoch();
    return json{{"group", state.groups.add(std::move(group))}, {"epoch", epoch}};
  }
  group::Group& group = state.groups.at(owner);
  DMLS_CHECK(group.merge(std::move(transition)));
  return json{{"epoch", group.epoch()}};
}

Reply drop(PeerState& state, const Request& request) {
  state.staged.take(request.text("staged"));
  return json::object();
}

// What came of a message, as the reply says it.
struct Describe {
  PeerState& state;
  const std::string& group;

  json operator()(const group::ApplicationMessage& message) const {
    return {{"event", "application"},
            {"epoch", message.epoch},
            {"sender", message.sender.leaf.value()},
            {"data", hex(message.data)},
            {"authenticated_data", hex(message.authenticated_data)}};
  }
  json operator()(const group::ReceivedProposal& received) const { return received_json(received); }
  json operator()(group::Transition& transition) const {
    const bool removal = transition.kind() == group::TransitionKind::removal;
    json reply = transition_json(state, group, std::move(transition));
    reply["event"] = removal ? "removed" : "commit";
    return reply;
  }
  json operator()(group::WaitingCommit& commit) const {
    json reply = waiting_json(commit.missing());
    reply["waiting"] = state.waiting.add({group, std::move(commit)});
    return reply;
  }
  json operator()(const group::Skipped& why) const { return skipped_json(why); }
};

Reply process(PeerState& state, const Request& request) {
  DMLS_TRY(auto event, state.group(request).process(request.octets("message")));
  return std::visit(Describe{state, request.text("group")}, event);
}

Reply resume(PeerState& state, const Request& request) {
  auto [group, commit] = state.waiting.take(request.text("waiting"));
  DMLS_TRY(auto event, state.groups.at(group).resume(std::move(commit)));
  return std::visit(Describe{state, group}, event);
}

constexpr std::array kOperations{
    PeerOperation{"commit",
                  "group [proposals] [pending] [identity] [path] [tree] [welcomes] [handshake] [authenticated_data]",
                  "staged commit [welcome] [welcomes] changes", commit},
    PeerOperation{"process", "group message", "event ...", process},
    PeerOperation{"resume", "waiting", "event ...", resume},
    PeerOperation{"merge", "staged", "epoch [group]", merge},
    PeerOperation{"drop", "staged", "", drop},
};

}  // namespace

std::span<const PeerOperation> commit_operations() { return kOperations; }

}  // namespace dmls::tools
