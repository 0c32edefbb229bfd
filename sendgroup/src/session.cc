#include <dmls/sendgroup/session.h>
#include <dmls/sendgroup/stapled_commit.h>

#include <dmls/group/error.h>

#include "state.h"

namespace dmls::sendgroup {

// ---- the state's own small questions
// ---------------------------------------------------------------------------------

const group::ClientConfig* Session::State::client_for(crypto::CipherSuiteId id) const {
  for (const auto& cfg : config.clients)
    if (cfg->suite.id() == id) return cfg.get();
  return nullptr;
}

FollowedGroup* Session::State::find_group(BytesView id) { return groups.edit(id); }

const FollowedGroup* Session::State::find_group(BytesView id) const {
  const auto found = groups.find(id);
  return found == groups.end() ? nullptr : &found->second;
}

std::vector<Bytes> Session::State::group_ids() const {
  std::vector<Bytes> out;
  for (const auto& [id, group] : groups) out.push_back(id);
  return out;
}

const FollowedGroup* Session::State::group_of(BytesView who) const {
  const auto found = participants.find(who);
  return found == participants.end() ? nullptr : find_group(found->second.group_id);
}

const Bytes* Session::State::owner_of(BytesView group_id) const {
  const auto found = owners.find(group_id);
  return found == owners.end() ? nullptr : &found->second;
}

// ---- the session
// -----------------------------------------------------------------------------------------------------

std::vector<Bytes> Outgoing::messages() const {
  std::vector<Bytes> out;
  if (!commit.empty())
    out.push_back(stapled.empty() ? commit : tls_codec::encode(StapledCommit{kStapleMark, stapled, commit}));
  for (const Bytes* message : {&welcome, &announcement})
    if (!message->empty()) out.push_back(*message);
  out.insert(out.end(), proposals.begin(), proposals.end());
  return out;
}

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Result<std::unique_ptr<Session::State>> Session::State::create(SessionConfig config) {
  if (config.clients.empty() || !config.membership)
    return fail(dmls::errc::kMisuse, "a session needs a client and a membership policy");
  if (config.name.size() > kMaxSessionName) return fail(dmls::errc::kMisuse, "the name of a session is too long");
  std::set<crypto::CipherSuiteId> suites;
  for (const auto& cfg : config.clients) {
    if (!cfg || !cfg->signer || !cfg->policy || !cfg->clock || !cfg->random)
      return fail(dmls::errc::kMisuse, "a client needs a signer, a policy, a clock and a random source");
    if (!suites.insert(cfg->suite.id()).second)
      return fail(dmls::errc::kMisuse, "two clients of a session have the same suite");
    if (cfg->store != config.clients.front()->store)
      return fail(dmls::errc::kMisuse, "the clients of a session share one store, or have none");
  }
  const auto client_id = [](const group::ClientConfig& cfg) {
    return client_of(group::Member{{}, cfg.credential, cfg.signer->public_key().octets}, *cfg.policy);
  };
  Bytes me = client_id(*config.clients.front());
  for (const auto& cfg : config.clients)
    if (client_id(*cfg) != me)
      return fail(dmls::errc::kMisuse, "the policy's client_id() tells the clients of one session apart");
  auto state = std::make_unique<State>();
  state->config = std::move(config);
  state->me = std::move(me);
  return state;
}

// One step: what it has changed is written, or has not happened. A refused step may have spent a message's key.
template <class Run>
auto Session::step(Run run) -> decltype(run(std::declval<State&>())) {
  if (state_->stored.broken) return fail(*state_->stored.broken);
  auto out = run(*state_);
  const auto saved = state_->save();
  if (saved) return out;
  // The store has the last word: back to what it holds.
  auto before = saved.error().code == group::errc::kStale ? Result<std::unique_ptr<State>>(fail(saved.error()))
                                                          : State::load(state_->config);
  if (before && (*before)->stored.opened == state_->stored.opened) {
    state_ = *std::move(before);
  } else {
    state_->stored.broken = saved.error();
  }
  return fail(saved.error());
}

Result<Bytes> Session::new_key_package(KeyPackageUse use, std::size_t client) {
  return step([&](State& state) { return state.new_key_package(use, client); });
}
Result<void> Session::import_key_package(treekem::KeyPackageBundle bundle) {
  return step([&](State& state) { return state.import_key_package(std::move(bundle)); });
}
Result<Outgoing> Session::open_universe(std::span<const Bytes> packages, const UniverseParameters& parameters) {
  return step([&](State& state) { return state.open_universe(packages, parameters); });
}
Result<Outgoing> Session::open_send_group(std::span<const Bytes> packages) {
  return step([&](State& state) { return state.open_send_group(packages); });
}
Result<Outgoing> Session::commit(CommitKind kind) {
  return step([&](State& state) { return state.commit(kind); });
}
Result<std::vector<Bytes>> Session::protect(BytesView data, BytesView authenticated_data) {
  return step([&](State& state) { return state.protect(data, authenticated_data); });
}
Result<std::vector<Bytes>> Session::maintain() {
  return step([](State& state) { return state.maintain(); });
}
Result<Events> Session::unprotect(BytesView message) {
  return step([&](State& state) { return state.unprotect(message); });
}
Result<Outgoing> Session::add(BytesView package) {
  return step([&](State& state) { return state.add(package); });
}
Result<Outgoing> Session::remove(BytesView client) {
  return step([&](State& state) { return state.remove(client); });
}
Result<Outgoing> Session::readmit(BytesView client, BytesView package) {
  return step([&](State& state) { return state.readmit(client, package); });
}
Result<void> Session::abandon(BytesView group_id) {
  return step([&](State& state) { return state.abandon(group_id); });
}
std::vector<Wanted> Session::missing() const { return state_->missing(); }
std::vector<EpochName> Session::heads() const { return state_->heads(); }
std::vector<Wanted> Session::lacking(std::span<const EpochName> heads) const { return state_->lacking(heads); }
std::vector<Bytes> Session::serve(const Wanted& wanted) const { return state_->serve(wanted); }

std::vector<Bytes> Session::lost() const {
  std::vector<Bytes> out;
  for (const auto& [id, group] : state_->groups)
    if (group.lost) out.push_back(id);
  return out;
}

// ---- looking
// ---------------------------------------------------------------------------------------------------------

Bytes Session::client_id() const { return state_->me; }
Bytes Session::universe_id() const { return state_->universe ? state_->universe->id : Bytes{}; }
Bytes Session::group_id() const { return state_->own ? state_->own->id : Bytes{}; }

std::optional<std::uint64_t> Session::epoch(BytesView group_id) const {
  if (state_->own && State::is_same(state_->own->id, group_id)) return state_->own->epoch.number();
  const FollowedGroup* group = state_->find_group(group_id);
  return group != nullptr ? std::optional(group->epoch.number()) : std::nullopt;
}

std::vector<Bytes> Session::members(BytesView group_id) const {
  const FollowedGroup* group = state_->find_group(group_id);
  const Roster* roster = state_->own && State::is_same(state_->own->id, group_id) ? state_->own->roster.get()
                         : group != nullptr                                       ? group->roster.get()
                                                                                  : nullptr;
  return roster != nullptr ? std::vector<Bytes>(roster->begin(), roster->end()) : std::vector<Bytes>{};
}

const keyschedule::EpochAuthenticator* Session::epoch_authenticator(BytesView group_id) const {
  if (state_->own && State::is_same(state_->own->id, group_id)) return &state_->own->epoch.own().epoch_authenticator;
  const FollowedGroup* group = state_->find_group(group_id);
  return group != nullptr ? &group->epoch.own().epoch_authenticator : nullptr;
}

Bytes Session::owner_of(BytesView group_id) const {
  const Bytes* owner = state_->owner_of(group_id);
  return owner != nullptr ? *owner : Bytes{};
}

Bytes Session::send_group_of(BytesView client) const {
  const auto found = state_->participants.find(client);
  return found != state_->participants.end() ? found->second.group_id : Bytes{};
}

std::uint64_t Session::imported(BytesView owner, BytesView group_id) const {
  return state_->acks.newest(owner, group_id);
}

Pending Session::pending() const { return state_->pending(); }

std::vector<Staleness> Session::staleness() const {
  std::vector<Staleness> out;
  const std::uint64_t now = state_->now();
  for (const auto& [id, group] : state_->groups) {
    if (!group.confirmed || group.closing) continue;
    out.push_back({group.owner, group.newest_update, now > group.updated_at ? now - group.updated_at : 0,
                   state_->acks.newest(state_->me, id)});
  }
  return out;
}

Statistics Session::statistics() const {
  Statistics out;
  out.groups = state_->groups.size();
  out.ledger = state_->ledger.size();
  out.postponed_messages = state_->postbox.count();
  out.postponed_octets = state_->postbox.octets();
  for (const auto& [id, group] : state_->groups) out.blocked_commits += group.blocked ? 1 : 0;
  out.deferrals = state_->deferrals;
  return out;
}

}  // namespace dmls::sendgroup
