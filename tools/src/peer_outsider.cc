// Operations of `dmls peer` for those who are no members: they propose (RFC 9420 §12.1.8), or only look on.

#include <dmls/group/external_proposal.h>
#include <dmls/group/mls_message.h>
#include <dmls/tls_codec/codec.h>
#include <dmls/treekem/external_sender.h>

#include <array>

#include "peer_operations.h"

namespace dmls::tools {
namespace {

using nlohmann::json;

// The group and the epoch that a GroupInfo describes. Its signature is not looked at: whoever is proposed to checks
// all.
Result<keyschedule::GroupContext> context_of(const Request& request) {
  DMLS_TRY(const auto message, tls_codec::decode<group::MlsMessage>(request.octets("group_info")));
  const auto* info = std::get_if<group::GroupInfo>(&message.body);
  if (info == nullptr) throw BadRequest{"'group_info' is not an MLSMessage with a GroupInfo"};
  return info->group_context;
}

Reply external_sender(PeerState& state, const Request& request) {
  const auto& config = state.client(request).config;
  return json{{"external_sender",
               hex(tls_codec::encode(treekem::ExternalSender{config.signer->public_key(), config.credential}))}};
}

Reply external_propose(PeerState& state, const Request& request) {
  const auto& config = state.client(request).config;
  DMLS_TRY(const auto context, context_of(request));
  DMLS_TRY(auto proposal, proposal_of(config.suite, *config.random, request.object("proposal")));
  DMLS_TRY(const Bytes message, group::make_external_proposal(
                                    {context.group_id, context.epoch, request.number32("sender_index")},
                                    std::move(proposal), *config.signer, request.octets_or_none("authenticated_data")));
  return json{{"message", hex(message)}};
}

Reply propose_join(PeerState& state, const Request& request) {
  DMLS_TRY(const auto context, context_of(request));
  DMLS_TRY(const Bytes message, state.client(request).client.propose_to_join(context.group_id, context.epoch));
  return json{{"message", hex(message)}};
}

Reply observe(PeerState& state, const Request& request) {
  group::ObserverConfig config;
  config.policy = std::make_shared<group::AcceptEverything>();
  DMLS_TRY(auto observer, group::Observer::create(std::move(config), request.octets("group_info"),
                                                  request.octets_or_none("ratchet_tree")));
  return json{{"observer", state.observers.add(std::move(observer))}};
}

// A commit is merged at once.
Reply observer_process(PeerState& state, const Request& request) {
  group::Observer& observer = state.observers.at(request.text("observer"));
  DMLS_TRY(auto event, observer.process(request.octets("message")));
  if (auto* commit = std::get_if<group::ObservedCommit>(&event)) {
    json reply = {{"event", "commit"}, {"merged", true}, {"changes", changes_json(commit->changes())}};
    DMLS_CHECK(observer.merge(std::move(*commit)));
    return reply;
  }
  if (const auto* received = std::get_if<group::ReceivedProposal>(&event)) return received_json(*received);
  if (const auto* missing = std::get_if<group::Waiting>(&event)) return waiting_json(*missing);
  if (const auto* why = std::get_if<group::Skipped>(&event)) return skipped_json(*why);
  return json{{"event", "encrypted"}};
}

Reply observer_state(PeerState& state, const Request& request) {
  const group::Observer& observer = state.observers.at(request.text("observer"));
  return json{{"group_id", hex(observer.group_id())},
              {"epoch", observer.epoch()},
              {"members", members_json(observer.members())},
              {"ratchet_tree", hex(observer.ratchet_tree())}};
}

constexpr std::array kOperations{
    PeerOperation{"external_sender", "client", "external_sender", external_sender},
    PeerOperation{"external_propose", "client group_info sender_index proposal [authenticated_data]", "message",
                  external_propose},
    PeerOperation{"propose_join", "client group_info", "message", propose_join},
    PeerOperation{"observe", "group_info [ratchet_tree]", "observer", observe},
    PeerOperation{"observer_process", "observer message", "event ...", observer_process},
    PeerOperation{"observer_state", "observer", "group_id epoch members ratchet_tree", observer_state},
};

}  // namespace

std::span<const PeerOperation> outsider_operations() { return kOperations; }

}  // namespace dmls::tools
