// INIT. draft-xue-distributed-mls, "INIT", "DMLS Requirements"

#include <dmls/crypto/error.h>
#include <dmls/treekem/key_package.h>

#include "state.h"

namespace dmls::sendgroup {

Bytes client_of(const treekem::KeyPackage& package, const treekem::CredentialValidator& validator) {
  return client_of(group::Member{{}, package.leaf_node.credential, package.leaf_node.signature_key.octets}, validator);
}

Bytes encoded_welcome(const group::OwnCommit& made) {
  return made.welcomes.empty() ? Bytes{} : tls_codec::encode(made.welcomes.front().message);
}

Result<Bytes> Session::State::new_key_package(KeyPackageUse use, std::size_t index) {
  if (index >= config.clients.size()) return fail(dmls::errc::kMisuse, "the session has no client of this index");
  const auto& cfg = *config.clients[index];
  DMLS_TRY(auto bundle, treekem::make_key_package(
                            cfg.suite, *cfg.signer,
                            {.credential = cfg.credential,
                             .capabilities = cfg.capabilities,
                             .lifetime = treekem::Lifetime::from_now(cfg.clock->now(), cfg.key_package_lifetime),
                             .last_resort = use == KeyPackageUse::last_resort},
                            *cfg.random));
  Bytes message = tls_codec::encode(group::MlsMessage{bundle.key_package});
  learn(bundle.key_package);
  const Bytes reference = treekem::key_package_ref(cfg.suite, bundle.key_package);
  bundles.put(reference, std::move(bundle));
  return message;
}

Result<void> Session::State::import_key_package(treekem::KeyPackageBundle bundle) {
  const auto& package = bundle.key_package;
  const auto* cfg = client_for(package.cipher_suite);
  if (cfg == nullptr) return fail(dmls::errc::kMisuse, "the key package is for a suite that the session does not have");
  if (client_of(package, policy()) != me) return fail(dmls::errc::kMisuse, "the key package is somebody else's");
  if (package.init_key != bundle.init.public_key || package.leaf_node.encryption_key != bundle.encryption.public_key)
    return fail(dmls::errc::kMisuse, "the private keys are not those of the key package");
  if (package.leaf_node.signature_key != cfg->signer->public_key())
    return fail(dmls::errc::kMisuse, "the key package has another signature key than the session signs with");
  learn(package);
  const Bytes reference = treekem::key_package_ref(cfg->suite, package);
  bundles.put(reference, std::move(bundle));
  return {};
}

// Whoever opens a Send Group can be added by the others: with a key package of last resort in every suite.
Result<void> Session::State::provide_last_resort() {
  for (std::size_t i = 0; i < config.clients.size(); ++i) {
    const auto mine = directory.find(me);
    if (mine == directory.end() || !mine->second.contains(config.clients[i]->suite.id()))
      DMLS_CHECK(new_key_package(KeyPackageUse::last_resort, i));
  }
  return {};
}

void Session::State::learn(const treekem::KeyPackage& package) {
  const auto* last_resort =
      treekem::find_extension(package.extensions, treekem::ExtensionType::last_resort_key_package);
  if (last_resort == nullptr) return;
  const Bytes who = client_of(package, policy());
  const auto known = directory.find(who);
  Packages packages = known == directory.end() ? Packages() : known->second;
  const auto same = packages.find(package.cipher_suite);
  if (same != packages.end() && same->second == package) return;
  packages.insert_or_assign(package.cipher_suite, package);
  directory.put(who, std::move(packages));
}

Result<void> Session::State::name(const Bytes& client, Bytes group_id, BytesView signature_key) {
  const auto known = owners.find(group_id);
  if (known != owners.end() && known->second != client)
    return fail(errc::kInvalidAnnouncement, "two participants have Send Groups of one name");
  names_learned = names_learned || known == owners.end();
  owners.insert_or_assign(group_id, client);
  participants.put(client, Participant{std::move(group_id), to_bytes(signature_key)});
  return {};
}

Result<std::vector<std::pair<Bytes, Participant>>> Session::State::names_of(const group::Epoch& epoch,
                                                                            const std::vector<group::Addition>& added,
                                                                            bool of_universe) const {
  std::vector<std::pair<Bytes, Participant>> out;
  for (const auto& [member, proposer] : added) {
    Bytes client = client_of(member, policy());
    if (participants.contains(client)) continue;  // who comes back keeps the name
    if (universe->parameters.group_ids == GroupIds::assigned) {
      Bytes id = assigned_group_id(universe->suite, universe->id, client);
      out.emplace_back(std::move(client), Participant{std::move(id), of_universe ? member.signature_key : Bytes{}});
    } else if (of_universe) {
      DMLS_TRY(auto id, derived_group_id(epoch.suite(), epoch.own().exporter_secret, member.signature_key));
      out.emplace_back(std::move(client), Participant{std::move(id), member.signature_key});
    }
  }
  return out;
}

Result<Outgoing> Session::State::open_universe(std::span<const Bytes> packages, UniverseParameters parameters) {
  if (own || universe) return fail(dmls::errc::kMisuse, "the session has a universe already");
  if (parameters.suites.empty())
    for (const auto& cfg : config.clients) parameters.suites.push_back(cfg->suite.id());
  for (const auto id : parameters.suites) {
    const auto* cfg = client_for(id);
    if (cfg == nullptr) return fail(errc::kSuiteNotAllowed, "a suite of the universe in which we cannot receive");
    DMLS_CHECK(check_export_length(cfg->suite, parameters.export_length));
  }
  DMLS_TRY(const Bytes id, client().random->bytes(client().suite.hash_length()));
  universe.emplace(Universe{id, client().suite, std::move(parameters)});
  auto out = open(id, packages, true);
  if (!out) universe.reset();
  return out;
}

Result<Outgoing> Session::State::open_send_group(std::span<const Bytes> packages) {
  if (!universe) return fail(errc::kNoUniverse, "no universe was announced yet");
  if (own) return fail(dmls::errc::kMisuse, "the session has its Send Group already");
  const auto found = participants.find(me);
  if (found == participants.end()) return fail(errc::kNoUniverse, "our own Send Group has no name yet");
  return open(found->second.group_id, packages, false);
}

// Creates the own Send Group with everybody in it. The universe group names its members; all others are named already.
Result<Outgoing> Session::State::open(const Bytes& id, std::span<const Bytes> packages, bool as_universe) {
  for (const auto& cfg : config.clients)
    if (detaches_leaves() && !supports_detached_leaves(cfg->capabilities))
      return fail(dmls::errc::kMisuse, "a client of the session lacks the capabilities of with_detached_leaves()");
  DMLS_CHECK(provide_last_resort());
  std::map<Bytes, treekem::KeyPackage, OctetOrder> chosen;
  std::vector<treekem::KeyPackage> given;
  for (const Bytes& octets : packages) {
    DMLS_TRY(given.emplace_back(), group::decode_key_package(octets));
    const auto& package = given.back();
    const Bytes client_id = client_of(package, policy());
    if (client_id == me) continue;
    if (as_universe) chosen.try_emplace(client_id, package);
    if (package.cipher_suite == client().suite.id()) chosen.insert_or_assign(client_id, package);
  }
  if (!as_universe) {
    for (const auto& [client_id, participant] : participants) {
      if (client_id == me || removed.contains(client_id) || chosen.contains(client_id)) continue;
      const auto known = directory.find(client_id);
      const auto package =
          known == directory.end() ? Packages::const_iterator() : known->second.find(client().suite.id());
      if (known == directory.end() || package == known->second.end())
        return fail(errc::kMissingKeyPackage, "a participant has no key package for our own Send Group");
      chosen.emplace(client_id, package->second);
    }
  }
  group::CommitRequest request;
  for (const auto& [client_id, package] : chosen) {
    if (package.cipher_suite != client().suite.id())
      return fail(errc::kMissingKeyPackage, "a participant has no key package in the suite of our own Send Group");
    request.add(tls_codec::encode(package));
  }

  keyschedule::OrdinarySuccession founding;
  DMLS_TRY(auto parent,
           group::create_epoch(id, detaches_leaves() ? requiring_detached_leaves() : treekem::ExtensionList(), client(),
                               founding));
  keyschedule::OrdinaryInitSource source(founding.init_secret());
  keyschedule::OrdinarySuccession succession;
  DMLS_TRY(auto made,
           group::create_commit(parent, request, {group::ProposalStore(), ledger, client()}, {source, succession}));
  group::Epoch& epoch = made.staged.next;
  DMLS_TRY(auto psk, exporter_psk(epoch.suite(), epoch.own().exporter_secret, universe->parameters.label,
                                  {id, epoch.number()}, universe->parameters.export_length));
  DMLS_TRY(auto names, names_of(epoch, made.staged.changes.added, as_universe));

  // Names first, for they are announced; taken back if the announcement fails.
  const auto known_participants = participants;
  const auto known_owners = owners;
  const auto known_directory = directory;
  const auto announced = [&]() -> Result<Bytes> {
    const bool own_key_is_known = as_universe;
    DMLS_CHECK(name(me, id, own_key_is_known ? BytesView(client().signer->public_key().octets) : BytesView()));
    for (auto& [client_id, participant] : names)
      DMLS_CHECK(name(client_id, participant.group_id, participant.signature_key));
    for (const auto& package : given) learn(package);
    return as_universe ? announce(epoch) : Result<Bytes>(Bytes{});
  }();
  if (!announced) {
    participants = known_participants;
    owners = known_owners;
    directory = known_directory;
    return fail(announced.error());
  }

  Outgoing out{{}, encoded_welcome(made), *announced};
  auto roster = roster_of(epoch.shared().tree, policy());
  ledger.add({id, epoch.number()}, {std::move(psk), roster}, config.limits.ledger_per_group);
  own.emplace(OwnGroup{id, std::move(epoch), std::move(succession).into_init_secret(), std::move(roster)});
  own->fresh_at = now();
  Clients invited = *own->roster;
  invited.erase(me);
  if (!invited.empty()) invite(std::move(invited), out.messages());
  return out;
}

Result<Bytes> Session::State::announce(group::Epoch& epoch) const {
  Announcement out;
  out.universe_id = universe->id;
  out.suites = universe->parameters.suites;
  out.export_length = universe->parameters.export_length;
  out.label = to_bytes(as_bytes(universe->parameters.label));
  out.leaf_keys = universe->parameters.leaf_keys;
  out.group_ids = universe->parameters.group_ids;
  for (const auto& [client_id, participant] : participants) {
    if (removed.contains(client_id)) continue;
    out.send_groups.push_back({client_id, participant.group_id});
    const auto packages = directory.find(client_id);
    if (packages == directory.end()) continue;
    for (const auto& [suite, package] : packages->second) out.key_packages.push_back(package);
  }
  DMLS_TRY(const auto content,
           epoch.sign(group::WireFormat::mls_private_message, group::ApplicationData{tls_codec::encode(out)},
                      as_bytes(kAnnouncementMark), *client().signer));
  DMLS_TRY(const auto message, epoch.protect(content, *client().padding, *client().random));
  return tls_codec::encode(message);
}

}  // namespace dmls::sendgroup
