// A session out of its store.

#include <dmls/group/error.h>

#include <algorithm>

#include "session_keys.h"
#include "state.h"

namespace dmls::sendgroup {
namespace {

Unexpected malformed(const char* rule) { return fail(storage::errc::kMalformedRecord, rule); }

// A record, and the components of its key below the prefix.
template <class Record>
struct Found {
  std::vector<Bytes> id;
  Record record;
};

template <class Record>
Result<std::vector<Found<Record>>> records(storage::Store& store, BytesView prefix) {
  std::vector<Found<Record>> out;
  DMLS_CHECK(store.for_each(prefix, [&](BytesView key, BytesView value) -> Result<void> {
    DMLS_TRY(const auto parts, storage::components(key.subspan(prefix.size())));
    DMLS_TRY(auto record, decode_record<Record>(value));
    auto& found = out.emplace_back(Found<Record>{{}, std::move(record)});
    for (const BytesView part : parts) found.id.push_back(to_bytes(part));
    return {};
  }));
  return out;
}

// The same with a number at the end of each key, in its order.
template <class Record>
Result<std::vector<std::pair<std::uint64_t, Record>>> numbered(storage::Store& store, BytesView prefix) {
  DMLS_TRY(auto found, records<Record>(store, prefix));
  std::vector<std::pair<std::uint64_t, Record>> out;
  for (auto& [id, record] : found) {
    if (id.size() != 1 || id[0].size() != 8) return malformed("stored session: a record without a number");
    std::uint64_t number = 0;
    for (const std::uint8_t octet : id[0]) number = number << 8 | octet;
    out.emplace_back(number, std::move(record));
  }
  std::ranges::sort(out, {}, [](const auto& item) { return item.first; });
  return out;
}

}  // namespace

struct Session::State::Loader {
  State& state;
  storage::Store& store;
  SessionKeys keys;
  std::map<Bytes, SharedRoster, OctetOrder> rosters = {};  // by hash

  Result<void> load();
  Result<void> load_head();
  Result<void> load_participants();
  Result<void> load_key_packages();
  Result<void> load_ledger();
  Result<void> load_order();
  Result<void> load_own();
  Result<void> load_followed();
  Result<void> load_proposals(const Bytes& key, const group::ClientConfig&, const group::Epoch&, group::ProposalStore&,
                              ProposalMessages&);
  void find_what_waits();
  // One roster for all who have the same.
  SharedRoster shared(SharedRoster);
};

Result<void> Session::State::Loader::load() {
  DMLS_CHECK(load_head());
  DMLS_CHECK(load_key_packages());
  DMLS_CHECK(load_participants());
  DMLS_CHECK(load_ledger());
  DMLS_CHECK(load_order());
  DMLS_CHECK(load_own());
  DMLS_CHECK(load_followed());
  find_what_waits();
  state.forget_changes();
  return {};
}

Result<void> Session::State::Loader::load_head() {
  DMLS_TRY(const auto octets, store.read(head_key(state.config.name)));
  if (!octets) return fail(dmls::errc::kMisuse, "no session of this name is stored");
  DMLS_TRY(auto head, decode_record<HeadRecord>(octets->expose()));
  if (head.name != state.config.name) return malformed("stored session: of another name");
  if (head.client_id != state.me) return fail(dmls::errc::kMisuse, "the stored session is somebody else's");
  state.stored.opened = head.opened;
  state.stored.head = to_bytes(octets->expose());
  if (!head.universe) return {};
  UniverseRecord& u = *head.universe;
  const auto suite = crypto::CipherSuite::find(u.suite, state.client().suite.provider());
  if (!suite) return malformed("stored session: a universe of an unknown suite");
  state.universe.emplace(Universe{std::move(u.id), *suite,
                                  UniverseParameters{u.export_length, std::string(u.label.begin(), u.label.end()),
                                                     u.leaf_keys, u.group_ids, std::move(u.suites)}});
  return {};
}

Result<void> Session::State::Loader::load_participants() {
  DMLS_TRY(auto people, records<ParticipantRecord>(store, keys.of("n")));
  for (auto& [id, record] : people) {
    state.owners.insert_or_assign(record.group_id, record.client_id);
    state.participants.put(record.client_id, {std::move(record.group_id), std::move(record.signature_key)});
  }
  DMLS_TRY(const auto marks, records<MarkRecord>(store, keys.of("m")));
  for (const auto& [id, record] : marks) {
    switch (record.mark) {
      case Mark::removed: state.removed.insert(record.subject); break;
      case Mark::to_remove: state.to_remove.insert(record.subject); break;
      case Mark::to_add: state.to_add.insert(record.subject); break;
      case Mark::left: state.left.insert(record.subject); break;
      default: return malformed("stored session: an unknown mark");
    }
  }
  return {};
}

Result<void> Session::State::Loader::load_key_packages() {
  DMLS_TRY(auto packages_of_ours, records<KeyPackageRecord>(store, keys.of("k")));
  for (auto& [id, record] : packages_of_ours) {
    const auto* cfg = state.client_for(record.key_package.cipher_suite);
    if (cfg == nullptr) return fail(dmls::errc::kMisuse, "a stored key package is of a suite without a client");
    treekem::KeyPackageBundle bundle;
    bundle.key_package = std::move(record.key_package);
    DMLS_TRY(bundle.init, crypto::hpke_key_pair_from_private(cfg->suite, std::move(record.init)));
    DMLS_TRY(bundle.encryption, crypto::hpke_key_pair_from_private(cfg->suite, std::move(record.encryption)));
    if (bundle.init.public_key != bundle.key_package.init_key ||
        bundle.encryption.public_key != bundle.key_package.leaf_node.encryption_key)
      return malformed("stored session: a key package with other keys");
    const Bytes reference = treekem::key_package_ref(cfg->suite, bundle.key_package);
    state.bundles.put(reference, std::move(bundle));
  }
  DMLS_TRY(auto published, records<DirectoryRecord>(store, keys.of("y")));
  for (auto& [id, record] : published) {
    Packages packages;
    for (auto& package : record.packages) packages.emplace(package.cipher_suite, std::move(package));
    state.directory.put(record.client_id, std::move(packages));
  }
  return {};
}

SharedRoster Session::State::Loader::shared(SharedRoster roster) {
  const Bytes record = tls_codec::encode(RosterRecord{kRecordVersion, {roster->begin(), roster->end()}});
  return rosters.emplace(keys.hash(record), std::move(roster)).first->second;
}

Result<void> Session::State::Loader::load_ledger() {
  DMLS_TRY(const auto lists, records<RosterRecord>(store, keys.of("r")));
  for (const auto& [id, record] : lists)
    (void)shared(std::make_shared<const Roster>(record.clients.begin(), record.clients.end()));
  DMLS_TRY(auto entries, records<LedgerRecord>(store, keys.of("p")));
  for (auto& [id, record] : entries) {
    const auto roster = rosters.find(record.roster);
    if (roster == rosters.end()) return malformed("stored session: a PSK without a roster");
    const EpochName name{record.group_id, record.epoch};
    PskLedger::Entry entry{std::move(record.psk), roster->second, std::move(record.leaves), {}};
    for (auto& key : record.own_leaves) {
      const auto* cfg = state.client_for(key.suite);
      const auto* leaf = entry.published(key.suite);
      if (cfg == nullptr || leaf == nullptr) return malformed("stored session: the key of a leaf that is not there");
      DMLS_TRY(auto pair, crypto::hpke_key_pair_from_private(cfg->suite, std::move(key.encryption)));
      if (pair.public_key != leaf->encryption_key) return malformed("stored session: a leaf with another key");
      entry.own_leaves.emplace(key.suite, group::OwnUpdate{std::move(pair), std::nullopt});
    }
    state.ledger.add(name, std::move(entry), SIZE_MAX);
    state.stored.ledger.emplace(name, record.roster);
    ++state.stored.rosters[record.roster];
  }
  return {};
}

Result<void> Session::State::Loader::load_order() {
  DMLS_TRY(auto letters, numbered<LetterRecord>(store, keys.of("l")));
  for (auto& [number, record] : letters)
    state.postbox.restore(
        {{std::move(record.group_id), record.epoch}, record.is_commit != 0, std::move(record.message), number});
  DMLS_TRY(auto commits, records<LoggedCommitRecord>(store, keys.of("c")));
  for (auto& [id, record] : commits)
    state.log.add({std::move(record.group_id), record.epoch},
                  {std::move(record.message), record.is_update != 0, std::move(record.proposals),
                   std::move(record.confirmation_tag)},
                  SIZE_MAX);
  DMLS_TRY(const auto imports, records<AckRecord>(store, keys.of("a")));
  for (const auto& [id, record] : imports) state.acks.raise(record.owner, record.group_id, record.epoch);
  DMLS_TRY(auto welcomes, records<EarlyWelcomeRecord>(store, keys.of("u")));
  for (auto& [id, record] : welcomes) {
    if (id.size() != 1) return malformed("stored session: a Welcome without a name");
    state.early_welcomes.put(id[0], std::move(record.message));
  }
  return {};
}

Result<void> Session::State::Loader::load_proposals(const Bytes& key, const group::ClientConfig& cfg,
                                                    const group::Epoch& epoch, group::ProposalStore& proposals,
                                                    ProposalMessages& messages) {
  DMLS_TRY(auto found, numbered<ProposalRecord>(store, storage::below(key, "q")));
  for (auto& [number, record] : found) {
    group::StoredProposal proposal{std::move(record.reference), std::move(record.proposal), record.sender,
                                   std::move(record.authenticated_data)};
    const group::ProposalRef reference = proposal.reference;
    if (const auto valid = group::check_proposal(epoch.shared(), proposal, cfg); !valid)
      proposal.objection = valid.error();
    DMLS_CHECK(proposals.add(std::move(proposal)));
    messages.insert_or_assign(reference.octets, std::move(record.message));
    if (!record.own_update) continue;
    DMLS_TRY(auto pair, crypto::hpke_key_pair_from_private(epoch.suite(), *std::move(record.own_update)));
    proposals.add_own_update(reference, {std::move(pair), std::nullopt});
  }
  return {};
}

Result<void> Session::State::Loader::load_own() {
  DMLS_TRY(auto octets, store.read(keys.of("o")));
  if (!octets) return {};
  DMLS_TRY(auto record, decode_record<OwnGroupRecord>(octets->expose()));
  state.stored.own = *std::move(octets);
  const Bytes key = keys.group(record.group_id);
  group::EpochLoader epochs(store, key, state.client().suite);
  DMLS_TRY(auto epoch, epochs.load(SessionKeys::place(key, record.epoch).id));
  auto roster = shared(roster_of(epoch.shared().tree, state.policy()));
  OwnGroup& mine = state.own.emplace(
      OwnGroup{std::move(record.group_id), std::move(epoch), std::move(record.init_secret), std::move(roster)});
  mine.fresh_at = record.fresh_at;
  mine.messages_since_fresh = record.messages_since_fresh;
  DMLS_TRY(auto invitations, numbered<InvitationRecord>(store, keys.of("w")));
  for (auto& [number, stored_one] : invitations) {
    state.stored.invitations.insert(number);
    Invitation invitation{std::move(stored_one.messages), {}};
    for (Bytes& client : stored_one.invited)
      if (mine.roster->contains(client) && state.acks.newest(client, mine.id) < number)
        invitation.invited.insert(std::move(client));
    mine.invitations.emplace(number, std::move(invitation));
  }
  DMLS_CHECK(load_proposals(key, state.client(), mine.epoch, mine.proposals, mine.proposal_messages));
  mine.shelf.is_new = false;
  mine.shelf.epochs = {{mine.epoch.shared_pointer(), false}};
  mine.shelf.proposals = mine.proposals.all().size();
  return {};
}

Result<void> Session::State::Loader::load_followed() {
  DMLS_TRY(auto found, records<FollowedGroupRecord>(store, keys.of("f")));
  for (auto& [hash, record] : found) {
    const auto* cfg = state.client_for(record.suite);
    if (cfg == nullptr) return fail(dmls::errc::kMisuse, "a stored Send Group is of a suite without a client");
    if (record.renewal > static_cast<std::uint8_t>(Renewal::proposed))
      return malformed("stored session: an unknown state of a leaf");
    const Bytes key = keys.group(record.group_id);
    group::EpochLoader epochs(store, key, cfg->suite);
    DMLS_TRY(auto epoch, epochs.load(SessionKeys::place(key, record.epoch).id));
    auto roster = shared(roster_of(epoch.shared().tree, state.policy()));
    auto octets = tls_codec::encode_secret(record);
    FollowedGroup group{std::move(record.group_id), std::move(record.owner),       cfg,
                        std::move(epoch),           std::move(record.init_secret), std::move(roster)};
    group.joined_at = record.joined_at;
    group.newest_update = record.newest_update;
    group.updated_at = record.updated_at;
    group.welcome_hash = std::move(record.welcome_hash);
    group.confirmed = record.confirmed != 0;
    group.lost = record.lost != 0;
    group.closing = record.closing != 0;
    group.renewal = static_cast<Renewal>(record.renewal);
    group.shelf.is_new = false;
    group.shelf.record = std::move(octets);
    group.shelf.epochs = {{group.epoch.shared_pointer(), false}};
    for (const std::uint64_t number : record.past) {
      DMLS_TRY(auto past, epochs.load(SessionKeys::place(key, number).id));
      group.shelf.epochs.push_back({past.shared_pointer(), true});
      group.past.push_back(std::move(past));
    }
    DMLS_CHECK(load_proposals(key, *cfg, group.epoch, group.proposals, group.proposal_messages));
    group.shelf.proposals = group.proposals.all().size();
    DMLS_TRY(const auto blocked, store.read(storage::below(key, "b")));
    if (blocked) {
      DMLS_TRY(auto commit, decode_record<BlockedCommitRecord>(blocked->expose()));
      if (!std::holds_alternative<group::CommitContent>(commit.content.content.content) ||
          !commit.content.auth.confirmation_tag)
        return malformed("stored session: what waits is no commit");
      group.shelf.blocked = *commit.content.auth.confirmation_tag;
      group.blocked.emplace(
          BlockedCommit{group.epoch.verified_before(std::move(commit.content)), std::move(commit.message)});
    }
    const Bytes id = group.id;
    state.groups.put(id, std::move(group));
  }
  return {};
}

// Which commit waits for what follows from the rest.
void Session::State::Loader::find_what_waits() {
  state.names_learned = !state.early_welcomes.empty();
  for (const Bytes& id : state.group_ids()) {
    FollowedGroup& group = *state.find_group(id);
    state.names_learned = state.names_learned || !group.confirmed;
    if (!group.blocked) continue;
    const auto imports =
        state.check_commit(group, std::get_if<group::CommitContent>(&group.blocked->content->content.content)->commit);
    if (!imports) continue;
    std::vector<EpochName> until;
    EpochName because;
    (void)state.readiness(group, *imports, until, because);
    for (const EpochName& name : until) state.waits.add(name, id);
  }
  state.names_learned = state.names_learned && state.universe.has_value();
}

Result<std::unique_ptr<Session::State>> Session::State::load(SessionConfig config) {
  DMLS_TRY(auto state, create(std::move(config)));
  if (state->store() == nullptr) return fail(dmls::errc::kMisuse, "the clients of the session have no store");
  Loader loader{*state, *state->store(), SessionKeys(state->client().suite, state->config.name)};
  DMLS_CHECK(loader.load());
  return state;
}

// ---- the session as its application sees it
// --------------------------------------------------------------------------

Result<std::vector<Bytes>> stored_sessions(storage::Store& store) {
  std::vector<Bytes> out;
  DMLS_TRY(auto heads, records<HeadRecord>(store, heads_key()));
  for (auto& [id, head] : heads) out.push_back(std::move(head.name));
  return out;
}

Result<Session> Session::load(SessionConfig config) {
  DMLS_TRY(auto state, State::load(std::move(config)));
  DMLS_TRY(auto head, decode_record<HeadRecord>(state->stored.head));
  ++head.opened;
  Bytes octets = tls_codec::encode(head);
  storage::Batch batch;
  batch.put(head_key(head.name), SecretBytes(BytesView(octets)));
  DMLS_CHECK(state->store()->write(batch));
  state->stored.opened = head.opened;
  state->stored.head = std::move(octets);
  return Session(std::move(state));
}

Result<Session> load_session(SessionConfig config) { return Session::load(std::move(config)); }

Result<void> forget_session(const group::ClientConfig& client, BytesView name) {
  if (!client.store) return {};
  if (name.size() > kMaxSessionName) return fail(dmls::errc::kMisuse, "the name of a session is too long");
  storage::Batch batch;
  batch.erase(head_key(name));
  batch.erase_all(SessionKeys(client.suite, name).all());
  return client.store->write(batch);
}

Result<Session> Session::create(SessionConfig config) {
  DMLS_TRY(auto state, State::create(std::move(config)));
  if (storage::Store* const store = state->store()) {
    const Bytes key = head_key(state->config.name);
    DMLS_TRY(const auto present, store->read(key));
    if (present) return fail(dmls::errc::kMisuse, "a session of this name is stored: load it, or forget it first");
    state->stored.opened = 1;
    state->stored.head = tls_codec::encode(HeadRecord{kRecordVersion, 1, state->config.name, state->me, {}});
    storage::Batch batch;
    batch.put(key, SecretBytes(BytesView(state->stored.head)));
    DMLS_CHECK(store->write(batch));
  }
  return Session(std::move(state));
}

}  // namespace dmls::sendgroup
