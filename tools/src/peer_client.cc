// Operations of `dmls peer` on clients: identities, key packages, and the ways into a group.

#include <dmls/crypto/keys.h>
#include <dmls/storage/memory_store.h>

#include <array>

#include "peer_operations.h"

namespace dmls::tools {
namespace {

using nlohmann::json;

Reply make_client(PeerState& state, const Request& request) {
  DMLS_TRY(const auto suite, crypto::CipherSuite::find(static_cast<crypto::CipherSuiteId>(request.number16("suite"))));
  DMLS_TRY(auto pair, crypto::generate_signature_key_pair(suite, *state.random));
  group::ClientConfig config{suite, treekem::BasicCredential{request.octets("identity")},
                             std::make_shared<crypto::KeyPairSigner>(suite, std::move(pair)),
                             std::make_shared<group::AcceptEverything>()};
  config.random = state.random;
  config.clock = state.clock;
  if (request.flag("store", false)) config.store = std::make_shared<storage::MemoryStore>();
  for (const auto type : request.code_points("extension_types"))
    config.capabilities.extensions.push_back(static_cast<treekem::ExtensionType>(type));
  for (const auto type : request.code_points("proposal_types"))
    config.capabilities.proposals.push_back(static_cast<treekem::ProposalType>(type));
  if (const auto epochs = request.optional_number("past_epochs"))
    config.window.past_epochs = static_cast<std::size_t>(*epochs);
  if (const auto block = request.optional_number("padding"))
    config.padding = std::make_shared<group::PadToMultiple>(static_cast<std::size_t>(*block));
  config.grease = request.flag("grease", true);
  DMLS_TRY(auto client, group::Client::create(config));
  const Bytes key = config.signer->public_key().octets;
  return json{{"client", state.clients.add({std::move(client), std::move(config)})}, {"signature_key", hex(key)}};
}

Reply new_key_package(PeerState& state, const Request& request) {
  group::KeyPackageRequest what;
  if (request.flag("last_resort", false)) what.reuse = group::KeyPackageReuse::last_resort;
  what.lifetime = request.optional_number("lifetime");
  what.leaf_extensions = extensions_of(request, "leaf_extensions");
  DMLS_TRY(const Bytes package, state.client(request).client.new_key_package(what));
  return json{{"key_package", hex(package)}};
}

Reply store_psk(PeerState& state, const Request& request) {
  DMLS_CHECK(state.client(request).client.add_psk(request.octets("psk_id"),
                                                  keyschedule::Psk(SecretBytes(request.octets("psk")))));
  return json::object();
}

// An entry into a group, staged.
json staged_entry(PeerState& state, const Request& request, group::Transition transition) {
  return transition_json(state, request.text("client"), std::move(transition));
}

Reply create_group(PeerState& state, const Request& request) {
  DMLS_TRY(auto group,
           state.client(request).client.create_group(request.octets("group_id"), extensions_of(request, "extensions")));
  return json{{"group", state.groups.add(std::move(group))}};
}

Reply join(PeerState& state, const Request& request) {
  group::JoinRequest how;
  how.ratchet_tree = request.octets_or_none("ratchet_tree");
  DMLS_TRY(auto entry, state.client(request).client.join(request.octets("welcome"), how));
  return staged_entry(state, request, std::move(entry));
}

// Into the group that another one was re-initialised as, or that was branched off. RFC 9420 §11.2, §11.3
Reply join_descendant(PeerState& state, const Request& request) {
  group::JoinRequest how;
  how.ratchet_tree = request.octets_or_none("ratchet_tree");
  how.descends_from = &state.group(request);
  DMLS_TRY(auto entry, state.client(request).client.join(request.octets("welcome"), how));
  return staged_entry(state, request, std::move(entry));
}

Reply reinit_create(PeerState& state, const Request& request) {
  DMLS_TRY(auto entry, state.client(request).client.reinitialize(
                           state.group(request), request.octets_list("key_packages"), tree_delivery_of(request)));
  return staged_entry(state, request, std::move(entry));
}

Reply branch_create(PeerState& state, const Request& request) {
  group::BranchRequest what;
  what.group_id = request.octets("group_id");
  what.key_packages = request.octets_list("key_packages");
  what.extensions = extensions_of(request, "extensions");
  what.tree = tree_delivery_of(request);
  DMLS_TRY(auto entry, state.client(request).client.branch(state.group(request), what));
  return staged_entry(state, request, std::move(entry));
}

Reply external_join(PeerState& state, const Request& request) {
  group::ExternalCommitRequest how;
  if (request.has("replaces")) how.resync = group::Resync::replace_own_leaf;  // the library finds the leaf by itself
  how.external_psks = request.octets_list("psk_ids");
  how.authenticated_data = request.octets_or_none("authenticated_data");
  DMLS_TRY(auto entry, state.client(request).client.join_by_commit(request.octets("group_info"), how,
                                                                   request.octets_or_none("ratchet_tree")));
  return staged_entry(state, request, std::move(entry));
}

// The group is in the client's store after whatever changed it; it goes on with what is there.
Reply reload(PeerState& state, const Request& request) {
  const Bytes group_id = to_bytes(state.group(request).group_id());
  state.groups.erase(request.text("group"));
  DMLS_TRY(auto group, state.client(request).client.load_group(group_id));
  return json{{"group", state.groups.add(std::move(group))}};
}

Reply forget(PeerState& state, const Request& request) {
  const std::string handle = request.text("handle");
  if (!state.groups.erase(handle) && !state.staged.erase(handle) && !state.waiting.erase(handle) &&
      !state.observers.erase(handle) && !state.clients.erase(handle))
    throw BadRequest{"there is no '" + handle + "'"};
  return json::object();
}

constexpr const char* kEntry = "staged changes";
constexpr std::array kOperations{
    PeerOperation{"client",
                  "suite identity [extension_types] [proposal_types] [past_epochs] [padding] [grease] [store]",
                  "client signature_key", make_client},
    PeerOperation{"key_package", "client [last_resort] [lifetime] [leaf_extensions]", "key_package", new_key_package},
    PeerOperation{"psk", "client psk_id psk", "", store_psk},
    PeerOperation{"create", "client group_id [extensions]", "group", create_group},
    PeerOperation{"join", "client welcome [ratchet_tree]", kEntry, join},
    PeerOperation{"external_join", "client group_info [ratchet_tree] [replaces] [psk_ids] [authenticated_data]",
                  "staged commit changes", external_join},
    PeerOperation{"reinit_create", "client group key_packages [tree]", "staged welcome changes", reinit_create},
    PeerOperation{"reinit_join", "client group welcome [ratchet_tree]", kEntry, join_descendant},
    PeerOperation{"branch_create", "client group group_id key_packages [extensions] [tree]", "staged welcome changes",
                  branch_create},
    PeerOperation{"branch_join", "client group welcome [ratchet_tree]", kEntry, join_descendant},
    PeerOperation{"reload", "client group", "group", reload},
    PeerOperation{"forget", "handle", "", forget},
};

}  // namespace

std::span<const PeerOperation> client_operations() { return kOperations; }

}  // namespace dmls::tools
