#include <dmls/fork/session.h>
#include <dmls/keyschedule/exporter.h>
#include <dmls/tls_codec/codec.h>

#include "session_state.h"

namespace dmls::fork {

Session::State::State(std::shared_ptr<ClientState> shared, Signalling says)
    : client(std::move(shared)),
      config(client->config),
      options(client->options),
      signalling(says),
      suite(config->suite),
      waiting(options.waiting) {}

void Session::State::begin(std::unique_ptr<LiveEpoch> first, std::optional<NodeId> parent,
                           std::optional<Candidate> edge) {
  group_id = first->epoch.shared().context.group_id;
  head = first->id;
  if (client->store() != nullptr) stored = std::make_unique<SessionStore>(client, group_id);
  history.add_root(head, std::move(parent), std::move(edge));
  live.emplace(head, std::move(first));
}

LiveEpoch* Session::State::find(const NodeId& id) {
  const auto found = live.find(id);
  return found == live.end() ? nullptr : found->second.get();
}

Result<LiveEpoch*> Session::State::need(const NodeId& id) {
  if (LiveEpoch* at = find(id)) return at;
  if (gone.contains(id)) return fail(errc::kDeletedEpoch, "DeMLS: the secrets of this epoch have been deleted");
  return fail(errc::kUnknownEpoch, "DeMLS: no epoch of that name is held");
}

group::ClientConfig Session::State::config_at(const LiveEpoch& at) const {
  group::ClientConfig out = *config;
  out.credential = at.identity.credential;
  out.signer = at.identity.signer;
  return out;
}

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

BytesView Session::group_id() const { return state_->group_id; }
const crypto::CipherSuite& Session::suite() const { return state_->suite; }
ExternalCommits Session::external_commits() const { return state_->signalling.external_commits(); }
const History& Session::history() const { return state_->history; }
const NodeId& Session::head() const { return state_->head; }
bool Session::holds(const NodeId& id) const { return state_->find(id) != nullptr; }

Result<const group::PublicEpoch*> Session::epoch(const NodeId& id) const {
  DMLS_TRY(const LiveEpoch* at, state_->need(id));
  return &at->epoch.shared();
}

Result<std::vector<group::Member>> Session::members(const NodeId& id) const {
  DMLS_TRY(const LiveEpoch* at, state_->need(id));
  return group::members_of(at->epoch.shared().tree);
}

Result<group::LeafIndex> Session::own_leaf(const NodeId& id) const {
  DMLS_TRY(const LiveEpoch* at, state_->need(id));
  return at->epoch.own_leaf();
}

Result<const keyschedule::EpochAuthenticator*> Session::epoch_authenticator(const NodeId& id) const {
  DMLS_TRY(const LiveEpoch* at, state_->need(id));
  return &at->epoch.own().epoch_authenticator;
}

Result<SecretBytes> Session::export_secret(const NodeId& id, std::string_view label, BytesView context,
                                           std::size_t length) const {
  DMLS_TRY(const LiveEpoch* at, state_->need(id));
  return keyschedule::mls_exporter(state_->suite, at->epoch.own().exporter_secret, label, context, length);
}

Result<bool> Session::may_send(const NodeId& id) const {
  DMLS_TRY(const LiveEpoch* at, state_->need(id));
  return at->may_send();
}

Result<Bytes> Session::group_info(group::TreeDelivery delivery) const {
  DMLS_TRY(const LiveEpoch* at, state_->need(head()));
  treekem::ExtensionList further;
  EpochNotes(at->id).write(further);
  const auto joins =
      external_commits() == ExternalCommits::allowed ? group::ExternalJoins::allowed : group::ExternalJoins::refused;
  DMLS_TRY(auto info, group::make_group_info(at->epoch, delivery, joins, at->identity, std::move(further)));
  return tls_codec::encode(group::MlsMessage{std::move(info)});
}

}  // namespace dmls::fork
