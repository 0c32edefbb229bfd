// UPDATE, COMMIT, PROTECT, and who is a member. draft-xue-distributed-mls, "UPDATE", "COMMIT", "PROTECT"

#include <algorithm>

#include "leaves.h"
#include "state.h"

namespace dmls::sendgroup {
namespace {

constexpr const char* kNoGroup = "the session has no Send Group yet";

}  // namespace

// The newest update of every other owner that may be imported if `after` are the members then.
std::vector<EpochName> Session::State::due_imports(const Roster& after) const {
  std::vector<EpochName> out;
  for (const auto& [id, group] : groups) {
    // The epoch in which we joined is known already to whoever could read us; it is no update that we observed.
    if (!group.confirmed || group.closing || group.newest_update <= group.joined_at) continue;
    const EpochName name{id, group.newest_update};
    if (name.epoch <= acks.newest(me, id) || !after.contains(group.owner)) continue;
    const auto* entry = ledger.entry(name);
    if (entry != nullptr && is_subset(after, *entry->roster)) out.push_back(name);
  }
  return out;
}

Pending Session::State::pending() const {
  Pending out;
  if (!own) return out;
  for (const Bytes& client : to_remove)
    if (own->roster->contains(client)) out.removals.push_back(client);
  Roster after = *own->roster;
  for (const Bytes& client : out.removals) after.erase(client);
  for (const Bytes& client : to_add)
    if (!own->roster->contains(client)) out.additions.push_back(client);
  out.imports = due_imports(after);
  return out;
}

bool Session::State::self_update_due() const {
  const auto& policy = config.updates;
  return (policy.self_update_seconds != 0 && now() >= own->fresh_at &&
          now() - own->fresh_at >= policy.self_update_seconds) ||
         (policy.self_update_messages != 0 && own->messages_since_fresh >= policy.self_update_messages);
}

Result<Outgoing> Session::State::commit(CommitKind kind) {
  if (!own) return fail(errc::kNoUniverse, kNoGroup);
  Plan plan;
  if (kind == CommitKind::empty) return carry_out(plan);
  Pending waiting = pending();
  plan.fresh = kind == CommitKind::full;
  plan.removes = std::move(waiting.removals);
  for (const Bytes& added : waiting.additions) {
    const auto packages = directory.find(added);
    if (packages == directory.end()) continue;
    const auto package = packages->second.find(client().suite.id());
    if (package != packages->second.end()) plan.adds.push_back(tls_codec::encode(package->second));
  }
  if (plan.adds.empty()) plan.imports = std::move(waiting.imports);
  if (kind == CommitKind::partial && plan.imports.empty() && plan.removes.empty() && plan.adds.empty())
    return fail(errc::kNothingToCommit, "nothing waits to be imported, added or removed");
  auto made = carry_out(plan);
  if (made || !detaches_leaves()) return made;
  // A leaf that its owner has published may be none for our Send Group: whose it is keeps nobody else waiting.
  if (std::erase_if(plan.imports, [&](const EpochName& import) { return !fits(import); }) == 0) return made;
  if (kind == CommitKind::partial && plan.imports.empty() && plan.removes.empty() && plan.adds.empty())
    return fail(errc::kNothingToCommit, "nothing that waits can be imported");
  return carry_out(plan);
}

std::vector<Bytes> Session::State::stapled_to(const std::vector<EpochName>& imports) const {
  std::vector<Bytes> out;
  if (config.updates.staple_commits == 0) return out;
  std::size_t room = config.updates.staple_octets;
  for (const auto& [reference, message] : own->proposal_messages) {  // which the commit itself refers to
    if (message.size() > room) continue;
    room -= message.size();
    out.push_back(message);
  }
  for (std::size_t i = 0; i < std::min(imports.size(), config.updates.staple_commits); ++i) {
    const auto* entry = log.find(imports[i]);
    if (entry == nullptr) continue;
    std::size_t size = entry->message.size();
    for (const Bytes& proposal : entry->proposals) size += proposal.size();
    if (size > room) continue;
    room -= size;
    out.insert(out.end(), entry->proposals.begin(), entry->proposals.end());
    out.push_back(entry->message);
  }
  return out;
}

Result<Outgoing> Session::State::carry_out(const Plan& plan) {
  group::CommitRequest request;
  const bool fresh = plan.fresh || !plan.removes.empty() || !plan.adds.empty();
  request.path(fresh ? group::PathChoice::always : group::PathChoice::when_required);
  Clients going;
  for (const Bytes& who : plan.removes) {
    const auto leaf = leaf_of(own->epoch.shared().tree, policy(), who);
    if (!leaf) return fail(errc::kUnknownParticipant, "who is to be removed is no member of our Send Group");
    request.remove(*leaf);
    going.insert(who);
  }
  for (const Bytes& package : plan.adds) {
    request.add(package);
    DMLS_TRY(const auto decoded, group::decode_key_package(package));
    going.erase(client_of(decoded, policy()));  // comes back at once
  }
  for (const EpochName& import : plan.imports) {
    request.external_psk(psk_id(import));
    if (const auto detached = detached_leaf(ledger, import, client().suite.id())) request.custom(*detached);
  }
  PskLedger::Entry exported;
  if (detaches_leaves() && fresh && plan.adds.empty()) {  // with an Add none: a new member could not check it
    DMLS_TRY(exported, publish_leaves(request));
  }

  const group::ClientConfig config_here = judging(client());
  keyschedule::OrdinaryInitSource source(own->init_secret);
  keyschedule::OrdinarySuccession succession;
  DMLS_TRY(auto made,
           group::create_commit(own->epoch, request, {own->proposals, ledger, config_here}, {source, succession}));
  group::Epoch& next = made.staged.next;
  const auto& changes = made.staged.changes;
  const EpochName entering{own->id, next.number()};
  const bool is_update = changes.has_path && (!detaches_leaves() || fresh);
  if (is_update) {
    DMLS_TRY(exported.psk, exporter_psk(next.suite(), next.own().exporter_secret, universe->parameters.label, entering,
                                        universe->parameters.export_length));
  }
  DMLS_TRY(const auto names, names_of(next, changes.added, is_universe(own->id)));
  Outgoing out{tls_codec::encode(made.commit), encoded_welcome(made), {}};
  if (!changes.added.empty()) {
    // Names first, for they are announced; taken back if the announcement fails.
    const auto known_participants = participants;
    const auto known_owners = owners;
    const auto known_directory = directory;
    for (const auto& [who, participant] : names) (void)name(who, participant.group_id, participant.signature_key);
    for (const Bytes& package : plan.adds) learn(*group::decode_key_package(package));
    const bool introduces = is_universe(own->id) || universe->parameters.group_ids == GroupIds::assigned;
    auto announced = introduces ? announce(next) : Result<Bytes>(Bytes{});
    if (!announced) {
      participants = known_participants;
      owners = known_owners;
      directory = known_directory;
      return fail(announced.error());
    }
    out.announcement = *std::move(announced);
  }

  // Nothing fails from here on.
  out.stapled = stapled_to(plan.imports);
  const bool same_members = changes.added.empty() && changes.removed.empty();
  own->epoch = std::move(next);
  own->init_secret = std::move(succession).into_init_secret();
  std::vector<Bytes> proposals;
  for (auto& [reference, message] : own->proposal_messages) proposals.push_back(std::move(message));
  own->proposals.clear();
  own->proposal_messages.clear();
  if (!same_members) own->roster = roster_of(own->epoch.shared().tree, policy());
  log.add(entering, {out.commit, is_update, std::move(proposals), {}}, config.limits.log_per_group);
  for (const auto& gone : changes.removed) uninvite(client_of(gone.member, policy()), entering.epoch);
  if (!out.welcome.empty()) {
    Clients invited;
    for (const auto& added : changes.added) invited.insert(client_of(added.member, policy()));
    std::vector<Bytes> messages{out.welcome};
    if (!out.announcement.empty()) messages.push_back(out.announcement);
    invite(std::move(invited), std::move(messages));
  }
  if (is_update) {
    own->fresh_at = now();
    own->messages_since_fresh = 0;
    exported.roster = own->roster;
    ledger.add(entering, std::move(exported), config.limits.ledger_per_group);
  }
  std::vector<Bytes> sources;
  for (const EpochName& import : plan.imports) {
    acks.raise(me, import.group_id, import.epoch);
    sources.push_back(import.group_id);
  }
  for (const auto& added : changes.added) to_add.erase(client_of(added.member, policy()));
  for (const Bytes& who : going) {
    removed.insert(who);
    to_remove.erase(who);
    to_add.erase(who);
    directory.erase(who);
    if (const FollowedGroup* group = group_of(who)) find_group(group->id)->closing = true;
  }
  if (same_members) {
    forget_psks(sources);
  } else {
    forget();
  }
  if (plan.fresh && universe->parameters.leaf_keys == LeafKeys::update_proposal)
    for (const Bytes& id : group_ids()) find_group(id)->renewal = Renewal::due;
  out.proposals = propose_renewals();
  return out;
}

// An Update of our leaf in the Send Group of somebody else. RFC 9420 §12.1.2
Result<Bytes> Session::State::propose_renewal(FollowedGroup& group) {
  DMLS_CHECK(group.proposals.check_room({}));  // for one that is not there yet; before a message key is spent
  const auto& suite = group.epoch.suite();
  const auto leaf_index = group.epoch.own_leaf();
  DMLS_TRY(auto pair, crypto::generate_hpke_key_pair(suite, *group.config->random));
  treekem::LeafNode leaf = group.epoch.shared().tree.leaf(leaf_index)->node();
  leaf.encryption_key = pair.public_key;
  leaf.leaf_node_source = treekem::LeafFromUpdate{};
  DMLS_CHECK(treekem::sign_leaf_node(leaf, *group.config->signer, treekem::LeafPosition{group.id, leaf_index}));
  DMLS_TRY(auto content,
           group.epoch.sign(group::WireFormat::mls_private_message,
                            group::ProposalContent{group::Update{std::move(leaf)}}, {}, *group.config->signer));
  DMLS_TRY(const auto message, group.epoch.protect(content, *group.config->padding, *group.config->random));
  Bytes octets = tls_codec::encode(message);
  const auto reference = group::make_proposal_ref(suite, content);
  DMLS_CHECK(group.proposals.add({reference,
                                  std::move(std::get_if<group::ProposalContent>(&content.content.content)->proposal),
                                  content.content.sender,
                                  {}}));
  group.proposals.add_own_update(reference, {std::move(pair), std::nullopt});
  group.proposal_messages.insert_or_assign(reference.octets, octets);
  group.renewal = Renewal::proposed;
  return octets;
}

// What cannot be proposed now stays due. Where a commit waits, the epoch is about to end.
std::vector<Bytes> Session::State::propose_renewals() {
  std::vector<Bytes> out;
  for (const Bytes& id : group_ids()) {
    const FollowedGroup& group = groups.find(id)->second;
    if (group.renewal != Renewal::due || !group.confirmed || group.lost || group.closing || group.blocked) continue;
    auto made = propose_renewal(*find_group(id));
    if (made) out.push_back(*std::move(made));
  }
  return out;
}

Result<std::vector<Bytes>> Session::State::protect(BytesView data, BytesView authenticated_data) {
  if (!own) return fail(errc::kNoUniverse, kNoGroup);
  if (is_same(authenticated_data, as_bytes(kAnnouncementMark)))
    return fail(dmls::errc::kMisuse, "this authenticated_data marks announcements");
  std::vector<Bytes> out;
  const auto send = [&](const Outgoing& made) {
    for (auto& message : made.messages()) out.push_back(std::move(message));
  };
  if (self_update_due()) {
    DMLS_TRY(const auto made, commit(CommitKind::full));
    send(made);
  }
  // Twice: a commit that adds somebody imports nothing, so the imports follow in a second one.
  for (int round = 0; round < 2 && config.updates.incorporate != Incorporate::never; ++round) {
    const auto waiting = pending();
    const std::size_t enough = config.updates.incorporate == Incorporate::batched ? config.updates.batch : 1;
    if (waiting.imports.size() < enough && waiting.removals.empty() && waiting.additions.empty()) break;
    auto made = commit(CommitKind::partial);
    if (!made && made.error().code == errc::kNothingToCommit) break;  // additions without a key package
    if (!made) return fail(made.error());
    send(*made);
  }
  DMLS_TRY(const auto content,
           own->epoch.sign(group::WireFormat::mls_private_message, group::ApplicationData{to_bytes(data)},
                           authenticated_data, *client().signer));
  DMLS_TRY(const auto message, own->epoch.protect(content, *client().padding, *client().random));
  ++own->messages_since_fresh;
  out.push_back(tls_codec::encode(message));
  return out;
}

Result<std::vector<Bytes>> Session::State::maintain() {
  if (!own) return fail(errc::kNoUniverse, kNoGroup);
  if (!self_update_due()) return propose_renewals();
  DMLS_TRY(const auto made, commit(CommitKind::full));
  return made.messages();
}

Result<Outgoing> Session::State::add(BytesView package) {
  if (!own) return fail(errc::kNoUniverse, kNoGroup);
  DMLS_TRY(const auto decoded, group::decode_key_package(package));
  const Bytes who = client_of(decoded, policy());
  if (removed.contains(who)) return fail(errc::kUnknownParticipant, "who was removed comes back as somebody else only");
  if (own->roster->contains(who)) return fail(dmls::errc::kMisuse, "who is to be added is a member already");
  if (!participants.contains(who) && universe->parameters.group_ids == GroupIds::derived && !is_universe(own->id))
    return fail(dmls::errc::kMisuse, "with derived group ids only the creator of the universe invites");
  return carry_out({.adds = {to_bytes(package)}});
}

Result<Outgoing> Session::State::remove(BytesView who) {
  if (!own) return fail(errc::kNoUniverse, kNoGroup);
  if (is_same(who, me)) return fail(dmls::errc::kMisuse, "nobody removes itself from its own Send Group");
  Plan plan{.removes = {to_bytes(who)}};
  for (const Bytes& other : to_remove)  // those that others have removed go along
    if (own->roster->contains(other) && !is_same(other, who)) plan.removes.push_back(other);
  return carry_out(plan);
}

Result<Outgoing> Session::State::readmit(BytesView who, BytesView package) {
  if (!own) return fail(errc::kNoUniverse, kNoGroup);
  DMLS_TRY(const auto decoded, group::decode_key_package(package));
  if (!is_same(client_of(decoded, policy()), who))
    return fail(dmls::errc::kMisuse, "the key package is somebody else's");
  return carry_out({.removes = {to_bytes(who)}, .adds = {to_bytes(package)}});
}

Result<void> Session::State::abandon(BytesView group_id) {
  FollowedGroup* group = find_group(group_id);
  if (group == nullptr) return fail(errc::kUnknownGroup, "the group is not followed");
  group->lost = true;
  group->blocked.reset();
  waits.remove(group_id);
  postbox.drop(group_id);
  return {};
}

}  // namespace dmls::sendgroup
