#pragma once
// The operations of `dmls peer`; docs/peer.md describes each. A reply is a JSON object.

#include <dmls/base/result.h>
#include <dmls/group/changes.h>
#include <dmls/group/commit_request.h>
#include <dmls/group/event.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <span>

#include "peer_request.h"
#include "peer_state.h"

namespace dmls::tools {

// Version of the protocol that docs/peer.md describes. It changes when an operation changes its meaning or goes away.
inline constexpr int kPeerProtocolVersion = 1;

using Reply = Result<nlohmann::json>;

struct PeerOperation {
  const char* name;
  const char* arguments;  // names, separated by blanks; those in brackets may be left out
  const char* reply;      // names of what is replied
  Reply (*run)(PeerState&, const Request&);
};

// The operations, by what they work on.
std::span<const PeerOperation> client_operations();    // peer_client.cc
std::span<const PeerOperation> outsider_operations();  // peer_outsider.cc
std::span<const PeerOperation> group_operations();     // peer_group.cc
std::span<const PeerOperation> commit_operations();    // peer_commit.cc

// ---- replies (peer_replies.cc) ----

[[nodiscard]] std::string hex(BytesView octets);
[[nodiscard]] nlohmann::json members_json(const std::vector<group::Member>&);
[[nodiscard]] nlohmann::json changes_json(const group::Changes&);
[[nodiscard]] nlohmann::json extensions_json(const treekem::ExtensionList&);
[[nodiscard]] nlohmann::json received_json(const group::ReceivedProposal&);
[[nodiscard]] nlohmann::json waiting_json(const group::Waiting&);
[[nodiscard]] nlohmann::json skipped_json(group::Skipped);
// Keeps what is staged, and describes it. `owner`: handle of a group, or for an entry of a client.
nlohmann::json transition_json(PeerState&, const std::string& owner, group::Transition);

// ---- arguments (peer_arguments.cc) ----

// [{"type": 5, "data": hex}, ...]
[[nodiscard]] treekem::ExtensionList extensions_of(const Request&, std::string_view name);
[[nodiscard]] group::HandshakeFormat handshake_of(const Request&);
[[nodiscard]] group::TreeDelivery tree_delivery_of(const Request&);
// The credential and signer of the client that "identity" names, if it does.
[[nodiscard]] std::optional<group::SigningIdentity> identity_of(PeerState&, const Request&);
// The proposal that {"type": "add", ...} describes. An update has no description: members propose it themselves.
Result<group::Proposal> proposal_of(const crypto::CipherSuite&, Random&, const Request&);
// Puts the proposal into a commit, by value.
void add_by_value(group::CommitRequest&, const Request& proposal);

}  // namespace dmls::tools
