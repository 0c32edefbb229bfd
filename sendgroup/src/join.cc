// Welcomes to the Send Groups of others, and what the first of them is. draft-xue-distributed-mls, "DMLS Requirements"

#include <dmls/crypto/hash.h>

#include <algorithm>

#include "state.h"

namespace dmls::sendgroup {

using treekem::LeafIndex;

Result<void> Session::State::receive_welcome(const group::Welcome& welcome, BytesView octets, Events& events) {
  const auto named = std::find_if(welcome.secrets.begin(), welcome.secrets.end(),
                                  [&](const auto& secrets) { return bundles.contains(secrets.new_member); });
  if (named == welcome.secrets.end()) {
    events.push_back(Skipped::not_for_us);
    return {};
  }
  const auto bundle = bundles.find(named->new_member);
  const auto* cfg = client_for(welcome.cipher_suite);
  if (cfg == nullptr) return fail(errc::kSuiteNotAllowed, "a Welcome in a suite in which we cannot receive");

  // No PSK can be named: with an Add nothing is imported.
  keyschedule::OrdinarySuccession succession;
  DMLS_TRY(auto staged,
           group::join_epoch(welcome, bundle->second, {}, nullptr, group::ExternalPsks(), *cfg, succession));
  const Bytes id = staged.next.shared().context.group_id;
  const Bytes hash = crypto::hash(cfg->suite, octets);
  FollowedGroup* present = find_group(id);
  if (present != nullptr && present->welcome_hash == hash) {
    events.push_back(Skipped::duplicate);
    return {};
  }
  if ((present != nullptr && !present->lost) || (own && own->id == id))
    return fail(group::errc::kKnownGroup, "RFC 9420 §12.4.3.1: a Welcome to a group that we are in");

  const auto first = staged.next.shared().tree.leaf(LeafIndex(0));
  if (!first || staged.changes.committer.leaf != LeafIndex(0) || staged.next.own_leaf() == LeafIndex(0))
    return fail(errc::kNotOwner, "draft-xue-distributed-mls, Group Operations: the Welcome is not the owner's");
  FollowedGroup joined{
      id, client_of(*first, policy()), cfg, std::move(staged.next), std::move(succession).into_init_secret(), nullptr};
  joined.roster = roster_of(joined.epoch.shared().tree, policy());
  joined.joined_at = joined.epoch.number();
  joined.newest_update = staged.changes.has_path ? joined.joined_at : 0;
  joined.updated_at = now();
  joined.welcome_hash = hash;

  if (universe) {
    if (owner_of(id) == nullptr) {
      // The commit that adds its owner is still on its way, or it is nobody's.
      if (!early_welcomes.contains(hash)) {
        if (early_welcomes.size() >= config.limits.early_welcomes)
          return fail(dmls::errc::kLimit, "too many Welcomes to groups that nobody has named yet");
        early_welcomes.put(hash, to_bytes(octets));
      }
      events.push_back(Waiting{{id, joined.joined_at}, {{universe->id, 0}}});
      return {};
    }
    DMLS_CHECK(check_owner(joined));
  } else if (groups.size() >= config.limits.early_welcomes) {
    return fail(dmls::errc::kLimit, "too many Welcomes before any universe was announced");
  }

  // The PSK of the epoch in which we join: others may import it.
  std::optional<keyschedule::Psk> psk;
  if (universe) {
    DMLS_TRY(psk, exporter_psk(cfg->suite, joined.epoch.own().exporter_secret, universe->parameters.label,
                               {id, joined.joined_at}, universe->parameters.export_length));
  }
  // RFC 9420 §16.8: the init key must not open the Welcome again, unless it has to serve other owners.
  if (treekem::find_extension(bundle->second.key_package.extensions, treekem::ExtensionType::last_resort_key_package) ==
      nullptr)
    bundles.erase(bundle->first);
  if (present != nullptr) waits.remove(id);
  joined.confirmed = universe.has_value();
  events.push_back(Joined{{id, joined.joined_at}, joined.owner});
  if (psk) ledger.add({id, joined.joined_at}, {*std::move(psk), joined.roster}, config.limits.ledger_per_group);
  const EpochName entry{id, joined.joined_at};
  left.erase(id);
  groups.put(id, std::move(joined));
  entered.push_back(entry);  // without a universe: the announcement may be here already
  return {};
}

// Leaf 0 is whom the name of the group belongs to, and the suite is one of the universe's.
Result<void> Session::State::check_owner(const FollowedGroup& group) const {
  const auto* owner = owner_of(group.id);
  if (owner == nullptr) return fail(errc::kUnknownGroup, "the group id belongs to nobody who takes part");
  if (*owner != group.owner)
    return fail(errc::kWrongOwner, "draft-xue-distributed-mls, Group Operations: leaf 0 is not the group's owner");
  if (removed.contains(group.owner)) return fail(errc::kUnknownParticipant, "a Welcome of somebody who was removed");
  const auto& suites = universe->parameters.suites;
  if (std::find(suites.begin(), suites.end(), group.epoch.suite().id()) == suites.end())
    return fail(errc::kSuiteNotAllowed, "the Send Group has a suite that is not one of the universe's");
  if (detaches_leaves() && !requires_detached_leaves(group.epoch.shared().extensions))
    return fail(errc::kForbiddenProposal, "leaves are detached, and the Send Group does not ask for the capability");
  const auto& key = participants.find(*owner)->second.signature_key;
  if (!key.empty() && group.epoch.suite().signature() == universe->suite.signature()) {
    const auto leaf = group.epoch.shared().tree.leaf(LeafIndex(0));
    if (leaf->signature_key().octets != key)
      return fail(errc::kWrongOwner, "leaf 0 has another signature key than its owner in the universe group");
  }
  return {};
}

Result<void> Session::State::check_announcement(const FollowedGroup& group, const Announcement& said) const {
  const auto invalid = [](const char* rule) { return fail(errc::kInvalidAnnouncement, rule); };
  if (said.version != 1) return invalid("the announcement has a version that is not known");
  if (said.leaf_keys < LeafKeys::psk_only || said.leaf_keys > LeafKeys::detached_leaf)
    return invalid("the announcement names a way to renew leaves that is not known");
  if (said.leaf_keys == LeafKeys::detached_leaf && !requires_detached_leaves(group.epoch.shared().extensions))
    return invalid("leaves are detached, and the Send Group does not ask for the capability");
  if (said.group_ids != GroupIds::derived && said.group_ids != GroupIds::assigned)
    return invalid("the announcement names a scheme of group ids that is not known");
  if (said.group_ids == GroupIds::derived && said.universe_id != group.id)
    return invalid("the universe is announced in another group than the one it is named after");
  bool own_suite = false;
  for (const auto id : said.suites) {
    own_suite = own_suite || id == client().suite.id();
    const auto* cfg = client_for(id);
    if (cfg == nullptr) return fail(errc::kSuiteNotAllowed, "the universe has a suite in which we cannot receive");
    DMLS_CHECK(check_export_length(cfg->suite, said.export_length));
  }
  if (!own_suite) return fail(errc::kSuiteNotAllowed, "our own suite is not one of the universe's");

  Clients clients;
  Clients ids;
  const Bytes* mine = nullptr;
  const Bytes* senders = nullptr;
  for (const auto& entry : said.send_groups) {
    if (!clients.insert(entry.client_id).second || !ids.insert(entry.group_id).second)
      return invalid("the announcement names a participant or a Send Group twice");
    if (entry.client_id == me) mine = &entry.group_id;
    if (entry.client_id == group.owner) senders = &entry.group_id;
  }
  if (mine == nullptr || senders == nullptr || *senders != group.id)
    return invalid("the announcement does not name its sender's Send Group, or not ours");

  // What can be recomputed has to be the same: our own name, and all of them if we are there from the beginning.
  for (const auto& entry : said.send_groups) {
    if (said.group_ids == GroupIds::assigned) {
      // The creator's Send Group is the universe itself. Its suite is known if the announcement comes from there.
      if (entry.group_id == said.universe_id || said.universe_id != group.id) continue;
      if (assigned_group_id(group.epoch.suite(), said.universe_id, entry.client_id) != entry.group_id)
        return invalid("the announcement gives a participant another name than the scheme does");
      continue;
    }
    if (entry.client_id == group.owner || (entry.client_id != me && group.joined_at != 1)) continue;
    const auto at = leaf_of(group.epoch.shared().tree, policy(), entry.client_id);
    if (!at) return invalid("the announcement names somebody who is not in the universe group");
    DMLS_TRY(const Bytes id, derived_group_id(group.epoch.suite(), group.epoch.own().exporter_secret,
                                              group.epoch.shared().tree.leaf(*at)->signature_key().octets));
    if (id != entry.group_id) return invalid("the announcement gives a participant another name than was derived");
  }
  return {};
}

Result<void> Session::State::receive_announcement(FollowedGroup& group, BytesView octets, Events& events) {
  DMLS_TRY(const auto said, tls_codec::decode<Announcement>(octets));
  if (universe) {
    if (said.universe_id != universe->id)
      return fail(errc::kInvalidAnnouncement, "the announcement is of another universe");
    for (const auto& package : said.key_packages) learn(package);
    events.push_back(Announced{universe->id, group.owner});
    return {};
  }
  DMLS_CHECK(check_announcement(group, said));
  const auto* cfg = group.config;
  UniverseParameters parameters{said.export_length, std::string(said.label.begin(), said.label.end()), said.leaf_keys,
                                said.group_ids, said.suites};
  DMLS_TRY(auto psk, exporter_psk(cfg->suite, group.epoch.own().exporter_secret, parameters.label,
                                  {group.id, group.joined_at}, parameters.export_length));

  universe.emplace(Universe{said.universe_id, cfg->suite, std::move(parameters)});
  for (const auto& entry : said.send_groups) {
    Bytes key;
    if (said.universe_id == group.id)
      if (const auto at = leaf_of(group.epoch.shared().tree, policy(), entry.client_id))
        key = group.epoch.shared().tree.leaf(*at)->signature_key().octets;
    (void)name(entry.client_id, entry.group_id, key);  // names are distinct: checked above
  }
  for (const auto& package : said.key_packages) learn(package);
  group.confirmed = true;
  ledger.add({group.id, group.joined_at}, {std::move(psk), group.roster}, config.limits.ledger_per_group);
  events.push_back(Announced{universe->id, group.owner});
  entered.push_back({group.id, group.joined_at});
  return {};
}

// The universe is known: the Send Groups that were joined before are somebody's, or they are dropped. Those that nobody
// has named yet go on waiting: the commit that adds their owner may be on its way.
void Session::State::confirm_groups(Events& events) {
  std::vector<Bytes> waiting;
  std::vector<Bytes> dropped;
  for (const auto& [id, group] : groups)
    if (!group.confirmed && owner_of(id) != nullptr) waiting.push_back(id);
  for (const Bytes& id : waiting) {
    FollowedGroup& group = *find_group(id);
    const EpochName at{id, group.joined_at};
    auto owned = check_owner(group);
    if (owned) {
      auto psk = exporter_psk(group.config->suite, group.epoch.own().exporter_secret, universe->parameters.label, at,
                              universe->parameters.export_length);
      if (psk) {
        group.confirmed = true;
        ledger.add(at, {*std::move(psk), group.roster}, config.limits.ledger_per_group);
        entered.push_back(at);
        continue;
      }
      owned = fail(psk.error());
    }
    events.push_back(Rejected{at, owned.error()});
    dropped.push_back(id);
  }
  for (const Bytes& id : dropped) {
    groups.erase(id);
    postbox.drop(id);
  }
}

// Names were learned: Welcomes that waited for them may be somebody's now.
void Session::State::retry_welcomes(Events& events) {
  const std::vector<std::pair<Bytes, Bytes>> again(early_welcomes.begin(), early_welcomes.end());
  for (const auto& [hash, octets] : again) {
    early_welcomes.erase(hash);
    const auto message = tls_codec::decode<group::MlsMessage>(octets);
    const auto* welcome = message ? std::get_if<group::Welcome>(&message->body) : nullptr;
    if (welcome == nullptr) continue;
    Events fresh;
    const auto done = receive_welcome(*welcome, octets, fresh);
    if (!done) events.push_back(Rejected{{}, done.error()});
    for (auto& event : fresh)
      if (!std::holds_alternative<Waiting>(event)) events.push_back(std::move(event));
  }
}

}  // namespace dmls::sendgroup
