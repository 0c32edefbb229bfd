// Commits of others: what they may do, what they wait for, and what they release. draft-xue-distributed-mls, "COMMIT",
// "Group Operations"

#include <dmls/group/error.h>

#include <algorithm>

#include "leaves.h"
#include "state.h"

namespace dmls::sendgroup {
namespace {

using group::Commit;

}  // namespace

// What can be judged without PSKs. Returns the epochs that the commit imports.
Result<std::vector<EpochName>> Session::State::check_commit(const FollowedGroup& group, const Commit& commit) const {
  std::vector<EpochName> imports;
  bool adds = false;
  for (const auto& item : commit.proposals) {
    const auto* by_value = std::get_if<group::ProposalByValue>(&item);
    if (by_value == nullptr) {
      if (universe->parameters.leaf_keys != LeafKeys::update_proposal)
        return fail(errc::kForbiddenProposal, "the commit refers to a proposal, and the universe has none");
      continue;
    }
    const auto& proposal = by_value->proposal;
    if (std::holds_alternative<group::Add>(proposal)) {
      adds = true;
    } else if (const auto* psk = std::get_if<group::PreSharedKey>(&proposal)) {
      DMLS_TRY(imports.emplace_back(), imported_epoch(psk->psk));
    } else if (!std::holds_alternative<group::Remove>(proposal) &&
               !(detaches_leaves() && std::holds_alternative<group::CustomProposal>(proposal))) {
      return fail(errc::kForbiddenProposal,
                  "draft-xue-distributed-mls, Group Operations: an owner adds, removes and imports, nothing else");
    }
  }
  if (adds && !imports.empty())
    return fail(errc::kInvalidImport, "a commit that adds somebody imports nothing: the new member could not follow");
  std::set<Bytes, OctetOrder> sources;
  for (const EpochName& import : imports) {
    if (import.group_id == group.id) return fail(errc::kInvalidImport, "a Send Group imports from itself");
    if (!sources.insert(import.group_id).second)
      return fail(errc::kInvalidImport, "two PSKs of one Send Group in one commit");
    if (import.epoch <= acks.newest(group.owner, import.group_id))
      return fail(errc::kStaleImport, "the commit imports an epoch that is not newer than one imported before");
    const FollowedGroup* source = find_group(import.group_id);
    if (source != nullptr && import.epoch > source->epoch.number() &&
        import.epoch - source->epoch.number() > config.limits.epochs_ahead)
      return fail(dmls::errc::kLimit, "the commit imports an epoch too far ahead");
  }
  DMLS_CHECK(check_leaves(commit, imports, adds));
  return imports;
}

PskStanding Session::State::standing(const FollowedGroup& group, const EpochName& import) const {
  if (ledger.entry(import) != nullptr) return PskStanding::ready;
  const auto* logged = log.find(import);
  if (logged != nullptr && !logged->is_update) return PskStanding::refused;  // an epoch without fresh keys
  const Bytes* owner = owner_of(import.group_id);
  if (own && own->id == import.group_id)
    return import.epoch > own->epoch.number() ? PskStanding::refused : PskStanding::gone;
  if (const FollowedGroup* source = find_group(import.group_id)) {
    return import.epoch > source->epoch.number() ? PskStanding::early : PskStanding::gone;
  }
  if (owner == nullptr) {
    // It may be the Send Group of a member that was added, and is named in a commit still to come.
    const bool all_are_named =
        std::ranges::all_of(*group.roster, [&](const Bytes& client) { return participants.contains(client); });
    return all_are_named ? PskStanding::refused : PskStanding::early;
  }
  if (!group.roster->contains(*owner)) return PskStanding::refused;  // a PSK of somebody who was removed
  return removed.contains(*owner) || left.contains(import.group_id) ? PskStanding::gone : PskStanding::early;
}

Result<Session::State::Readiness> Session::State::readiness(FollowedGroup& group, const std::vector<EpochName>& imports,
                                                            std::vector<EpochName>& until, EpochName& because) const {
  bool lost = false;
  for (const EpochName& import : imports) {
    switch (standing(group, import)) {
      case PskStanding::ready: break;
      case PskStanding::early: until.push_back(import); break;
      case PskStanding::refused:
        return fail(errc::kInvalidImport, "the commit imports a PSK that no Send Group of its members has exported");
      case PskStanding::gone:
        lost = true;
        because = import;
        break;
    }
  }
  return lost ? Readiness::lost : until.empty() ? Readiness::ready : Readiness::blocked;
}

Result<void> Session::State::take_commit(FollowedGroup& group, group::VerifiedContent verified, BytesView octets,
                                         Events& events) {
  const Commit& commit = std::get_if<group::CommitContent>(&verified->content.content)->commit;
  DMLS_TRY(const auto imports, check_commit(group, commit));
  if (removes_us(group, commit)) return follow(group, verified, octets, imports, events);  // needs no PSKs
  std::vector<EpochName> until;
  EpochName because;
  DMLS_TRY(const auto ready, readiness(group, imports, until, because));
  const std::size_t proposals = lacking_proposals(group.proposals, commit);
  if (ready == Readiness::ready && proposals == 0) return follow(group, verified, octets, imports, events);
  if (ready == Readiness::lost) {
    lose(group, because, events);
    return {};
  }
  for (const EpochName& name : until) waits.add(name, group.id);
  ++deferrals;
  events.push_back(Waiting{{group.id, group.epoch.number()}, std::move(until), proposals});
  group.blocked.emplace(BlockedCommit{std::move(verified), to_bytes(octets)});
  return {};
}

// The invariant of imports: everybody who has to follow this commit can derive what it imports. All of it is held.
Result<void> Session::State::check_invariant(const FollowedGroup& group, const Commit& commit,
                                             const std::vector<EpochName>& imports) const {
  if (imports.empty()) return {};
  Roster after = *group.roster;  // nobody is added, see check_commit()
  for (const auto& item : commit.proposals) {
    const auto* by_value = std::get_if<group::ProposalByValue>(&item);
    const auto* remove = by_value != nullptr ? std::get_if<group::Remove>(&by_value->proposal) : nullptr;
    const auto leaf = remove != nullptr ? treekem::LeafIndex::from(remove->removed) : std::nullopt;
    const auto member = leaf ? group.epoch.shared().tree.leaf(*leaf) : std::nullopt;
    if (member) after.erase(client_of(*member, policy()));
  }
  for (const EpochName& import : imports) {
    if (!is_subset(after, *ledger.entry(import)->roster))
      return fail(errc::kInvalidImport, "the commit imports a PSK that one of the group's members cannot derive");
    const Bytes* owner = owner_of(import.group_id);
    if (owner == nullptr || !after.contains(*owner))
      return fail(errc::kInvalidImport, "the commit imports a PSK of somebody who is not a member");
  }
  return {};
}

Result<void> Session::State::follow(FollowedGroup& group, const group::VerifiedContent& verified, BytesView octets,
                                    const std::vector<EpochName>& imports, Events& events) {
  const auto& commit = std::get_if<group::CommitContent>(&verified->content.content)->commit;
  if (!removes_us(group, commit)) {
    DMLS_CHECK(check_invariant(group, commit, imports));
    DMLS_CHECK(check_leaves_are_there(group, commit, imports));
  }
  const group::ClientConfig config_here = judging(*group.config);
  keyschedule::OrdinaryInitSource source(group.init_secret);
  keyschedule::OrdinarySuccession succession;
  DMLS_TRY(auto staged,
           group::stage_commit(group.epoch, verified, {group.proposals, ledger, config_here}, {source, succession}));
  if (const auto* out = std::get_if<group::RemovedByCommit>(&staged)) {
    oblige(group, out->changes, commit);
    events.push_back(Removed{group.id, group.owner});
    const Bytes id = group.id;
    left.insert(id);
    drop_group(id);
    return {};
  }
  // Whatever it names is here: the callers have seen to it.
  if (std::holds_alternative<group::Waiting>(staged))
    return fail(group::errc::kUnknownProposal, "RFC 9420 §12.4.2: the commit names a proposal that was not received");
  group::Epoch& next = std::get_if<group::StagedEpoch>(&staged)->next;
  const group::Changes& changes = std::get_if<group::StagedEpoch>(&staged)->changes;

  const bool same_members = changes.added.empty() && changes.removed.empty();
  auto roster = same_members ? group.roster : roster_of(next.shared().tree, policy());
  const EpochName entering{group.id, next.number()};
  auto leaves = published_leaves(commit);
  const bool is_update = changes.has_path && (!detaches_leaves() || !leaves.empty() || !changes.added.empty());
  std::optional<keyschedule::Psk> psk;
  if (is_update) {
    DMLS_TRY(psk, exporter_psk(next.suite(), next.own().exporter_secret, universe->parameters.label, entering,
                               universe->parameters.export_length));
  }
  DMLS_TRY(auto names, names_of(next, changes.added, is_universe(group.id)));

  // Nothing fails from here on.
  Advanced advanced{entering, group.owner, changes.has_path, is_update, imports, {}, {}, {}};
  for (const auto& update : changes.updated) advanced.renewed.push_back(client_of(update.after, policy()));
  const bool renewed = std::ranges::any_of(advanced.renewed, [&](const Bytes& who) { return who == me; });
  if (renewed) group.renewal = Renewal::none;
  if (group.renewal == Renewal::proposed) group.renewal = Renewal::due;  // it has died with the epoch
  std::vector<Bytes> proposals;
  for (const auto& item : commit.proposals) {
    const auto* reference = std::get_if<group::ProposalByReference>(&item);
    const auto message = reference != nullptr ? group.proposal_messages.find(reference->reference.octets)
                                              : group.proposal_messages.end();
    if (message != group.proposal_messages.end()) proposals.push_back(message->second);
  }
  for (const auto& added : changes.added) advanced.added.push_back(client_of(added.member, policy()));
  for (const auto& gone : changes.removed) advanced.removed.push_back(client_of(gone.member, policy()));
  oblige(group, changes, commit);
  log.add(entering, {to_bytes(octets), is_update, std::move(proposals), verified->auth.confirmation_tag},
          config.limits.log_per_group);
  group.epoch.retire();
  group.past.push_front(std::move(group.epoch));
  if (group.past.size() > group.config->window.past_epochs) group.past.pop_back();
  group.epoch = std::move(next);
  group.init_secret = std::move(succession).into_init_secret();
  group.roster = roster;
  group.proposals.clear();
  group.proposal_messages.clear();
  group.blocked.reset();
  waits.remove(group.id);
  if (psk) {
    group.newest_update = entering.epoch;
    group.updated_at = now();
    ledger.add(entering, {*std::move(psk), roster, std::move(leaves), {}}, config.limits.ledger_per_group);
  }
  std::vector<Bytes> sources;
  for (const EpochName& import : imports) {
    acks.raise(group.owner, import.group_id, import.epoch);
    if (own && own->id == import.group_id) uninvite(group.owner, import.epoch);
    sources.push_back(import.group_id);
  }
  for (auto& [client, participant] : names) (void)name(client, participant.group_id, participant.signature_key);
  entered.push_back(entering);
  events.push_back(std::move(advanced));
  if (same_members) {
    forget_psks(sources);
  } else {
    forget();
  }
  return {};
}

// What one owner did, the others do after it, if our policy follows.
void Session::State::oblige(const FollowedGroup& group, const group::Changes& changes, const Commit& commit) {
  Clients added;
  for (const auto& addition : changes.added) added.insert(client_of(addition.member, policy()));
  for (const auto& removal : changes.removed) {
    const Bytes client = client_of(removal.member, policy());
    if (client == me || added.contains(client) || removed.contains(client)) continue;
    if (!config.membership->follow_removal(group.owner, client)) continue;
    to_remove.insert(client);
    to_add.erase(client);
  }
  for (const auto& item : commit.proposals) {
    const auto* by_value = std::get_if<group::ProposalByValue>(&item);
    const auto* add = by_value != nullptr ? std::get_if<group::Add>(&by_value->proposal) : nullptr;
    if (add == nullptr) continue;
    learn(add->key_package);
    const Bytes client = client_of(add->key_package, policy());
    if (client == me || removed.contains(client) || to_remove.contains(client)) continue;
    if (!own || own->roster->contains(client)) continue;
    if (config.membership->follow_addition(group.owner, client)) to_add.insert(client);
  }
}

std::size_t Session::State::lacking_proposals(const group::ProposalStore& store, const Commit& commit) {
  return static_cast<std::size_t>(std::ranges::count_if(commit.proposals, [&](const auto& item) {
    const auto* reference = std::get_if<group::ProposalByReference>(&item);
    return reference != nullptr && store.find(reference->reference) == nullptr;
  }));
}

bool Session::State::removes_us(const FollowedGroup& group, const Commit& commit) const {
  return std::ranges::any_of(commit.proposals, [&](const auto& item) {
    const auto* by_value = std::get_if<group::ProposalByValue>(&item);
    const auto* remove = by_value != nullptr ? std::get_if<group::Remove>(&by_value->proposal) : nullptr;
    return remove != nullptr && remove->removed == group.epoch.own_leaf().value();
  });
}

void Session::State::lose(FollowedGroup& group, const EpochName& because, Events& events) {
  group.lost = true;
  group.blocked.reset();
  waits.remove(group.id);
  postbox.drop(group.id);
  events.push_back(NeedsResync{group.id, group.owner, because});
}

// Looks again at a blocked commit. Says whether it still waits.
bool Session::State::retry(const Bytes& group_id, Events& events) {
  FollowedGroup* group = find_group(group_id);
  if (group == nullptr || !group->blocked) return false;
  waits.remove(group_id);
  const EpochName at{group_id, group->epoch.number()};
  const auto refuse = [&](const Error& error) {
    events.push_back(Rejected{at, error});
    group->blocked.reset();
    return false;
  };
  const Commit& commit = std::get_if<group::CommitContent>(&group->blocked->content->content.content)->commit;
  const auto imports = check_commit(*group, commit);
  if (!imports) return refuse(imports.error());
  std::vector<EpochName> until;
  EpochName because;
  const auto ready = readiness(*group, *imports, until, because);
  if (!ready) return refuse(ready.error());
  if (*ready == Readiness::lost) {
    lose(*group, because, events);
    return false;
  }
  if (*ready == Readiness::blocked || lacking_proposals(group->proposals, commit) != 0) {
    for (const EpochName& name : until) waits.add(name, group_id);
    return true;
  }
  BlockedCommit blocked = *std::move(group->blocked);
  group->blocked.reset();
  const auto followed = follow(*group, blocked.content, blocked.message, *imports, events);
  if (!followed) events.push_back(Rejected{at, followed.error()});
  return false;
}

// Lets go on what the epochs that were entered release, until nothing more is released.
void Session::State::settle(Events& events) {
  while (!entered.empty() || names_learned) {
    if (std::exchange(names_learned, false)) {
      confirm_groups(events);
      retry_welcomes(events);
      // A name can show that an import is of nobody's, or lost. It is not what a commit waits for: no deferral.
      for (const Bytes& id : group_ids())
        if (groups.find(id)->second.blocked) (void)retry(id, events);
      continue;
    }
    const EpochName name = std::move(entered.front());
    entered.pop_front();
    for (const Bytes& waiter : waits.take(name.group_id, name.epoch))
      if (retry(waiter, events)) ++deferrals;
    const FollowedGroup* group = find_group(name.group_id);
    if (group == nullptr || group->epoch.number() != name.epoch) continue;
    for (const auto& letter : postbox.take(name)) {
      const auto message = tls_codec::decode<group::MlsMessage>(letter->message);
      if (!message) continue;
      const auto received = receive(*message, letter->message, events);
      if (!received) events.push_back(Rejected{name, received.error()});
    }
  }
}

}  // namespace dmls::sendgroup
