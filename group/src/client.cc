#include <dmls/crypto/keys.h>
#include <dmls/group/client.h>
#include <dmls/group/error.h>

#include "client_records.h"
#include "client_state.h"
#include "group_past.h"
#include "group_store.h"
#include "transition_state.h"

namespace dmls::group {

Client::Client(std::shared_ptr<const ClientConfig> config) : state_(std::make_shared<ClientState>(std::move(config))) {}

const ClientConfig& Client::config() const { return *state_->config; }

Result<Client> Client::create(ClientConfig config) {
  if (!config.signer || !config.policy || !config.clock || !config.random || !config.padding)
    return fail(dmls::errc::kMisuse, "a client needs a signer, a policy, a clock, a padding and a random source");
  Client client(std::make_shared<const ClientConfig>(std::move(config)));
  DMLS_CHECK(client.load());
  return client;
}

Result<Client> Client::create(const crypto::CipherSuite& suite, std::string_view identity,
                              std::shared_ptr<const Policy> policy, std::shared_ptr<Random> random) {
  if (!random) return fail(dmls::errc::kMisuse, "a client needs a random source");
  DMLS_TRY(auto pair, crypto::generate_signature_key_pair(suite, *random));
  ClientConfig config{suite, treekem::BasicCredential{to_bytes(as_bytes(identity))},
                      std::make_shared<crypto::KeyPairSigner>(suite, std::move(pair)), std::move(policy)};
  config.random = std::move(random);
  return create(std::move(config));
}

Result<Group> Client::create_group() {
  DMLS_TRY(const Bytes group_id, config().random->bytes(config().suite.hash_length()));
  return create_group(group_id);
}

Result<Group> Client::create_group(BytesView group_id, treekem::ExtensionList extensions) {
  keyschedule::OrdinarySuccession succession;
  DMLS_TRY(const bool known, knows_group(group_id));
  if (known) return fail(errc::kKnownGroup, "a group with this id is stored already");
  if (state_->groups.contains(group_id)) return fail(errc::kKnownGroup, "there is a Group object of this id already");
  DMLS_TRY(auto epoch, create_epoch(group_id, std::move(extensions), config(), succession));
  DMLS_TRY(auto stored, save_group(epoch, succession.init_secret(), identity(), {}));
  return Group(std::move(epoch), std::move(succession).into_init_secret(), state_, identity(), std::move(stored));
}

bool Client::is_invited(BytesView octets) const {
  const auto message = tls_codec::decode<MlsMessage>(octets);
  const auto* welcome = message ? std::get_if<Welcome>(&message->body) : nullptr;
  if (welcome == nullptr) return false;
  for (const auto& secrets : welcome->secrets) {
    if (key_packages_.contains(secrets.new_member)) return true;
  }
  return false;
}

Result<Transition> Client::join(BytesView octets, const JoinRequest& request) {
  DMLS_TRY(const auto message, tls_codec::decode<MlsMessage>(octets));
  const auto* welcome = std::get_if<Welcome>(&message.body);
  if (welcome == nullptr) return fail(errc::kInvalidWelcome, "RFC 9420 §12.4.3.1: the message is not a Welcome");
  for (const auto& secrets : welcome->secrets) {
    const auto found = key_packages_.find(secrets.new_member);
    if (found == key_packages_.end()) continue;

    DMLS_TRY(auto own_identity, identity_of(found->second.key_package.leaf_node, config()));
    keyschedule::OrdinarySuccession succession;
    const ClientPsks client_psks(*state_);
    std::optional<Group::Psks> old_psks;
    std::optional<Group::Past> old;
    if (request.descends_from != nullptr) {
      old_psks.emplace(*request.descends_from);
      old.emplace(*request.descends_from);
    }
    const PskSource& psks = old_psks ? static_cast<const PskSource&>(*old_psks) : client_psks;
    DMLS_TRY(auto staged, join_epoch(*welcome, found->second, request.ratchet_tree, old ? &*old : nullptr, psks,
                                     config(), succession));
    DMLS_TRY(const bool known, knows_group(staged.changes.group_id));
    if (known || state_->groups.contains(staged.changes.group_id))
      return fail(errc::kKnownGroup, "RFC 9420 §12.4.3.1: this client is in a group with that id already");
    auto state = std::make_shared<detail::TransitionState>();
    state->kind = TransitionKind::entry;
    state->identity = std::move(own_identity);
    if (!treekem::find_extension(found->second.key_package.extensions, treekem::ExtensionType::last_resort_key_package))
      state->used_key_package = found->first;
    state->take(std::move(staged), std::move(succession).into_init_secret());
    return Transition(std::move(state));
  }
  return fail(errc::kNotForUs, "RFC 9420 §12.4.3.1: the Welcome names none of this client's key packages");
}

Result<Transition> Client::join_by_commit(BytesView octets, const ExternalCommitRequest& request,
                                          BytesView ratchet_tree) {
  DMLS_TRY(const auto message, tls_codec::decode<MlsMessage>(octets));
  const auto* info = std::get_if<GroupInfo>(&message.body);
  if (info == nullptr) return fail(errc::kInvalidGroupInfo, "RFC 9420 §12.4.3.2: the message is not a GroupInfo");
  keyschedule::OrdinarySuccession succession;
  DMLS_TRY(auto made, create_external_commit(*info, ratchet_tree, request, ClientPsks(*state_), config(), succession));
  auto state = detail::own_transition(TransitionKind::entry, std::move(made), std::move(succession).into_init_secret(),
                                      identity());
  state->authenticated_data = request.authenticated_data;
  DMLS_CHECK(save_entry(*state));
  return Transition(std::move(state));
}

Result<Group> Client::enter(Transition transition) {
  detail::TransitionState& state = *transition.state_;
  if (state.kind != TransitionKind::entry || !state.next)
    return fail(dmls::errc::kMisuse, "the transition does not lead into a group: it is for Group::merge()");
  if (!state.used_key_package.empty() && !key_packages_.contains(state.used_key_package))
    return fail(errc::kStale, "the key package of this Welcome was used meanwhile");
  if (!state.own) {  // a key package of last resort opens its Welcome again
    const Bytes& group_id = state.changes.group_id;
    DMLS_TRY(const bool known, knows_group(group_id));
    if (known || state_->groups.contains(group_id))
      return fail(errc::kStale, "this client has entered a group with that id since the Welcome was opened");
  }
  if (state.stored_as != 0) {
    DMLS_TRY(const bool pending, is_pending(state));
    if (!pending) return fail(errc::kStale, "this commit, or a copy of it, was entered or discarded already");
  }
  storage::Batch batch;
  if (!state.used_key_package.empty()) batch.erase(key_package_key(state.used_key_package));
  if (state.stored_as != 0) batch.erase_all(entry_key(state.stored_as));
  DMLS_TRY(auto stored, save_group(*state.next, state.init_secret, state.identity, std::move(batch)));
  key_packages_.erase(state.used_key_package);  // RFC 9420 §16.8: its init key must not decrypt the Welcome again.
  Group out(*std::move(state.next), std::move(state.init_secret), state_, std::move(state.identity), std::move(stored));
  state.next.reset();
  return out;
}

}  // namespace dmls::group
