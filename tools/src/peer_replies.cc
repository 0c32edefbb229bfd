// What the group layer says, as JSON.

#include <dmls/base/hex.h>
#include <dmls/tls_codec/codec.h>

#include "peer_operations.h"

namespace dmls::tools {
namespace {

using nlohmann::json;

json member_json(const group::Member& member) {
  json out = {{"leaf", member.leaf.value()}, {"signature_key", hex(member.signature_key)}};
  if (const auto* basic = std::get_if<treekem::BasicCredential>(&member.credential))
    out["identity"] = hex(basic->identity);
  else
    out["credential"] = hex(tls_codec::encode(member.credential));
  return out;
}

json sender_json(const group::Sender& sender) {
  if (const auto* member = std::get_if<group::MemberSender>(&sender)) return {{"leaf", member->leaf_index}};
  if (const auto* external = std::get_if<group::ExternalSender>(&sender)) return {{"external", external->sender_index}};
  return {{"new_member", true}};
}

json reinit_json(const group::ReInit& reinit) {
  return {{"group_id", hex(reinit.group_id)},
          {"suite", static_cast<std::uint16_t>(reinit.cipher_suite)},
          {"extensions", extensions_json(reinit.extensions)}};
}

json psk_json(const keyschedule::PreSharedKeyID& id) {
  if (const auto* external = std::get_if<keyschedule::ExternalPskId>(&id.psk))
    return {{"psk_id", hex(external->psk_id)}};
  const auto& resumption = *std::get_if<keyschedule::ResumptionPskId>(&id.psk);
  return {{"group_id", hex(resumption.psk_group_id)}, {"epoch", resumption.psk_epoch}};
}

json psks_json(const std::vector<keyschedule::PreSharedKeyID>& ids) {
  json list = json::array();
  for (const auto& id : ids) list.push_back(psk_json(id));
  return list;
}

template <class Change>
json changes_list(const std::vector<Change>& changes, group::Member Change::*member) {
  json list = json::array();
  for (const Change& change : changes) {
    list.push_back(member_json(change.*member));
    list.back()["proposer"] = sender_json(change.proposer);
  }
  return list;
}

const char* origin_name(group::CommitOrigin origin) {
  switch (origin) {
    case group::CommitOrigin::member: return "member";
    case group::CommitOrigin::joiner: return "joiner";
    case group::CommitOrigin::rejoiner: return "rejoiner";
  }
  return "other";
}

const char* type_name(const group::Proposal& proposal) {
  if (std::holds_alternative<group::Add>(proposal)) return "add";
  if (std::holds_alternative<group::Update>(proposal)) return "update";
  if (std::holds_alternative<group::Remove>(proposal)) return "remove";
  if (std::holds_alternative<group::PreSharedKey>(proposal)) return "psk";
  if (std::holds_alternative<group::ReInit>(proposal)) return "reinit";
  if (std::holds_alternative<group::ExternalInit>(proposal)) return "external_init";
  if (std::holds_alternative<group::GroupContextExtensions>(proposal)) return "group_context_extensions";
  return "custom";
}

const char* reason(group::Skipped why) {
  switch (why) {
    case group::Skipped::own_message: return "own_message";
    case group::Skipped::duplicate: return "duplicate";
    case group::Skipped::too_old: return "too_old";
    case group::Skipped::kept: return "kept";
    case group::Skipped::dropped: return "dropped";
    case group::Skipped::not_for_us: return "not_for_us";
  }
  return "other";
}

}  // namespace

std::string hex(BytesView octets) { return to_hex(octets); }

json members_json(const std::vector<group::Member>& members) {
  json list = json::array();
  for (const group::Member& member : members) list.push_back(member_json(member));
  return list;
}

json changes_json(const group::Changes& changes) {
  json out = {{"group_id", hex(changes.group_id)},
              {"epoch", changes.epoch},
              {"origin", origin_name(changes.origin)},
              {"committer", member_json(changes.committer)},
              {"added", changes_list(changes.added, &group::Addition::member)},
              {"removed", changes_list(changes.removed, &group::Removal::member)},
              {"updated", changes_list(changes.updated, &group::Replacement::after)},
              {"psks", psks_json(changes.psks)},
              {"path", changes.has_path}};
  if (changes.extensions) out["extensions"] = extensions_json(*changes.extensions);
  if (changes.reinit) out["reinit"] = reinit_json(*changes.reinit);
  for (const group::CustomProposal& custom : changes.custom)
    out["custom"].push_back(
        {{"proposal_type", static_cast<std::uint16_t>(custom.type)}, {"data", hex(custom.payload)}});
  return out;
}

json extensions_json(const treekem::ExtensionList& extensions) {
  json list = json::array();
  for (const treekem::Extension& extension : extensions)
    list.push_back(
        {{"type", static_cast<std::uint16_t>(extension.extension_type)}, {"data", hex(extension.extension_data)}});
  return list;
}

json received_json(const group::ReceivedProposal& received) {
  json out = {{"event", "proposal"},
              {"reference", hex(received.reference.octets)},
              {"type", type_name(received.proposal)},
              {"sender", sender_json(received.sender)}};
  if (received.objection) out["objection"] = received.objection->rule;
  return out;
}

json waiting_json(const group::Waiting& missing) {
  json proposals = json::array();
  for (const group::ProposalRef& reference : missing.proposals) proposals.push_back(hex(reference.octets));
  return {{"event", "waiting"}, {"proposals", std::move(proposals)}, {"psks", psks_json(missing.psks)}};
}

json skipped_json(group::Skipped why) { return {{"event", "skipped"}, {"reason", reason(why)}}; }

json transition_json(PeerState& state, const std::string& owner, group::Transition transition) {
  json reply = {{"changes", changes_json(transition.changes())}};
  if (!transition.message().empty()) reply["commit"] = hex(transition.message());
  if (!transition.authenticated_data().empty()) reply["authenticated_data"] = hex(transition.authenticated_data());
  for (const group::OutgoingWelcome& welcome : transition.welcomes()) {
    json leaves = json::array();
    for (const auto leaf : welcome.recipients) leaves.push_back(leaf.value());
    reply["welcomes"].push_back({{"welcome", hex(welcome.message)}, {"leaves", std::move(leaves)}});
  }
  if (!transition.welcomes().empty()) reply["welcome"] = hex(transition.welcomes().front().message);
  reply["staged"] = state.staged.add({owner, std::move(transition)});
  return reply;
}

}  // namespace dmls::tools
